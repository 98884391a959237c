// @ts-check
// The native operations, as a frozen object. They arrive as a global that is gone before any other code runs.

const handover = "%transom-ops";

/** @type {Readonly<Record<string, Function>>} */
export const ops = globalThis[handover];
delete globalThis[handover];
