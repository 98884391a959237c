import { getIronSession, sealData, unsealData } from "iron-session";
import { assert, check } from "../check";

export const GET = check(async () => {
  const password = "a password of thirty-two characters or more";
  const seal = await sealData({ a: 1 }, { password });
  assert.deepEqual(await unsealData(seal, { password }), { a: 1 });
  const response = new Response();
  const session = await getIronSession<{ user?: string }>(new Request("http://localhost/"), response, { password, cookieName: "s" });
  session.user = "me";
  await session.save();
  const cookie = response.headers.get("set-cookie")!.split(";")[0];
  const again = await getIronSession<{ user?: string }>(new Request("http://localhost/", { headers: { cookie } }), new Response(), { password, cookieName: "s" });
  assert.equal(again.user, "me");
});
