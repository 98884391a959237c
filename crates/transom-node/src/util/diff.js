// @ts-check
// The shortest way from one list of lines to another (E. Myers, "An O(ND) Difference Algorithm", 1986): for
// `util.diff` and the messages of assertions.

import { codes } from "transom:internal/node/errors";
import { validateStringArray } from "transom:internal/node/errors/validators";
import { primordials } from "transom:internal/primordials";

const { ArrayIsArray, StringPrototypeSplit } = primordials;
const { ERR_INVALID_ARG_TYPE } = codes;

export const INSERT = 1;
export const DELETE = -1;
export const KEEP = 0;

const same = (a, b, ignoresComma) => a === b || (ignoresComma && (`${a},` === b || a === `${b},`));

/** `[operation, text]` in reverse order: what of `actual` stays, goes (+1, only in `actual`) or comes (-1). */
export function myersDiff(actual, expected, ignoresComma = false) {
  const { length: actualLength } = actual;
  const { length: expectedLength } = expected;
  const most = actualLength + expectedLength;
  const furthest = new Int32Array(2 * most + 2);
  const trace = [];
  for (let cost = 0; cost <= most; cost++) {
    trace.push(furthest.slice());
    for (let diagonal = -cost; diagonal <= cost; diagonal += 2) {
      const at = diagonal + most;
      const isDown = diagonal === -cost || (diagonal !== cost && furthest[at - 1] < furthest[at + 1]);
      let x = isDown ? furthest[at + 1] : furthest[at - 1] + 1;
      let y = x - diagonal;
      while (x < actualLength && y < expectedLength && same(actual[x], expected[y], ignoresComma)) {
        x++;
        y++;
      }
      furthest[at] = x;
      if (x >= actualLength && y >= expectedLength) return goBack(trace, actual, expected, ignoresComma, most);
    }
  }
  return [];
}

function goBack(trace, actual, expected, ignoresComma, most) {
  let x = actual.length;
  let y = expected.length;
  const result = [];
  for (let cost = trace.length - 1; cost >= 0; cost--) {
    const furthest = trace[cost];
    const diagonal = x - y;
    const at = diagonal + most;
    const isDown = diagonal === -cost || (diagonal !== cost && furthest[at - 1] < furthest[at + 1]);
    const previous = isDown ? diagonal + 1 : diagonal - 1;
    const previousX = furthest[previous + most];
    const previousY = previousX - previous;
    while (x > previousX && y > previousY) {
      const a = actual[x - 1];
      result.push([KEEP, ignoresComma && a !== expected[y - 1] && !a.endsWith(",") ? expected[y - 1] : a]);
      x--;
      y--;
    }
    if (cost > 0) {
      if (x > previousX) result.push([INSERT, actual[--x]]);
      else result.push([DELETE, expected[--y]]);
    }
  }
  return result;
}

/** util.diff */
export function diff(actual, expected) {
  if (actual === expected) return [];
  const check = (value, name) => {
    if (ArrayIsArray(value)) validateStringArray(value, name);
    else if (typeof value !== "string") throw new ERR_INVALID_ARG_TYPE(name, ["string"], value);
  };
  check(actual, "actual");
  check(expected, "expected");
  const list = (value) => (typeof value === "string" ? StringPrototypeSplit(value, "") : value);
  return myersDiff(list(actual), list(expected)).reverse();
}
