// AsyncContext and AsyncLocalStorage.

import { Snapshot, Variable } from "transom:internal/async_context/async_context";
import { AsyncLocalStorage } from "transom:internal/async_context/async_local_storage";
import { assertEquals, assertThrows, test } from "transom:internal/testing";

test("a variable has its value inside run only", () => {
  const variable = new Variable({ name: "v", defaultValue: 0 });
  assertEquals([variable.name, variable.get()], ["v", 0]);
  assertEquals(variable.run(1, (add) => variable.get() + add, 10), 11);
  assertEquals(variable.get(), 0);
  assertThrows(() => variable.run(1, () => { throw new RangeError(); }), RangeError);
  assertEquals(variable.get(), 0);
});

test("values follow awaits and do not mix", async () => {
  const variable = new Variable();
  const flow = (value) => variable.run(value, async () => {
    const seen = [variable.get()];
    for (let i = 0; i < 3; i++) {
      await (i === 1 ? new Promise((resolve) => Promise.resolve().then(resolve)) : undefined);
      seen.push(variable.get());
    }
    return seen.join("");
  });
  assertEquals(await Promise.all([flow("a"), flow("b"), flow("c")]), ["aaaa", "bbbb", "cccc"]);
});

test("variables are independent and nest", () => {
  const outer = new Variable();
  const inner = new Variable();
  outer.run("o", () => {
    inner.run("i", () => {
      outer.run("p", () => assertEquals([outer.get(), inner.get()], ["p", "i"]));
      assertEquals([outer.get(), inner.get()], ["o", "i"]);
    });
    assertEquals([outer.get(), inner.get()], ["o", undefined]);
  });
});

test("a snapshot restores the variables of its moment", () => {
  const variable = new Variable();
  let snapshot;
  let wrapped;
  variable.run("then", () => {
    snapshot = new Snapshot();
    wrapped = Snapshot.wrap(function (suffix) {
      return variable.get() + this + suffix;
    });
  });
  assertEquals(snapshot.run(() => variable.get()), "then");
  assertEquals(variable.run("now", () => wrapped.call("-", "x")), "then-x");
});

test("AsyncLocalStorage", async () => {
  const storage = new AsyncLocalStorage();
  assertEquals(storage.getStore(), undefined);
  const result = await storage.run({ id: 1 }, async (argument) => {
    await undefined;
    assertEquals(storage.exit(() => storage.getStore()), undefined);
    storage.run(undefined, () => assertEquals(storage.getStore(), undefined));
    return [storage.getStore().id, argument];
  }, "x");
  assertEquals(result, [1, "x"]);
  const bound = storage.run("bound", () => AsyncLocalStorage.bind(() => storage.getStore()));
  assertEquals(bound(), "bound");
  const snapshot = storage.run("snapshot", () => AsyncLocalStorage.snapshot());
  assertEquals(snapshot((extra) => storage.getStore() + extra, "!"), "snapshot!");
  storage.run("gone", () => {
    storage.disable();
    assertEquals(storage.getStore(), undefined);
  });
  assertThrows(() => storage.run(1), TypeError);
});

test("enterWith lasts for the rest of the flow", async () => {
  const storage = new AsyncLocalStorage();
  await new Variable().run(1, async () => {
    storage.enterWith("entered");
    await undefined;
    assertEquals(storage.getStore(), "entered");
  });
});
