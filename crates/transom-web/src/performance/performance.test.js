// Performance: the clock, marks and measures.

import { Performance, performance } from "transom:internal/performance/performance";
import { PerformanceMark } from "transom:internal/performance/entries";
import { assert, assertEquals, assertThrows, test } from "transom:internal/testing";

test("the clock runs forward from the time origin", () => {
  const first = performance.now();
  assert(first >= 0 && performance.now() >= first);
  assert(performance.timeOrigin > 1.6e12);
  assertEquals(performance.toJSON(), { timeOrigin: performance.timeOrigin });
  assertThrows(() => new Performance(), TypeError);
  assertThrows(() => Performance.prototype.now.call({}), TypeError);
});

test("marks and measures are kept in the order of their start", () => {
  performance.clearMarks();
  performance.clearMeasures();
  performance.mark("b", { startTime: 20, detail: { x: 1 } });
  performance.mark("a", { startTime: 10 });
  const measure = performance.measure("a to b", "a", "b");
  assertEquals([measure.startTime, measure.duration, measure.entryType], [10, 10, "measure"]);
  assertEquals(performance.getEntries().map((entry) => entry.name), ["a", "a to b", "b"]);
  assertEquals(performance.getEntriesByName("b")[0].detail, { x: 1 });
  performance.clearMarks("a");
  assertEquals(performance.getEntriesByType("mark").length, 1);
});

test("measures by options", () => {
  assertEquals(performance.measure("m", { start: 5, duration: 2 }).duration, 2);
  assertEquals(performance.measure("m", { end: 9, duration: 2 }).startTime, 7);
  assertEquals(performance.measure("m").startTime, 0);
  assertThrows(() => performance.measure("m", { duration: 1 }), TypeError);
  assertThrows(() => performance.measure("m", { start: 1, end: 2, duration: 1 }), TypeError);
  assertThrows(() => performance.measure("m", "no such mark"), "SyntaxError");
  assertThrows(() => new PerformanceMark("m", { startTime: -1 }), TypeError);
});

test("toJSON is for performance alone, and times of a page are none of a server", () => {
  assertThrows(() => Performance.prototype.toJSON.call({}), TypeError);
  assertThrows(() => performance.measure("m", "navigationStart"), TypeError);
});
