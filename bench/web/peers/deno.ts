// The rows of the bench behind Deno's own server.
import { measure } from '../project/src/measure.ts';

const hostname = Deno.env.get('HOST')!;
const port = Number(Deno.env.get('PORT'));

Deno.serve({ hostname, port, onListen() {} }, async (request) => {
  const { pathname, searchParams } = new URL(request.url);
  if (pathname === '/hello') return new Response('ready');
  return Response.json(await measure(searchParams.get('row')!, Number(searchParams.get('ms'))));
});
