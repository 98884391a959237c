// Hands every request below /proxy/ to another server, whatever its method, and streams both bodies.
import type { APIRoute } from 'astro';
import { getSecret } from 'astro:env/server';

// Headers that belong to one connection, and those that the next connection sets for itself.
const perConnection = new Set([
  'connection',
  'content-length',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

function forwarded(headers: Headers, ...besides: string[]): Headers {
  const result = new Headers(headers);
  for (const name of [...perConnection, ...besides]) result.delete(name);
  return result;
}

export const ALL: APIRoute = async ({ request, params, url, locals }) => {
  const base = getSecret('UPSTREAM_URL');
  if (!base) return new Response('set UPSTREAM_URL in the environment', { status: 503 });

  const headers = forwarded(request.headers, 'accept-encoding', 'cookie');
  headers.set('x-request-id', locals.requestId);
  let reply: Response;
  try {
    reply = await fetch(`${base.replace(/\/$/, '')}/${params.path ?? ''}${url.search}`, {
      method: request.method,
      headers,
      body: request.body,
      duplex: 'half',
      redirect: 'manual',
      signal: request.signal,
    } as RequestInit);
  } catch {
    return new Response('the upstream server cannot be reached', { status: 502 });
  }
  return new Response(reply.body, {
    status: reply.status,
    statusText: reply.statusText,
    headers: forwarded(reply.headers, 'content-encoding'),
  });
};
