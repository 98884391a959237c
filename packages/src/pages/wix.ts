import { items } from "@wix/data";
import { auth, httpClient } from "@wix/essentials";
import { ApiKeyStrategy, createClient, OAuthStrategy } from "@wix/sdk";
import { assert, check } from "../check";

export const GET = check(() => {
  assert.equal(typeof items.query, "function");
  assert.equal(typeof auth.elevate, "function");
  assert.equal(typeof httpClient.fetchWithAuth, "function");
  const client = createClient({ modules: { items }, auth: OAuthStrategy({ clientId: "1234" }) });
  assert.equal(typeof client.items.query, "function");
  assert.equal(typeof ApiKeyStrategy, "function");
});
