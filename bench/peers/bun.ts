// The bench's endpoint files on Bun: its own router in native code, and the smallest context that the handlers need.
// Nothing else stands between the runtime and the handlers, so this is as fast as Bun can serve them.
import * as echo from '../project/src/pages/echo.ts';
import * as hello from '../project/src/pages/hello.ts';
import * as products from '../project/src/pages/products.ts';
import * as rss from '../project/src/pages/rss.xml.ts';
import * as stream from '../project/src/pages/stream.ts';
import * as upload from '../project/src/pages/upload.ts';
import * as user from '../project/src/pages/users/[id].ts';

Bun.serve({
  hostname: process.env.HOST,
  port: Number(process.env.PORT),
  development: false,
  routes: {
    '/hello': { GET: (request) => hello.GET({ request, params: {} } as never) },
    '/users/:id': { GET: (request) => user.GET({ request, params: request.params } as never) },
    '/echo': { POST: (request) => echo.POST({ request, params: {} } as never) },
    '/rss.xml': { GET: (request) => rss.GET({ request, params: {} } as never) },
    '/products': { GET: (request) => products.GET({ request, params: {} } as never) },
    '/stream': { GET: (request) => stream.GET({ request, params: {} } as never) },
    '/upload': { POST: (request) => upload.POST({ request, params: {} } as never) },
  },
  fetch: () => new Response('not found', { status: 404 }),
});
