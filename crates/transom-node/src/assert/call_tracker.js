// @ts-check
// assert.CallTracker, which Node advises against: counts calls.
// Reference: https://nodejs.org/docs/latest-v22.x/api/assert.html#class-assertcalltracker

import { AssertionError } from "transom:internal/node/assert/assertion_error";
import { codes } from "transom:internal/node/errors";
import { validateUint32 } from "transom:internal/node/errors/validators";
import { primordials } from "transom:internal/primordials";

const { Error, ObjectFreeze, Proxy, ReflectApply } = primordials;
const { ERR_INVALID_ARG_VALUE } = codes;

export class CallTracker {
  /** Function: what is known of it. */
  #tracked = new Map();

  #of(tracked) {
    const found = this.#tracked.get(tracked);
    if (found === undefined) throw new ERR_INVALID_ARG_VALUE("tracked", tracked, "is not a tracked function");
    return found;
  }

  reset(tracked) {
    if (tracked === undefined) for (const known of this.#tracked.values()) known.calls = [];
    else this.#of(tracked).calls = [];
  }

  getCalls(tracked) {
    return ObjectFreeze([...this.#of(tracked).calls]);
  }

  calls(fn, expected = 1) {
    if (typeof fn === "number") {
      expected = fn;
      fn = () => {};
    } else if (fn === undefined) {
      fn = () => {};
    }
    validateUint32(expected, "expected", true);
    const known = { calls: [], expected, name: fn.name || "calls", stack: new Error() };
    const tracked = new Proxy(fn, {
      __proto__: null,
      apply(target, thisArg, args) {
        known.calls.push(ObjectFreeze({ thisArg, arguments: ObjectFreeze([...args]) }));
        return ReflectApply(target, thisArg, args);
      },
    });
    this.#tracked.set(tracked, known);
    return tracked;
  }

  report() {
    const errors = [];
    for (const { calls, expected, name, stack } of this.#tracked.values()) {
      if (calls.length === expected) continue;
      errors.push({
        message: `Expected the ${name} function to be executed ${expected} time(s) but was executed ${calls.length} time(s).`,
        actual: calls.length, expected, operator: name, stack,
      });
    }
    return errors;
  }

  verify() {
    const errors = this.report();
    if (errors.length === 0) return;
    throw new AssertionError({
      message: errors.length === 1 ? errors[0].message : "Functions were not called the expected number of times",
      details: errors,
    });
  }
}
