// `@wix/sdk` itself: clients that a program makes with its strategies, against transom's token service.

import { AppStrategy, createClient, OAuthStrategy } from "@wix/sdk";
import { fetchWithAuth, elevate } from "@wix/sdk/context";
import { httpClient, auth } from "@wix/essentials";

const appId = import.meta.env.WIX_CLIENT_ID;
const appSecret = process.env.WIX_CLIENT_SECRET;
const instanceId = process.env.WIX_CLIENT_INSTANCE_ID;

const attempt = async (work) => {
  try {
    return await work();
  } catch (error) {
    return `${error.name}: ${error.message}`;
  }
};

const who = async (client, base) => {
  const { subjectType, subjectId } = await (await client.fetchWithAuth(`${base}/api/echo`)).json();
  return { subjectType, subjectId };
};

const cases = {
  visitor: async (base) => {
    const client = createClient({ auth: OAuthStrategy({ clientId: appId }) });
    const first = await who(client, base);
    const again = await who(client, base);
    return [first.subjectType, first.subjectId === again.subjectId];
  },
  renewed: async (base) => {
    const strategy = OAuthStrategy({ clientId: appId });
    const tokens = await strategy.generateVisitorTokens();
    const before = await who(createClient({ auth: OAuthStrategy({ clientId: appId, tokens }) }), base);
    const expired = { ...tokens, accessToken: { ...tokens.accessToken, expiresAt: 0 } };
    const after = await who(createClient({ auth: OAuthStrategy({ clientId: appId, tokens: expired }) }), base);
    return [tokens.refreshToken.role, before.subjectId === after.subjectId];
  },
  app: (base) => who(createClient({ auth: AppStrategy({ appId, appSecret, instanceId }) }), base),
  "wrong secret": (base) => attempt(() => who(createClient({ auth: AppStrategy({ appId, appSecret: "no", instanceId }) }), base)),
  "wrong instance": (base) => attempt(() => who(createClient({ auth: AppStrategy({ appId, appSecret, instanceId: "no" }) }), base)),
  unbound: (base, accessToken) => who(createClient({ auth: AppStrategy({ appId, appSecret, accessToken }) }), base),
  "elevated by hand": async (base, accessToken) => {
    const elevated = await AppStrategy({ appId, appSecret, accessToken }).elevated();
    return await who(createClient({ auth: elevated }), base);
  },
  "info by hand": async (_, accessToken) => (await AppStrategy({ appId, appSecret, accessToken }).getTokenInfo()).subjectId,
  modules: async (base, accessToken) => {
    const client = createClient({ auth: AppStrategy({ appId, appSecret, accessToken }), modules: { httpClient, tokenInfo: auth.getTokenInfo } });
    const response = await client.httpClient.fetchWithAuth(`${base}/api/echo`);
    return [(await response.json()).subjectId, (await client.tokenInfo()).subjectId];
  },
  "context of the SDK": async (base) => {
    const own = await (await fetchWithAuth(`${base}/api/echo`)).json();
    const asApp = await (await elevate(fetchWithAuth)(`${base}/api/echo`)).json();
    return [own.subjectId, asApp.subjectType];
  },
};

export const GET = async ({ url, request }) => {
  const answers = {};
  const token = request.headers.get("authorization");
  for (const [name, run] of Object.entries(cases)) answers[name] = await attempt(() => run(url.origin, token));
  return Response.json(answers);
};

/** Sends what the SDK sends, with a token of its own, to another host. */
export const POST = async ({ url, request }) => {
  const to = url.searchParams.get("to");
  const token = request.headers.get("authorization");
  const client = createClient({ auth: AppStrategy({ appId, appSecret, accessToken: token }) });
  await client.fetchWithAuth(to);
  await httpClient.fetchWithAuth(to);
  await fetch(to, { headers: { authorization: `Bearer ${token}` } });
  await fetch(to, { headers: { authorization: "Bearer eyJhbGciOiJub25lIn0.eyJpc3MiOiJvdGhlciJ9." } });
  return new Response();
};
