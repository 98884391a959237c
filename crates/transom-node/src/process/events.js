// @ts-check
// Events of `process` that come from the runtime: exceptions that nobody catches, rejections that nobody handles, the end.
// Reference: https://nodejs.org/docs/latest-v22.x/api/process.html#process-events
//
// The first two are listened for at the global object, and only while the program listens here: then they count as handled.

import { globalEventMembers } from "transom:internal/events/global_target";
import { awaitEnd } from "transom:internal/node/process/ending";
import { primordials } from "transom:internal/primordials";

const { ErrorIsError, ReflectApply, Set, SetPrototypeAdd, SetPrototypeHas } = primordials;

const watched = new Set();
let members;

function watch(type, listener) {
  if (SetPrototypeHas(watched, type)) return;
  SetPrototypeAdd(watched, type);
  members ??= globalEventMembers(globalThis);
  ReflectApply(members.addEventListener.value, globalThis, [type, listener]);
}

/** Begins to pass on what the event `name` of `process` needs. */
export function connect(process, name) {
  if (name === "exit") awaitEnd(process);
  if (name === "uncaughtException" || name === "uncaughtExceptionMonitor") {
    watch("error", (event) => {
      process.emit("uncaughtExceptionMonitor", event.error, "uncaughtException");
      if (process.emit("uncaughtException", event.error, "uncaughtException")) event.preventDefault();
    });
  }
  if (name === "unhandledRejection" || name === "uncaughtException" || name === "uncaughtExceptionMonitor") {
    watch("unhandledrejection", (event) => {
      const { reason, promise } = event;
      if (process.emit("unhandledRejection", reason, promise)) {
        event.preventDefault();
        return;
      }
      const error = ErrorIsError(reason) ? reason : unhandled(reason);
      process.emit("uncaughtExceptionMonitor", error, "unhandledRejection");
      if (process.emit("uncaughtException", error, "unhandledRejection")) event.preventDefault();
    });
  }
  if (name === "rejectionHandled") watch("rejectionhandled", (event) => process.emit("rejectionHandled", event.promise));
}

function unhandled(reason) {
  const error = /** @type {any} */ (new primordials.Error(
    "This error originated either by throwing inside of an async function without a catch block, or by rejecting a promise " +
    `which was not handled with .catch(). The promise rejected with the reason "${typeof reason === "symbol" ? "a symbol" : reason}".`,
  ));
  error.code = "ERR_UNHANDLED_REJECTION";
  return error;
}
