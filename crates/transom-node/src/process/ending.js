// @ts-check
// The end of the program: `exit` listeners, and what is registered with `process.finalization`.
// Reference: https://nodejs.org/docs/latest-v22.x/api/process.html#event-exit
//
// A program ends when its worker has answered its last request, or when a reload has put another in its place.

import { codes } from "transom:internal/node/errors";
import { validateObject } from "transom:internal/node/errors/validators";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";

const {
  FinalizationRegistry, FinalizationRegistryPrototypeRegister, FinalizationRegistryPrototypeUnregister, ReflectApply, Set,
  SetPrototypeAdd, SetPrototypeDelete, SetPrototypeForEach, WeakRef, WeakRefPrototypeDeref,
} = primordials;
const { ERR_INVALID_ARG_TYPE, ERR_NOT_SUPPORTED } = codes;

let isAwaited = false;
/** What ends the listeners when one of them asks for the end that is under way. */
const ENDED = {};

/** Has `process` told of its end from now on. */
export function awaitEnd(process) {
  if (isAwaited) return;
  isAwaited = true;
  ops.process_on_end(() => {
    process._exiting = true;
    try {
      process.emit("exit", process.exitCode || 0);
    } catch (error) {
      if (error !== ENDED) throw error;
    }
  });
}

/** What `process.exit()` does: the process belongs to all requests. */
export function refuseExit(process) {
  if (process._exiting) throw ENDED;
  throw new ERR_NOT_SUPPORTED(
    "process.exit()", "it would end the server for every request; return a response, or throw an error, instead",
  );
}

/** `process.finalization`: what is called for objects that are still there at the end. */
export function createFinalization(process) {
  let entries = null;
  let gone = null;

  function checked(object, callback) {
    validateObject(object, "obj", { allowFunction: true });
    if (typeof callback !== "function") throw new ERR_INVALID_ARG_TYPE("fn", "Function", callback);
  }

  return {
    register(object, callback) {
      checked(object, callback);
      if (entries === null) {
        entries = new Set();
        gone = new FinalizationRegistry((entry) => SetPrototypeDelete(entries, entry));
        process.on("exit", () => SetPrototypeForEach(entries, ({ reference, callback: call }) => {
          const kept = WeakRefPrototypeDeref(reference);
          if (kept !== undefined) ReflectApply(call, undefined, [kept, "exit"]);
        }));
      }
      const entry = { reference: new WeakRef(object), callback };
      SetPrototypeAdd(entries, entry);
      FinalizationRegistryPrototypeRegister(gone, object, entry, object);
    },
    /** A server has no moment without work that is not its end. */
    registerBeforeExit(object, callback) {
      checked(object, callback);
    },
    unregister(object) {
      if (entries === null) return;
      SetPrototypeForEach(entries, (entry) => {
        if (WeakRefPrototypeDeref(entry.reference) === object) SetPrototypeDelete(entries, entry);
      });
      FinalizationRegistryPrototypeUnregister(gone, object);
    },
  };
}
