// @ts-check
// The API tests' own little framework: a `*.test.js` registers tests here, the embedder runs them.
//
// Assertions compare by value the way a reader expects: SameValue for primitives, structure for arrays, plain
// objects, maps, sets and bytes. Failures are plain errors with a readable message.

import { isDeepStrictEqual, show } from "transom:internal/testing/equality";

/** @type {{ name: string, body: () => unknown }[]} */
const tests = [];

/** An assertion that does not hold. */
export class AssertionError extends Error {
  name = "AssertionError";
}

/** Registers a test. `body` may return a promise. */
export function test(name, body) {
  tests.push({ name, body });
}

/**
 * Runs the registered tests in order. Resolves with one `{ name, error }` each; `error` is undefined where it passed.
 */
export async function runTests() {
  const results = [];
  for (const { name, body } of tests.splice(0)) {
    let error;
    try {
      await body();
    } catch (thrown) {
      error = thrown ?? new AssertionError("the test threw nothing");
    }
    results.push({ name, error });
  }
  return results;
}

/** Fails unless `condition` is truthy. */
export function assert(condition, message = "the condition does not hold") {
  if (!condition) throw new AssertionError(message);
}

/** Fails unless both values are equal in structure. */
export function assertEquals(actual, expected, message = "") {
  if (isDeepStrictEqual(actual, expected)) return;
  throw new AssertionError(`${message ? `${message}: ` : ""}expected ${show(expected)}, got ${show(actual)}`);
}

function checkThrown(error, kind, message) {
  const where = message ? `${message}: ` : "";
  if (typeof kind === "function" && !(error instanceof kind)) {
    throw new AssertionError(`${where}expected a ${kind.name}, got ${show(error)}`);
  }
  if (typeof kind === "string" && error?.name !== kind) {
    throw new AssertionError(`${where}expected an exception named ${kind}, got ${show(error)}`);
  }
  if (kind !== null && typeof kind === "object" && error !== kind) {
    throw new AssertionError(`${where}expected exactly ${show(kind)}, got ${show(error)}`);
  }
}

/** Fails unless `body` throws. `kind` is a class, the `name` of an exception, or the very object. Returns it. */
export function assertThrows(body, kind = undefined, message = "") {
  let error;
  try {
    body();
  } catch (thrown) {
    error = thrown;
    checkThrown(error, kind, message);
    return error;
  }
  throw new AssertionError(`${message ? `${message}: ` : ""}expected an exception, but nothing was thrown`);
}

/** Fails unless the promise, or the promise that `body` returns, rejects. Otherwise as `assertThrows`. */
export async function assertRejects(body, kind = undefined, message = "") {
  let error;
  try {
    await (typeof body === "function" ? body() : body);
  } catch (thrown) {
    error = thrown;
    checkThrown(error, kind, message);
    return error;
  }
  throw new AssertionError(`${message ? `${message}: ` : ""}expected a rejection, but the promise fulfilled`);
}
