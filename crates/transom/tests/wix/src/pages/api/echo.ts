// What a call arrives with, and whom it comes from; tokens differ from call to call, so only their form is told.

import { auth } from "@wix/essentials";

export const ALL = async ({ request }) => {
  const headers = Object.fromEntries(request.headers);
  const told = ["authorization", "content-type", "x-own", "x-wix-linguist", "commonconfig"].map((name) => [name, headers[name]]);
  const seen = Object.fromEntries(told);
  if (seen.authorization?.startsWith("eyJ")) seen.authorization = "a token";
  const { subjectType, subjectId } = await auth.getTokenInfo();
  return Response.json({ method: request.method, seen, subjectType, subjectId, body: await request.text() });
};
