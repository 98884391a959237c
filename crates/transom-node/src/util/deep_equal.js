// @ts-check
// Equality in depth: `assert.deepEqual`, `deepStrictEqual`, `partialDeepStrictEqual` and `util.isDeepStrictEqual`.
// Reference: https://nodejs.org/docs/latest-v22.x/api/assert.html#comparison-details

import { types } from "node:util/types";
import { primordials } from "transom:internal/primordials";

const {
  ArrayIsArray, ArrayPrototypeFilter, BigIntPrototypeValueOf, BooleanPrototypeValueOf, DatePrototypeGetTime, ErrorIsError,
  MapPrototypeEntries, NumberPrototypeValueOf, ObjectGetOwnPropertySymbols, ObjectGetPrototypeOf, ObjectIs, ObjectKeys,
  ObjectPrototypeHasOwnProperty, ObjectPrototypePropertyIsEnumerable, ObjectPrototypeToString, RegExpPrototypeExec,
  RegExpPrototypeGetFlags, RegExpPrototypeGetSource, SetPrototypeValues, StringPrototypeValueOf, SymbolPrototypeValueOf,
  TypedArrayPrototypeGetSymbolToStringTag,
} = primordials;

const LOOSE = 0;
const STRICT = 1;
/** What the second value has, the first must have. */
const PARTIAL = 2;

const isIndex = (key) => RegExpPrototypeExec(/^(?:0|[1-9]\d*)$/, key) !== null;
const isNaNumber = (value) => typeof value === "number" && value !== value;

class Comparison {
  constructor(mode) {
    this.mode = mode;
    /** Pairs that are being compared, for cycles. */
    this.first = [];
    this.second = [];
  }

  equal(a, b) {
    if (a === b) return a !== 0 || ObjectIs(a, b) || this.mode === LOOSE;
    if (this.mode === LOOSE) {
      if (a === null || typeof a !== "object") {
        // eslint-disable-next-line eqeqeq -- what the loose comparison is
        return (b === null || typeof b !== "object") && (a == b || (isNaNumber(a) && isNaNumber(b)));
      }
      if (b === null || typeof b !== "object") return false;
    } else {
      if (typeof a !== "object") return isNaNumber(a) && isNaNumber(b);
      if (typeof b !== "object" || a === null || b === null) return false;
      if (this.mode === STRICT && ObjectGetPrototypeOf(a) !== ObjectGetPrototypeOf(b)) return false;
    }
    const tag = ObjectPrototypeToString(a);
    if (tag !== ObjectPrototypeToString(b)) return false;
    if (ArrayIsArray(a)) return ArrayIsArray(b) && this.arrays(a, b);
    if (tag === "[object Object]" && !ErrorIsError(a)) {
      return !ErrorIsError(b) && !types.isMap(a) && !types.isSet(a) ? this.keyed(a, b, keysOf(a), keysOf(b)) : this.special(a, b);
    }
    return this.special(a, b);
  }

  arrays(a, b) {
    if (this.mode === PARTIAL) return this.partialArray(a, b);
    if (a.length !== b.length) return false;
    const ownA = ArrayPrototypeFilter(keysOf(a), (key) => !isIndex(key));
    const ownB = ArrayPrototypeFilter(keysOf(b), (key) => !isIndex(key));
    if (ownA.length !== ownB.length) return false;
    return this.keyed(a, b, ownA, ownB, () => {
      for (let i = 0; i < a.length; i++) {
        const hasA = ObjectPrototypeHasOwnProperty(a, i);
        if (hasA !== ObjectPrototypeHasOwnProperty(b, i)) {
          if (this.mode === STRICT || !this.equal(a[i], b[i])) return false;
        } else if (hasA && !this.equal(a[i], b[i])) {
          return false;
        }
      }
      return true;
    });
  }

  /** The items of `b` in `a`, in the same order, with others in between. */
  partialArray(a, b) {
    if (b.length > a.length) return false;
    return this.guarded(a, b, () => {
      let at = 0;
      for (let i = 0; i < b.length; i++) {
        while (at < a.length && !this.equal(a[at], b[i])) at++;
        if (at++ >= a.length) return false;
      }
      return true;
    });
  }

  /** Objects with a content of their own. */
  special(a, b) {
    if (types.isDate(a)) {
      if (!types.isDate(b)) return false;
      const { 0: x, 1: y } = [DatePrototypeGetTime(a), DatePrototypeGetTime(b)];
      if (x !== y && !(x !== x && y !== y)) return false;
    } else if (types.isRegExp(a)) {
      if (!types.isRegExp(b) || RegExpPrototypeGetSource(a) !== RegExpPrototypeGetSource(b)) return false;
      if (RegExpPrototypeGetFlags(a) !== RegExpPrototypeGetFlags(b) || a.lastIndex !== b.lastIndex) return false;
    } else if (ErrorIsError(a)) {
      if (!ErrorIsError(b) || !this.errors(a, b)) return false;
    } else if (types.isArrayBufferView(a)) {
      return types.isArrayBufferView(b) && this.views(a, b);
    } else if (types.isSet(a)) {
      if (!types.isSet(b) || (this.mode === PARTIAL ? a.size < b.size : a.size !== b.size)) return false;
      return this.keyed(a, b, keysOf(a), keysOf(b), () => this.sets(a, b));
    } else if (types.isMap(a)) {
      if (!types.isMap(b) || (this.mode === PARTIAL ? a.size < b.size : a.size !== b.size)) return false;
      return this.keyed(a, b, keysOf(a), keysOf(b), () => this.maps(a, b));
    } else if (types.isAnyArrayBuffer(a)) {
      if (!types.isAnyArrayBuffer(b) || !sameBytes(new Uint8Array(a), new Uint8Array(b))) return false;
    } else if (types.isBoxedPrimitive(a)) {
      if (!sameBoxed(a, b)) return false;
    } else if (
      ArrayIsArray(b) || types.isArrayBufferView(b) || types.isSet(b) || types.isMap(b) || types.isDate(b) || types.isRegExp(b) ||
      types.isAnyArrayBuffer(b) || types.isBoxedPrimitive(b) || ErrorIsError(b)
    ) {
      return false;
    } else if (types.isWeakMap(a) || types.isWeakSet(a)) {
      return false;
    }
    return this.keyed(a, b, keysOf(a), keysOf(b));
  }

  errors(a, b) {
    // These are not enumerable, and count all the same.
    const names = ["message", "name", "cause", "errors"];
    for (let i = 0; i < names.length; i++) {
      const name = names[i];
      if (name === "message" || name === "name") {
        if (ObjectPrototypePropertyIsEnumerable(a, name) || a[name] === b[name]) continue;
        return false;
      }
      const hasA = ObjectPrototypeHasOwnProperty(a, name);
      if (this.mode !== PARTIAL && hasA !== ObjectPrototypeHasOwnProperty(b, name)) return false;
      if (ObjectPrototypeHasOwnProperty(b, name) && !this.equal(a[name], b[name])) return false;
    }
    return true;
  }

  views(a, b) {
    if (TypedArrayPrototypeGetSymbolToStringTag(a) !== TypedArrayPrototypeGetSymbolToStringTag(b)) return false;
    if (types.isFloat32Array(a) || types.isFloat64Array(a)) {
      if (a.length !== b.length) return false;
      for (let i = 0; i < a.length; i++) {
        if (this.mode === LOOSE ? a[i] !== b[i] : !ObjectIs(a[i], b[i])) return false;
      }
    } else if (!sameBytes(new Uint8Array(a.buffer, a.byteOffset, a.byteLength), new Uint8Array(b.buffer, b.byteOffset, b.byteLength))) {
      return false;
    }
    const isOwn = (key) => typeof key === "symbol" || !isIndex(key);
    return this.keyed(a, b, ArrayPrototypeFilter(keysOf(a), isOwn), ArrayPrototypeFilter(keysOf(b), isOwn));
  }

  /** Members of a set are found by identity first, then by comparison with all that are left. */
  sets(a, b) {
    const left = [];
    for (const item of SetPrototypeValues(b)) {
      if (a.has(item)) continue;
      if ((typeof item !== "object" || item === null) && this.mode !== LOOSE) return false;
      left.push(item);
    }
    const candidates = [];
    for (const item of SetPrototypeValues(a)) if (!b.has(item)) candidates.push(item);
    for (const item of left) {
      const index = candidates.findIndex((candidate) => this.equal(candidate, item));
      if (index === -1) return false;
      candidates.splice(index, 1);
    }
    return true;
  }

  maps(a, b) {
    const left = [];
    for (const { 0: key, 1: value } of MapPrototypeEntries(b)) {
      const isObject = typeof key === "object" && key !== null;
      if (a.has(key)) {
        if (this.equal(a.get(key), value)) continue;
        if (!isObject && this.mode !== LOOSE) return false;
      } else if (!isObject && this.mode !== LOOSE) {
        return false;
      }
      left.push([key, value]);
    }
    const candidates = [];
    for (const entry of MapPrototypeEntries(a)) if (!b.has(entry[0]) || left.some(({ 0: key }) => key === entry[0])) candidates.push(entry);
    for (const { 0: key, 1: value } of left) {
      const index = candidates.findIndex((entry) => this.equal(entry[0], key) && this.equal(entry[1], value));
      if (index === -1) return false;
      candidates.splice(index, 1);
    }
    return true;
  }

  /** Properties, then what `content` compares. */
  keyed(a, b, keysA, keysB, content = undefined) {
    const mode = this.mode;
    if (mode !== PARTIAL && keysA.length !== keysB.length) return false;
    for (let i = 0; i < keysB.length; i++) if (!ObjectPrototypePropertyIsEnumerable(a, keysB[i])) return false;
    const symbols = mode === LOOSE ? [] : enumerableSymbols(b);
    if (mode === STRICT && enumerableSymbols(a).length !== symbols.length) return false;
    for (let i = 0; i < symbols.length; i++) if (!ObjectPrototypePropertyIsEnumerable(a, symbols[i])) return false;
    if (keysB.length === 0 && symbols.length === 0 && content === undefined) return true;
    return this.guarded(a, b, () => {
      if (content !== undefined && !content()) return false;
      for (let i = 0; i < keysB.length; i++) if (!this.equal(a[keysB[i]], b[keysB[i]])) return false;
      for (let i = 0; i < symbols.length; i++) if (!this.equal(a[symbols[i]], b[symbols[i]])) return false;
      return true;
    });
  }

  /** Within cycles, what is being compared already counts as equal to what it is compared with. */
  guarded(a, b, compare) {
    for (let i = 0; i < this.first.length; i++) {
      if (this.first[i] === a) {
        if (this.second[i] === b) return true;
      } else if (this.second[i] === b && this.mode !== PARTIAL) {
        // `b` has a cycle where `a` has none.
        continue;
      }
    }
    this.first.push(a);
    this.second.push(b);
    const result = compare();
    this.first.pop();
    this.second.pop();
    return result;
  }
}

const keysOf = (object) => ObjectKeys(object);

function enumerableSymbols(object) {
  return ArrayPrototypeFilter(ObjectGetOwnPropertySymbols(object), (symbol) => ObjectPrototypePropertyIsEnumerable(object, symbol));
}

function sameBytes(a, b) {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function sameBoxed(a, b) {
  if (types.isNumberObject(a)) return types.isNumberObject(b) && ObjectIs(NumberPrototypeValueOf(a), NumberPrototypeValueOf(b));
  if (types.isStringObject(a)) return types.isStringObject(b) && StringPrototypeValueOf(a) === StringPrototypeValueOf(b);
  if (types.isBooleanObject(a)) return types.isBooleanObject(b) && BooleanPrototypeValueOf(a) === BooleanPrototypeValueOf(b);
  if (types.isBigIntObject(a)) return types.isBigIntObject(b) && BigIntPrototypeValueOf(a) === BigIntPrototypeValueOf(b);
  return types.isSymbolObject(b) && SymbolPrototypeValueOf(a) === SymbolPrototypeValueOf(b);
}

export const isDeepEqual = (a, b) => new Comparison(LOOSE).equal(a, b);
export const isDeepStrictEqual = (a, b) => new Comparison(STRICT).equal(a, b);
/** Whether `actual` has everything that `expected` has. */
export const isPartialStrictEqual = (actual, expected) => new Comparison(PARTIAL).equal(actual, expected);
