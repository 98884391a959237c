// @ts-check
// What both directions of v8's serialization know of the format.

import { Buffer } from "transom:internal/node/buffer";

export const VERSION = 15;
export const FLAGS = "gimyusdv";
export const BITS = { __proto__: null, g: 1, i: 2, m: 4, y: 8, u: 16, s: 32, d: 128, v: 256 };

/** The letters by which V8 tells kinds of views. */
export const VIEWS = {
  __proto__: null, b: Int8Array, B: Uint8Array, C: Uint8ClampedArray, w: Int16Array, W: Uint16Array, d: Int32Array, D: Uint32Array,
  f: Float32Array, F: Float64Array, "?": DataView, q: BigInt64Array, Q: BigUint64Array,
};
/** Views in the order of the numbers that Node gives those it writes itself. */
export const NODE_VIEWS = [
  Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, Float32Array, Float64Array, DataView,
  Buffer, BigInt64Array, BigUint64Array,
];

/** Letter and class of the errors of the language. */
export const ERRORS = {
  __proto__: null, E: EvalError, R: RangeError, F: ReferenceError, S: SyntaxError, T: TypeError, U: URIError,
};
