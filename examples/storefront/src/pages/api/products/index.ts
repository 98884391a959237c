// The products as a REST collection: GET lists and searches, POST adds one.
import type { APIRoute } from 'astro';
import { fail, readJson, wholeProduct } from '~/lib/json';
import { createProduct, listProducts } from '~/lib/products';

export const GET: APIRoute = async ({ url }) => {
  const products = await listProducts({
    search: url.searchParams.get('search') ?? undefined,
    tag: url.searchParams.get('tag') ?? undefined,
  });
  return Response.json({ products, total: products.length });
};

export const POST: APIRoute = async ({ request }) => {
  const fields = wholeProduct(await readJson(request));
  if (typeof fields === 'string') return fail(400, fields);
  const product = await createProduct(fields);
  return Response.json(product, {
    status: 201,
    headers: { location: `/api/products/${product.id}` },
  });
};
