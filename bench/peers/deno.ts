// The bench's endpoint files on Deno: a hand-written switch over the path, and the smallest context that the handlers
// need. Deno has no native router, and slicing the URL is the cheapest way to the path that it offers.
import * as echo from '../project/src/pages/echo.ts';
import * as hello from '../project/src/pages/hello.ts';
import * as products from '../project/src/pages/products.ts';
import * as rss from '../project/src/pages/rss.xml.ts';
import * as stream from '../project/src/pages/stream.ts';
import * as upload from '../project/src/pages/upload.ts';
import * as user from '../project/src/pages/users/[id].ts';

type Handler = (context: never) => Response | Promise<Response>;
const routes: Record<string, Record<string, Handler>> = {
  '/hello': hello,
  '/echo': echo,
  '/rss.xml': rss,
  '/products': products,
  '/stream': stream,
  '/upload': upload,
};

const hostname = Deno.env.get('HOST')!;
const port = Number(Deno.env.get('PORT'));

Deno.serve({ hostname, port, onListen() {} }, (request) => {
  const url = request.url;
  const start = url.indexOf('/', 8);
  const end = url.indexOf('?', start);
  const path = end < 0 ? url.slice(start) : url.slice(start, end);
  let handlers = routes[path];
  let params = {};
  if (handlers === undefined && path.startsWith('/users/')) {
    handlers = user;
    params = { id: decodeURIComponent(path.slice(7)) };
  }
  const handler = handlers?.[request.method];
  if (handler === undefined) return new Response('not found', { status: 404 });
  return handler({ request, params } as never);
});
