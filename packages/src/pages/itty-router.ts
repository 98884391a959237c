import { AutoRouter } from "itty-router";
import { assert, check } from "../check";

const router = AutoRouter().get("/items/:id", ({ params }) => ({ id: params.id }));

export const GET = check(async () => {
  assert.deepEqual(await (await router.fetch(new Request("http://localhost/items/7"))).json(), { id: "7" });
  assert.equal((await router.fetch(new Request("http://localhost/nothing"))).status, 404);
});
