// @ts-check
// Facts about the process that several modules tell.

import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";

const { Number, RegExpPrototypeExec } = primordials;

/** The release of Node whose behaviour `node:` modules have. */
export const NODE_VERSION = "22.23.3";

const ARCHITECTURES = { __proto__: null, x86_64: "x64", aarch64: "arm64", x86: "ia32", riscv64: "riscv64", arm: "arm" };

export function architecture() {
  const name = ops.os_architecture();
  return ARCHITECTURES[name] ?? name;
}

/** The first two numbers in a line of /proc/self/status. */
function statusNumbers(name) {
  const found = RegExpPrototypeExec(new RegExp(`^${name}:\\s*(\\d+)(?:\\s+(\\d+))?`, "m"), ops.os_text("status"));
  return found === null ? [0, 0] : [Number(found[1]), Number(found[2] ?? found[1])];
}

/** Real and effective ids of user and group. */
export function identity() {
  const { 0: uid, 1: euid } = statusNumbers("Uid");
  const { 0: gid, 1: egid } = statusNumbers("Gid");
  return { uid, euid, gid, egid };
}

export function groups() {
  const found = RegExpPrototypeExec(/^Groups:[ \t]*(.*)$/m, ops.os_text("status"));
  const text = found === null ? "" : found[1].trim();
  return text === "" ? [] : text.split(/\s+/).map(Number);
}

/** The mask of new files, as a number. */
export function umaskOf() {
  const found = RegExpPrototypeExec(/^Umask:\s*([0-7]+)/m, ops.os_text("status"));
  return found === null ? 0o22 : parseInt(found[1], 8);
}
