// Runs around every endpoint: gives each request an id, and keeps API answers out of caches.
import { defineMiddleware, sequence } from 'astro:middleware';

const requestId = defineMiddleware(async (context, next) => {
  const given = context.request.headers.get('x-request-id');
  context.locals.requestId = given && /^[\w-]{1,64}$/.test(given) ? given : crypto.randomUUID();
  const response = await next();
  response.headers.set('x-request-id', context.locals.requestId);
  return response;
});

const noStore = defineMiddleware(async ({ url }, next) => {
  const response = await next();
  if (url.pathname.startsWith('/api/') && !response.headers.has('cache-control')) {
    response.headers.set('cache-control', 'no-store');
  }
  return response;
});

export const onRequest = sequence(requestId, noStore);
