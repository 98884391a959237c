import { AsyncLocalStorage } from "node:async_hooks";
import { context, createContextKey, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { assert, check } from "../check";

const storage = new AsyncLocalStorage<any>();

export const GET = check(async () => {
  const key = createContextKey("user");
  context.disable();
  context.setGlobalContextManager({
    active: () => storage.getStore() ?? ROOT_CONTEXT,
    with: (ctx: any, fn: any, self: any, ...args: any[]) => storage.run(ctx, () => fn.apply(self, args)),
    bind: (_ctx: any, target: any) => target, enable() { return this; }, disable() { return this; },
  } as any);
  const found = await context.with(context.active().setValue(key, "me"), async () => {
    await new Promise((resolve) => setTimeout(resolve, 1));
    return context.active().getValue(key);
  });
  assert.equal(found, "me");
  trace.getTracer("test").startActiveSpan("work", (span) => {
    assert.equal(span.isRecording(), false);
    span.end();
  });
});
