// @ts-check
// node:assert/strict.
// Reference: https://nodejs.org/docs/latest-v22.x/api/assert.html#strict-assertion-mode

import { strict } from "node:assert";

export const {
  Assert, AssertionError, CallTracker, deepEqual, deepStrictEqual, doesNotMatch, doesNotReject, doesNotThrow, equal, fail, ifError,
  match, notDeepEqual, notDeepStrictEqual, notEqual, notStrictEqual, ok, partialDeepStrictEqual, rejects, strictEqual, throws,
} = strict;
export { strict };
export default strict;
