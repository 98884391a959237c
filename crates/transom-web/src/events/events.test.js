// Event, EventTarget and the event classes.

import { AbortController } from "transom:internal/abort/abort_controller";
import { CustomEvent } from "transom:internal/events/custom_event";
import { ErrorEvent } from "transom:internal/events/error_event";
import { Event } from "transom:internal/events/event";
import { EventTarget } from "transom:internal/events/event_target";
import { globalEventMembers } from "transom:internal/events/global_target";
import { PromiseRejectionEvent } from "transom:internal/events/promise_rejection_event";
import { notifyHandledLate, notifyUnhandledRejection, reportError } from "transom:internal/report_error/report_error";
import { assert, assertEquals, assertThrows, test } from "transom:internal/testing";

test("an event has what its constructor was given", () => {
  const event = new Event("x", { bubbles: true, cancelable: true });
  assertEquals([event.type, event.bubbles, event.cancelable, event.composed], ["x", true, true, false]);
  assertEquals([event.target, event.currentTarget, event.eventPhase], [null, null, Event.NONE]);
  assertEquals(event.isTrusted, false);
  assert(Object.hasOwn(event, "isTrusted") && !Object.getOwnPropertyDescriptor(event, "isTrusted").configurable);
  assert(event.timeStamp >= 0);
  assertEquals([Event.AT_TARGET, Event.prototype.BUBBLING_PHASE], [2, 3]);
  assertThrows(() => new Event(), TypeError);
  assertThrows(() => new Event("x", 1), TypeError);
});

test("listeners run capture first, then in order, each once per type and callback", () => {
  const target = new EventTarget();
  const log = [];
  const twice = () => log.push("twice");
  target.addEventListener("x", () => log.push("bubble"));
  target.addEventListener("x", () => log.push("capture"), true);
  target.addEventListener("x", twice);
  target.addEventListener("x", twice);
  target.addEventListener("x", { handleEvent(event) { log.push(event.eventPhase, event.composedPath().length); } });
  target.addEventListener("x", null);
  assert(target.dispatchEvent(new Event("x")));
  assertEquals(log, ["capture", "bubble", "twice", 2, 1]);
});

test("once, removal during dispatch, and listeners added during dispatch", () => {
  const target = new EventTarget();
  const log = [];
  const removed = () => log.push("removed");
  target.addEventListener("x", () => {
    log.push("first");
    target.removeEventListener("x", removed);
    target.addEventListener("x", () => log.push("late"));
  }, { once: true });
  target.addEventListener("x", removed);
  target.dispatchEvent(new Event("x"));
  assertEquals(log, ["first"]);
  target.dispatchEvent(new Event("x"));
  assertEquals(log, ["first", "late"]);
});

test("preventDefault works on cancelable events and not in passive listeners", () => {
  const target = new EventTarget();
  target.addEventListener("x", (event) => event.preventDefault(), { passive: true });
  assertEquals(target.dispatchEvent(new Event("x", { cancelable: true })), true);
  target.addEventListener("x", (event) => event.preventDefault());
  assertEquals(target.dispatchEvent(new Event("x")), true);
  const event = new Event("x", { cancelable: true });
  assertEquals(target.dispatchEvent(event), false);
  assertEquals([event.defaultPrevented, event.returnValue], [true, false]);
});

test("stopImmediatePropagation ends the dispatch", () => {
  const target = new EventTarget();
  let reached = false;
  target.addEventListener("x", (event) => event.stopImmediatePropagation());
  target.addEventListener("x", () => (reached = true));
  target.dispatchEvent(new Event("x"));
  assert(!reached);
});

test("a signal removes the listener", () => {
  const target = new EventTarget();
  const controller = new AbortController();
  let count = 0;
  target.addEventListener("x", () => count++, { signal: controller.signal });
  target.dispatchEvent(new Event("x"));
  controller.abort();
  target.dispatchEvent(new Event("x"));
  target.addEventListener("x", () => count++, { signal: controller.signal });
  target.dispatchEvent(new Event("x"));
  assertEquals(count, 1);
  assertThrows(() => target.addEventListener("x", null, { signal: null }), TypeError);
});

test("an event cannot be dispatched while it is dispatched", () => {
  const target = new EventTarget();
  target.addEventListener("x", (event) => {
    assertThrows(() => target.dispatchEvent(event), "InvalidStateError");
  });
  const event = new Event("x");
  target.dispatchEvent(event);
  target.dispatchEvent(event);
  assertThrows(() => target.dispatchEvent({ type: "x" }), TypeError);
});

test("subclasses of EventTarget and their brand", () => {
  class Emitter extends EventTarget {}
  const emitter = new Emitter();
  let self;
  emitter.addEventListener("x", function () {
    self = this;
  });
  emitter.dispatchEvent(new CustomEvent("x", { detail: 1 }));
  assertEquals(self === emitter, true);
  assertThrows(() => EventTarget.prototype.addEventListener.call({}, "x", null), TypeError);
});

test("CustomEvent, ErrorEvent and PromiseRejectionEvent", () => {
  assertEquals(new CustomEvent("x").detail, null);
  const custom = new CustomEvent("x", { detail: { a: 1 } });
  custom.initCustomEvent("y", true, false, 2);
  assertEquals([custom.type, custom.bubbles, custom.detail], ["y", true, 2]);
  const error = new ErrorEvent("error", { message: "m", lineno: 3, error: 4 });
  assertEquals([error.message, error.filename, error.lineno, error.colno, error.error], ["m", "", 3, 0, 4]);
  assertEquals(new ErrorEvent("error").error, undefined);
  const promise = Promise.resolve();
  assertEquals(new PromiseRejectionEvent("x", { promise, reason: 1 }).promise === promise, true);
  assertThrows(() => new PromiseRejectionEvent("x", {}), TypeError);
});

test("an exception in a listener is reported to the global target and does not stop the others", () => {
  const global = {};
  Object.defineProperties(global, globalEventMembers(global));
  const reported = [];
  const listener = (event) => {
    reported.push(event.error, event.target === global);
    event.preventDefault();
  };
  global.addEventListener("error", listener);
  const target = new EventTarget();
  let reached = false;
  target.addEventListener("x", () => {
    throw "thrown";
  });
  target.addEventListener("x", () => (reached = true));
  target.dispatchEvent(new Event("x"));
  reportError("reported");
  global.removeEventListener("error", listener);
  assertEquals(reported, ["thrown", true, "reported", true]);
  assert(reached);
});

test("onunhandledrejection decides whether a rejection counts as handled", () => {
  const global = {};
  Object.defineProperties(global, globalEventMembers(global));
  const promise = Promise.resolve();
  assertEquals(notifyUnhandledRejection(promise, 1), false);
  let reason;
  global.onunhandledrejection = (event) => {
    reason = event.reason;
    return false;
  };
  assertEquals(notifyUnhandledRejection(promise, 7), true);
  assertEquals(reason, 7);
  global.onunhandledrejection = null;
  assertEquals(notifyUnhandledRejection(promise, 8), false);
  let late;
  global.onrejectionhandled = (event) => (late = event.promise);
  notifyHandledLate(promise, 8);
  assert(late === promise);
});
