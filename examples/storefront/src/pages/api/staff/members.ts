// The list of members is the app's alone. The store's staff may see it, so the guard stands before the elevated call.
import { auth, httpClient } from '@wix/essentials';
import type { APIRoute } from 'astro';
import { requireUser } from 'transom:access';

const asApp = auth.elevate(httpClient.fetchWithAuth);

export const GET: APIRoute = requireUser(async () => {
  const reply = await asApp('/_transom/api/members');
  // Headers of an answer that was fetched cannot be changed, and the middleware adds some.
  return new Response(reply.body, reply);
});
