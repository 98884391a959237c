// Row "params": a path parameter, a query parameter and a request header.
import type { APIRoute } from 'astro';

export const GET: APIRoute = ({ params, request }) => {
  const query = new URL(request.url).searchParams;
  return Response.json(
    { id: params.id, view: query.get('view'), agent: request.headers.get('x-agent') },
    { headers: { 'cache-control': 'no-store' } },
  );
};
