import { captureException, createTransport, getCurrentScope, initAndBind, withScope } from "@sentry/core";
import { ServerRuntimeClient } from "@sentry/core/server";
import { assert, check } from "../check";

export const GET = check(async () => {
  const sent: string[] = [];
  initAndBind(ServerRuntimeClient, {
    dsn: "https://key@localhost/1", integrations: [], stackParser: () => [],
    transport: (options: any) => createTransport({ ...options, recordDroppedEvent() {} }, async ({ body }) => (sent.push(String(body)), { statusCode: 200 })),
  } as any);
  withScope((scope) => {
    scope.setTag("part", "test");
    captureException(new Error("broken"));
  });
  await getCurrentScope().getClient()!.flush(1000);
  assert.match(sent.join(), /broken/);
  assert.match(sent.join(), /"part":"test"/);
});
