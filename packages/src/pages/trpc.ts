import { initTRPC } from "@trpc/server";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { z } from "zod";
import { assert, check } from "../check";

const t = initTRPC.create();
const router = t.router({ double: t.procedure.input(z.number()).query(({ input }) => input * 2) });

export const GET = check(async () => {
  const call = (input: string) =>
    fetchRequestHandler({ endpoint: "/trpc", router, createContext: () => ({}), req: new Request(`http://localhost/trpc/double?input=${input}`) });
  assert.deepEqual(await (await call("21")).json(), { result: { data: 42 } });
  assert.equal((await call("%22x%22")).status, 400);
});
