// PerformanceObserver.

import { AsyncLocalStorage } from "transom:internal/async_context/async_local_storage";
import { PerformanceObserver, PerformanceObserverEntryList } from "transom:internal/performance/observer";
import { performance } from "transom:internal/performance/performance";
import { setTimeout } from "transom:internal/scheduling/timers";
import { assert, assertEquals, assertThrows, test } from "transom:internal/testing";

/** The entries of the next delivery. */
function delivery(options, act) {
  return new Promise((resolve) => {
    const observer = new PerformanceObserver((list, self, { droppedEntriesCount }) => {
      observer.disconnect();
      assert(self === observer && list instanceof PerformanceObserverEntryList);
      resolve([list, droppedEntriesCount]);
    });
    observer.observe(options);
    act?.();
  });
}

const names = (entries) => entries.map(({ name }) => name);

test("entries of the types asked for arrive together", async () => {
  const [list, dropped] = await delivery({ entryTypes: ["mark", "measure", "unknown"] }, () => {
    performance.mark("late", { startTime: 9 });
    performance.mark("early", { startTime: 1 });
    performance.measure("m", { start: 5, end: 6 });
  });
  assertEquals([names(list.getEntries()), dropped], [["early", "m", "late"], 0]);
  assertEquals(names(list.getEntriesByType("measure")), ["m"]);
  assertEquals([names(list.getEntriesByName("late")), list.getEntriesByName("late", "measure")], [["late"], []]);
});

test("one type, and what came before when it is asked for", async () => {
  performance.clearMarks();
  performance.mark("before");
  const [list] = await delivery({ type: "mark", buffered: true }, () => performance.measure("not this"));
  assertEquals(names(list.getEntries()), ["before"]);
});

test("records can be taken, and nothing comes after disconnect", async () => {
  let calls = 0;
  const observer = new PerformanceObserver(() => calls++);
  observer.observe({ type: "mark" });
  performance.mark("taken");
  assertEquals([names(observer.takeRecords()), observer.takeRecords()], [["taken"], []]);
  performance.mark("lost");
  observer.disconnect();
  performance.mark("unseen");
  await new Promise((resolve) => setTimeout(resolve, 5));
  assertEquals([calls, observer.takeRecords()], [0, []]);
});

test("the callback runs in the context in which the observer was made", async () => {
  const storage = new AsyncLocalStorage();
  const seen = await new Promise((resolve) => {
    const observer = storage.run("made", () => new PerformanceObserver(() => {
      observer.disconnect();
      resolve(storage.getStore());
    }));
    observer.observe({ type: "mark" });
    storage.run("marked", () => performance.mark("x"));
  });
  assertEquals(seen, "made");
});

test("arguments are checked", () => {
  assertThrows(() => new PerformanceObserver(), TypeError);
  assertThrows(() => new PerformanceObserver({}), TypeError);
  const observer = new PerformanceObserver(() => {});
  for (const options of [undefined, {}, { buffered: true }, { entryTypes: ["mark"], type: "mark" }, { entryTypes: 1 }]) {
    assertThrows(() => observer.observe(options), TypeError);
  }
  observer.observe({ type: "mark" });
  assertThrows(() => observer.observe({ entryTypes: ["mark"] }), "InvalidModificationError");
  observer.disconnect();
  observer.observe({ entryTypes: ["mark"] });
  observer.disconnect();
  assertEquals(PerformanceObserver.supportedEntryTypes, ["mark", "measure"]);
  assert(PerformanceObserver.supportedEntryTypes === PerformanceObserver.supportedEntryTypes);
  assertThrows(() => new PerformanceObserverEntryList(), TypeError);
});
