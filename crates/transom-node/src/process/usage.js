// @ts-check
// Time and memory that the process has used.

import { codes } from "transom:internal/node/errors";
import { validateArray, validateNumber, validateObject } from "transom:internal/node/errors/validators";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";

const { BigInt, MathMin, Number, RegExpPrototypeExec, StringPrototypeSplit } = primordials;
const { ERR_INVALID_ARG_VALUE, ERR_OUT_OF_RANGE } = codes;

const MAX_SAFE = 2 ** 53 - 1;
const PAGE = 4096;
/** The kernel counts processor time in hundredths of a second. */
const MICROSECONDS_PER_TICK = 10_000;

const statusBytes = (name) => Number(RegExpPrototypeExec(new RegExp(`^${name}:\\s*(\\d+) kB`, "m"), ops.os_text("status"))?.[1] ?? 0) * 1024;

/** The heap is the engine's; what it cannot tell apart counts as used. */
export function memoryUsage() {
  const pages = StringPrototypeSplit(ops.os_text("statm"), " ");
  const rss = Number(pages[1] ?? 0) * PAGE;
  const heap = Number(pages[5] ?? 0) * PAGE;
  const heapUsed = MathMin(heap, rss);
  return { rss, heapTotal: heapUsed, heapUsed, external: 0, arrayBuffers: 0 };
}
memoryUsage.rss = () => Number(StringPrototypeSplit(ops.os_text("statm"), " ")[1] ?? 0) * PAGE;

function times(name) {
  const fields = StringPrototypeSplit(RegExpPrototypeExec(/\) (.*)/, ops.os_text(name))?.[1] ?? "", " ");
  return { user: Number(fields[11] ?? 0) * MICROSECONDS_PER_TICK, system: Number(fields[12] ?? 0) * MICROSECONDS_PER_TICK };
}

function since(now, previous) {
  if (previous === undefined) return now;
  validateObject(previous, "prevValue");
  for (const name of ["user", "system"]) {
    validateNumber(previous[name], `prevValue.${name}`);
    if (!(previous[name] >= 0 && previous[name] <= MAX_SAFE)) throw new ERR_INVALID_ARG_VALUE.RangeError(`prevValue.${name}`, previous[name]);
  }
  return { user: now.user - previous.user, system: now.system - previous.system };
}

export const cpuUsage = (previous = undefined) => since(times("self_stat"), previous);
export const threadCpuUsage = (previous = undefined) => since(times("thread_stat"), previous);

export function resourceUsage() {
  const { user: userCPUTime, system: systemCPUTime } = times("self_stat");
  const fields = StringPrototypeSplit(RegExpPrototypeExec(/\) (.*)/, ops.os_text("self_stat"))?.[1] ?? "", " ");
  const status = ops.os_text("status");
  const switches = (name) => Number(RegExpPrototypeExec(new RegExp(`^${name}_ctxt_switches:\\s*(\\d+)`, "m"), status)?.[1] ?? 0);
  return {
    userCPUTime, systemCPUTime, maxRSS: statusBytes("VmHWM") / 1024, sharedMemorySize: 0, unsharedDataSize: 0,
    unsharedStackSize: 0, minorPageFault: Number(fields[7] ?? 0), majorPageFault: Number(fields[9] ?? 0), swappedOut: 0, fsRead: 0,
    fsWrite: 0, ipcSent: 0, ipcReceived: 0, signalsCount: 0, voluntaryContextSwitches: switches("voluntary"),
    involuntaryContextSwitches: switches("nonvoluntary"),
  };
}

export function hrtime(time = undefined) {
  const { 0: seconds, 1: nanoseconds } = ops.process_clock();
  if (time === undefined) return [seconds, nanoseconds];
  validateArray(time, "time");
  if (time.length !== 2) throw new ERR_OUT_OF_RANGE("time", 2, time.length);
  const difference = [seconds - time[0], nanoseconds - time[1]];
  if (difference[1] < 0) {
    difference[0]--;
    difference[1] += 1e9;
  }
  return difference;
}

hrtime.bigint = function bigint() {
  const { 0: seconds, 1: nanoseconds } = ops.process_clock();
  return BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds);
};
