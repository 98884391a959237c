// AbortController and AbortSignal.

import { AbortController } from "transom:internal/abort/abort_controller";
import { AbortSignal, abortSignalInternals } from "transom:internal/abort/abort_signal";
import { assert, assertEquals, assertThrows, test } from "transom:internal/testing";

test("abort sets the reason and fires once, algorithms before listeners", () => {
  const controller = new AbortController();
  const { signal } = controller;
  const log = [];
  signal.onabort = (event) => log.push("handler", event.isTrusted);
  signal.addEventListener("abort", () => log.push("listener"));
  abortSignalInternals.addAlgorithm(signal, () => log.push("algorithm"));
  controller.abort("why");
  controller.abort("again");
  assertEquals(log, ["algorithm", "handler", true, "listener"]);
  assertEquals([signal.aborted, signal.reason], [true, "why"]);
  assertEquals(assertThrowsValue(() => signal.throwIfAborted()), "why");
});

function assertThrowsValue(body) {
  try {
    body();
  } catch (thrown) {
    return thrown;
  }
  throw new Error("nothing was thrown");
}

test("the default reason is an AbortError", () => {
  const signal = AbortSignal.abort();
  assertEquals([signal.reason.name, signal.reason.code], ["AbortError", 20]);
  assertEquals(AbortSignal.abort(null).reason, null);
  assertThrows(() => new AbortSignal(), TypeError);
});

test("a removed algorithm does not run", () => {
  const controller = new AbortController();
  let ran = false;
  const steps = () => (ran = true);
  abortSignalInternals.addAlgorithm(controller.signal, steps);
  abortSignalInternals.removeAlgorithm(controller.signal, steps);
  controller.abort();
  assert(!ran);
});

test("timeout aborts with a TimeoutError", async () => {
  const signal = AbortSignal.timeout(1);
  assertEquals(signal.aborted, false);
  await new Promise((resolve) => signal.addEventListener("abort", resolve));
  assertEquals(signal.reason.name, "TimeoutError");
  assertThrows(() => AbortSignal.timeout(-1), TypeError);
  assertThrows(() => AbortSignal.timeout(), TypeError);
});

test("any follows the first of its sources, through other dependent signals too", () => {
  const first = new AbortController();
  const second = new AbortController();
  const inner = AbortSignal.any([first.signal, second.signal]);
  const outer = AbortSignal.any([inner, first.signal]);
  const log = [];
  outer.onabort = () => log.push("outer");
  inner.onabort = () => log.push("inner", outer.aborted);
  second.abort(5);
  assertEquals([inner.reason, outer.reason], [5, 5]);
  assertEquals(log, ["inner", true, "outer"]);
  first.abort(6);
  assertEquals(outer.reason, 5);
});

test("any of an aborted signal is aborted at once", () => {
  const combined = AbortSignal.any([new AbortController().signal, AbortSignal.abort(1), AbortSignal.abort(2)]);
  assertEquals([combined.aborted, combined.reason], [true, 1]);
  assertEquals(AbortSignal.any([]).aborted, false);
  assertThrows(() => AbortSignal.any([{}]), TypeError);
  assertThrows(() => AbortSignal.any(1), TypeError);
});

test("many dependents of one source", () => {
  const controller = new AbortController();
  const dependents = [];
  for (let i = 0; i < 100; i++) dependents.push(AbortSignal.any([controller.signal]));
  controller.abort("all");
  assert(dependents.every((signal) => signal.reason === "all"));
});
