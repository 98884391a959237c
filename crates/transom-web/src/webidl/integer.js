// @ts-check
// Integer conversions with [EnforceRange] and [Clamp].
// Spec: https://webidl.spec.whatwg.org/#abstract-opdef-converttoint
//
// Options are `{ enforceRange: true }` or `{ clamp: true }`; without either the value wraps modulo 2^bits.

import { primordials } from "transom:internal/primordials";

const { MathFloor, MathTrunc, Number, NumberIsFinite, NumberMAX_SAFE_INTEGER, TypeError } = primordials;

/** Rounds to the nearest integer, halves to even, as [Clamp] asks. */
function roundHalfEven(x) {
  const floor = MathFloor(x);
  const rest = x - floor;
  if (rest < 0.5) return floor;
  if (rest > 0.5) return floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}

function integer(bits, signed) {
  const upper = bits === 64 ? NumberMAX_SAFE_INTEGER : signed ? 2 ** (bits - 1) - 1 : 2 ** bits - 1;
  const lower = !signed ? 0 : bits === 64 ? -NumberMAX_SAFE_INTEGER : -(2 ** (bits - 1));
  const modulus = 2 ** bits;
  const half = 2 ** (bits - 1);

  return function convert(value, context = "Value", options = undefined) {
    if (typeof value === "bigint" || typeof value === "symbol") {
      throw new TypeError(`${context} is a ${typeof value}, which cannot be converted to a number`);
    }
    let x = typeof value === "number" ? value : Number(value);
    if (options !== undefined && options.enforceRange === true) {
      if (!NumberIsFinite(x)) throw new TypeError(`${context} is not a finite number`);
      x = MathTrunc(x) + 0;
      if (x < lower || x > upper) {
        throw new TypeError(`${context} is outside the accepted range of ${lower} to ${upper}`);
      }
      return x;
    }
    if (options !== undefined && options.clamp === true) {
      if (x !== x) return 0;
      return roundHalfEven(x < lower ? lower : x > upper ? upper : x) + 0;
    }
    if (!NumberIsFinite(x)) return 0;
    x = MathTrunc(x) + 0;
    if (x >= lower && x <= upper) return x;
    x %= modulus;
    if (x < 0) x += modulus;
    return signed && x >= half ? x - modulus : x;
  };
}

/** https://webidl.spec.whatwg.org/#es-byte */
export const byte = integer(8, true);
/** https://webidl.spec.whatwg.org/#es-octet */
export const octet = integer(8, false);
/** https://webidl.spec.whatwg.org/#es-short */
export const short = integer(16, true);
/** https://webidl.spec.whatwg.org/#es-unsigned-short */
export const unsignedShort = integer(16, false);
/** https://webidl.spec.whatwg.org/#es-long */
export const long = integer(32, true);
/** https://webidl.spec.whatwg.org/#es-unsigned-long */
export const unsignedLong = integer(32, false);
/** https://webidl.spec.whatwg.org/#es-long-long */
export const longLong = integer(64, true);
/** https://webidl.spec.whatwg.org/#es-unsigned-long-long */
export const unsignedLongLong = integer(64, false);
