// Timers and microtasks.

import { asyncContextInternals } from "transom:internal/async_context/async_context";
import { globalEventMembers } from "transom:internal/events/global_target";
import { queueMicrotask } from "transom:internal/scheduling/microtask";
import { clearInterval, clearTimeout, setInterval, setTimeout } from "transom:internal/scheduling/timers";
import { assert, assertEquals, assertThrows, test } from "transom:internal/testing";

test("setTimeout passes its arguments and returns what is a positive number where one is needed", async () => {
  let id;
  const args = await new Promise((resolve) => {
    id = setTimeout((...given) => resolve(given), 0, 1, "b");
  });
  assertEquals(args, [1, "b"]);
  assert(Number.isInteger(+id) && id > 0);
});

test("timers of equal delay fire in order, shorter ones first", async () => {
  const log = [];
  await new Promise((resolve) => {
    setTimeout(() => {
      log.push("long");
      resolve();
    }, 20);
    setTimeout(() => log.push("a"), 1);
    setTimeout(() => log.push("b"), 1);
  });
  assertEquals(log, ["a", "b", "long"]);
});

test("cleared timers do not fire", async () => {
  let fired = false;
  const id = setTimeout(() => (fired = true), 1);
  clearTimeout(id);
  clearTimeout(id);
  clearTimeout(undefined);
  clearTimeout(123456);
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert(!fired);
});

test("timers are objects as in Node", async () => {
  let count = 0;
  const timer = setTimeout(() => count++, 5);
  assertEquals([timer.hasRef(), timer.unref() === timer, timer.hasRef(), timer.ref().hasRef()], [true, true, false, true]);
  await new Promise((resolve) => setTimeout(resolve, 10));
  assertEquals([count, timer.hasRef()], [1, false]);
  timer.refresh();
  await new Promise((resolve) => setTimeout(resolve, 10));
  assertEquals(count, 2);
  clearTimeout(timer);
  timer.refresh();
  const numbered = setInterval(() => count++, 1);
  clearInterval(`${+numbered}`);
  const closed = setTimeout(() => count++, 1);
  closed.close();
  await new Promise((resolve) => setTimeout(resolve, 10));
  assertEquals(count, 2);
});

test("an interval repeats until it is cleared, also from within", async () => {
  let count = 0;
  await new Promise((resolve) => {
    const id = setInterval(() => {
      if (++count < 3) return;
      clearInterval(id);
      resolve();
    }, 1);
  });
  await new Promise((resolve) => setTimeout(resolve, 10));
  assertEquals(count, 3);
});

test("an exception in a timer is reported and leaves the others alone", async () => {
  const global = {};
  Object.defineProperties(global, globalEventMembers(global));
  const reported = [];
  global.onerror = (_message, _file, _line, _column, error) => {
    reported.push(error);
    return true;
  };
  setTimeout(() => {
    throw "timer";
  }, 0);
  queueMicrotask(() => {
    throw "microtask";
  });
  await new Promise((resolve) => setTimeout(resolve, 2));
  global.onerror = null;
  assertEquals(reported, ["microtask", "timer"]);
});

test("microtasks run before timers", async () => {
  const log = [];
  await new Promise((resolve) => {
    setTimeout(() => {
      log.push("timer");
      resolve();
    }, 0);
    queueMicrotask(() => log.push("microtask"));
    log.push("now");
  });
  assertEquals(log, ["now", "microtask", "timer"]);
});

test("a timer runs in the context it was set in", async () => {
  const key = {};
  const seen = await new Promise((resolve) => {
    asyncContextInternals.run(key, "inside", () => setTimeout(() => resolve(asyncContextInternals.get(key)), 0), []);
  });
  assertEquals(seen, "inside");
});

test("arguments are checked", () => {
  assertThrows(() => setTimeout(), TypeError);
  assertThrows(() => queueMicrotask(), TypeError);
  assertThrows(() => queueMicrotask(1), TypeError);
  assertThrows(() => setTimeout(() => {}, 1n), TypeError);
});
