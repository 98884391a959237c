// What the scripts about streams print with.

import { Buffer } from "node:buffer";

export const S = (x) =>
  x instanceof Error
    ? `${x.name}|${x.code}|${x.message}`
    : x instanceof Uint8Array
      ? "buf:" + Buffer.from(x).toString()
      : typeof x === "string"
        ? x
        : JSON.stringify(x);
export const log = (...a) => console.log(...a.map(S));
export const T = (f) => {
  try {
    log(f());
  } catch (e) {
    log(e);
  }
};
export const wait = (ms = 5) => new Promise((r) => setTimeout(r, ms));
export const H = (n) => console.log("--", n);
export function watch(s, name) {
  for (const e of [
    "readable",
    "data",
    "end",
    "close",
    "error",
    "finish",
    "prefinish",
    "drain",
    "pipe",
    "unpipe",
    "pause",
    "resume",
  ])
    if (!name.includes("!" + e))
      s.on(e, (x) => log(name.split("!")[0], e, e === "pipe" || e === "unpipe" ? "s" : (x ?? "")));
  return s;
}
