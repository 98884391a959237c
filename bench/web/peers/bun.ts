// The rows of the bench behind Bun's own server.
import { measure } from '../project/src/measure.ts';

Bun.serve({
  hostname: process.env.HOST,
  port: Number(process.env.PORT),
  development: false,
  idleTimeout: 120,
  routes: {
    '/hello': () => new Response('ready'),
    '/measure': async (request) => {
      const { searchParams } = new URL(request.url);
      return Response.json(await measure(searchParams.get('row')!, Number(searchParams.get('ms'))));
    },
  },
});
