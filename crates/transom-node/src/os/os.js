// @ts-check
// node:os.
// Reference: https://nodejs.org/docs/latest-v22.x/api/os.html

import { codes } from "transom:internal/node/errors";
import { validateInt32 } from "transom:internal/node/errors/validators";
import { constants } from "transom:internal/node/os/constants";
import { networkInterfacesOf } from "transom:internal/node/os/network";
import { environment } from "transom:internal/node/process/environment";
import { architecture, identity } from "transom:internal/node/process/facts";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";
import { Buffer } from "transom:internal/node/buffer";

const {
  Number, ObjectDefineProperty, RegExpPrototypeExec, StringPrototypeEndsWith, StringPrototypeSlice, StringPrototypeSplit,
  StringPrototypeStartsWith, StringPrototypeTrim, SymbolToPrimitive,
} = primordials;

export const EOL = "\n";
export const devNull = "/dev/null";

const text = (name) => StringPrototypeTrim(ops.os_text(name));

/** A line of /proc/meminfo, in bytes. */
function memory(name) {
  for (const line of StringPrototypeSplit(ops.os_text("meminfo"), "\n")) {
    if (StringPrototypeStartsWith(line, `${name}:`)) return Number(RegExpPrototypeExec(/\d+/, line)?.[0] ?? 0) * 1024;
  }
  return 0;
}

export const arch = () => architecture();
export const platform = () => "linux";
export const type = () => "Linux";
export const release = () => text("release");
export const version = () => text("version");
export const machine = () => ops.os_architecture();
export const hostname = () => text("hostname");
export const endianness = () => "LE";
export const uptime = () => Number(StringPrototypeSplit(ops.os_text("uptime"), " ")[0]);
export const totalmem = () => memory("MemTotal");
export const freemem = () => memory("MemAvailable") || memory("MemFree");
export const availableParallelism = () => ops.os_parallelism();

export function loadavg() {
  const { 0: one, 1: five, 2: fifteen } = StringPrototypeSplit(ops.os_text("loadavg"), " ");
  return [Number(one), Number(five), Number(fifteen)];
}

export function cpus() {
  const models = [];
  for (const line of StringPrototypeSplit(ops.os_text("cpuinfo"), "\n")) {
    const found = RegExpPrototypeExec(/^(model name|cpu MHz|processor)\s*:\s*(.*)$/, line);
    if (found === null) continue;
    if (found[1] === "processor") models.push({ model: "unknown", speed: 0 });
    else if (models.length > 0 && found[1] === "model name") models[models.length - 1].model = found[2];
    else if (models.length > 0) models[models.length - 1].speed = Math.trunc(Number(found[2]));
  }
  const result = [];
  for (const line of StringPrototypeSplit(ops.os_text("stat"), "\n")) {
    const found = RegExpPrototypeExec(/^cpu(\d+) (\d+) (\d+) (\d+) (\d+) \d+ (\d+)/, line);
    if (found === null) continue;
    const { model, speed } = models[Number(found[1])] ?? { model: "unknown", speed: 0 };
    // The kernel counts in hundredths of a second.
    const [user, nice, sys, idle, irq] = [found[2], found[3], found[4], found[5], found[6]].map((ticks) => Number(ticks) * 10);
    result.push({ model, speed, times: { user, nice, sys, idle, irq } });
  }
  return result;
}

export function homedir() {
  return environment.HOME || userInfo().homedir;
}

export function tmpdir() {
  const folder = environment.TMPDIR || environment.TMP || environment.TEMP || "/tmp";
  return folder.length > 1 && StringPrototypeEndsWith(folder, "/") ? StringPrototypeSlice(folder, 0, -1) : folder;
}

export function userInfo(options = undefined) {
  const { uid, gid } = identity();
  const encode = options?.encoding === "buffer" ? (value) => Buffer.from(value) : (value) => value;
  for (const line of StringPrototypeSplit(ops.os_text("passwd"), "\n")) {
    const fields = StringPrototypeSplit(line, ":");
    if (Number(fields[2]) !== uid || fields.length < 7) continue;
    return { uid, gid, username: encode(fields[0]), homedir: encode(fields[5]), shell: encode(fields[6]) };
  }
  const error = new codes.ERR_SYSTEM_ERROR("uv_os_get_passwd", "ENOENT", "no such file or directory");
  throw error;
}

export const networkInterfaces = () => networkInterfacesOf(ops.os_interfaces(), ops.os_text);

export function getPriority(pid = 0) {
  validateInt32(pid, "pid");
  // Field 19 of the process's own line; a program sees no other process.
  const fields = StringPrototypeSplit(RegExpPrototypeExec(/\) (.*)/, ops.os_text("self_stat"))?.[1] ?? "", " ");
  return Number(fields[16] ?? 0);
}

export function setPriority(pid, priority) {
  if (priority === undefined) {
    priority = pid;
    pid = 0;
  }
  validateInt32(pid, "pid");
  validateInt32(priority, "priority", -20, 19);
  throw new codes.ERR_NOT_SUPPORTED("os.setPriority()", "the priority belongs to the whole server; set it where the server is started");
}

const callable = { arch, availableParallelism, endianness, freemem, homedir, hostname, machine, platform, release, tmpdir, totalmem, type, uptime, version };
// As in Node, the functions without arguments can be used as values: `${os.hostname}`.
for (const name in callable) {
  ObjectDefineProperty(callable[name], "name", { __proto__: null, value: name, configurable: true });
  callable[name][SymbolToPrimitive] = () => callable[name]();
}

export { constants };
const os = {
  ...callable, cpus, getPriority, loadavg, networkInterfaces, setPriority, userInfo,
};
ObjectDefineProperty(os, "constants", { __proto__: null, value: constants, enumerable: true });
ObjectDefineProperty(os, "EOL", { __proto__: null, value: EOL, enumerable: true });
ObjectDefineProperty(os, "devNull", { __proto__: null, value: devNull, enumerable: true });
export default os;
