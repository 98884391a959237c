// @ts-check
// node:punycode (RFC 3492), which Node itself advises against.
// Reference: https://nodejs.org/docs/latest-v22.x/api/punycode.html

import { primordials } from "transom:internal/primordials";

const {
  ArrayPrototypeJoin, ArrayPrototypeMap, ArrayPrototypeSplice, MathFloor, RangeError, RegExpPrototypeExec,
  RegExpPrototypeSymbolReplace, StringFromCharCode, StringFromCodePoint, StringPrototypeCharCodeAt, StringPrototypeLastIndexOf,
  StringPrototypeSlice, StringPrototypeSplit, StringPrototypeToLowerCase,
} = primordials;

const BASE = 36;
const T_MIN = 1;
const T_MAX = 26;
const SKEW = 38;
const DAMP = 700;
const FIRST_BIAS = 72;
const FIRST_CODE = 128;
const MAX_INT = 0x7fffffff;

export const version = "2.1.0";

const ERRORS = {
  __proto__: null,
  overflow: "Overflow: input needs wider integers to process",
  basic: "Illegal input >= 0x80 (not a basic code point)",
  invalid: "Invalid input",
};
const failure = (kind) => new RangeError(ERRORS[kind]);

/** The code points of a text; lone surrogates stay. */
function decodeUcs2(text) {
  const points = [];
  for (let i = 0; i < text.length; i++) {
    const unit = StringPrototypeCharCodeAt(text, i);
    const next = i + 1 < text.length ? StringPrototypeCharCodeAt(text, i + 1) : 0;
    if (unit >= 0xd800 && unit <= 0xdbff && next >= 0xdc00 && next <= 0xdfff) {
      points[points.length] = ((unit & 0x3ff) << 10) + (next & 0x3ff) + 0x10000;
      i++;
    } else {
      points[points.length] = unit;
    }
  }
  return points;
}

const encodeUcs2 = (points) => StringFromCodePoint(...points);
export const ucs2 = { decode: decodeUcs2, encode: encodeUcs2 };

const digitOf = (unit) => {
  if (unit >= 0x30 && unit <= 0x39) return 26 + (unit - 0x30);
  if (unit >= 0x41 && unit <= 0x5a) return unit - 0x41;
  return unit >= 0x61 && unit <= 0x7a ? unit - 0x61 : BASE;
};
const characterOf = (digit) => StringFromCharCode(digit < 26 ? digit + 97 : digit + 22);

function adapt(delta, count, isFirst) {
  delta = isFirst ? MathFloor(delta / DAMP) : delta >> 1;
  delta += MathFloor(delta / count);
  let k = 0;
  for (; delta > ((BASE - T_MIN) * T_MAX) >> 1; k += BASE) delta = MathFloor(delta / (BASE - T_MIN));
  return MathFloor(k + ((BASE - T_MIN + 1) * delta) / (delta + SKEW));
}

const threshold = (k, bias) => (k <= bias ? T_MIN : k >= bias + T_MAX ? T_MAX : k - bias);

export function decode(input) {
  const output = [];
  const basic = StringPrototypeLastIndexOf(input, "-");
  for (let i = 0; i < basic; i++) {
    const unit = StringPrototypeCharCodeAt(input, i);
    if (unit >= 0x80) throw failure("basic");
    output[i] = unit;
  }
  let i = 0;
  let n = FIRST_CODE;
  let bias = FIRST_BIAS;
  for (let at = basic > 0 ? basic + 1 : 0; at < input.length;) {
    const before = i;
    for (let weight = 1, k = BASE; ; k += BASE) {
      if (at >= input.length) throw failure("invalid");
      const digit = digitOf(StringPrototypeCharCodeAt(input, at++));
      if (digit >= BASE) throw failure("invalid");
      if (digit > MathFloor((MAX_INT - i) / weight)) throw failure("overflow");
      i += digit * weight;
      const t = threshold(k, bias);
      if (digit < t) break;
      if (weight > MathFloor(MAX_INT / (BASE - t))) throw failure("overflow");
      weight *= BASE - t;
    }
    const count = output.length + 1;
    bias = adapt(i - before, count, before === 0);
    if (MathFloor(i / count) > MAX_INT - n) throw failure("overflow");
    n += MathFloor(i / count);
    i %= count;
    ArrayPrototypeSplice(output, i++, 0, n);
  }
  return StringFromCodePoint(...output);
}

export function encode(input) {
  const points = decodeUcs2(input);
  let output = "";
  for (let i = 0; i < points.length; i++) if (points[i] < 0x80) output += StringFromCharCode(points[i]);
  const basic = output.length;
  let handled = basic;
  if (basic > 0) output += "-";
  let n = FIRST_CODE;
  let delta = 0;
  let bias = FIRST_BIAS;
  while (handled < points.length) {
    let next = MAX_INT;
    for (let i = 0; i < points.length; i++) if (points[i] >= n && points[i] < next) next = points[i];
    const count = handled + 1;
    if (next - n > MathFloor((MAX_INT - delta) / count)) throw failure("overflow");
    delta += (next - n) * count;
    n = next;
    for (let i = 0; i < points.length; i++) {
      if (points[i] < n && ++delta > MAX_INT) throw failure("overflow");
      if (points[i] !== n) continue;
      let q = delta;
      for (let k = BASE; ; k += BASE) {
        const t = threshold(k, bias);
        if (q < t) break;
        output += characterOf(t + ((q - t) % (BASE - t)));
        q = MathFloor((q - t) / (BASE - t));
      }
      output += characterOf(q);
      bias = adapt(delta, count, handled === basic);
      delta = 0;
      handled++;
    }
    delta++;
    n++;
  }
  return output;
}

/** Each label of a domain, or of the domain of an address, through `convert`. */
function mapDomain(domain, convert) {
  const parts = StringPrototypeSplit(domain, "@");
  let prefix = "";
  if (parts.length > 1) {
    prefix = `${parts[0]}@`;
    domain = parts[1];
  }
  const labels = StringPrototypeSplit(RegExpPrototypeSymbolReplace(/[\u3002\uFF0E\uFF61]/g, domain, "."), ".");
  return prefix + ArrayPrototypeJoin(ArrayPrototypeMap(labels, convert), ".");
}

export const toUnicode = (input) =>
  mapDomain(input, (label) => (RegExpPrototypeExec(/^xn--/, label) === null ? label : decode(StringPrototypeToLowerCase(StringPrototypeSlice(label, 4)))));
export const toASCII = (input) =>
  mapDomain(input, (label) => (RegExpPrototypeExec(/[^\0-\x7F]/, label) === null ? label : `xn--${encode(label)}`));

export default { version, ucs2, decode, encode, toASCII, toUnicode };
