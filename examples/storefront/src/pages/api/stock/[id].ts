// How many there are of a product: GET tells everybody, POST adds some, which is for the store's staff alone. The
// collection itself is closed, so the guard stands before the elevated call.
import type { APIContext, APIRoute } from 'astro';
import { requireUser } from 'transom:access';
import { fail, readJson } from '~/lib/json';
import { findProduct } from '~/lib/products';
import { addToStock, stockOf } from '~/lib/stock';

type Params = { id: string };

export const GET: APIRoute<Record<string, never>, Params> = async ({ params }) => {
  if ((await findProduct(params.id)) === undefined) return fail(404, 'there is no such product');
  return Response.json({ product: params.id, count: await stockOf(params.id) });
};

export const POST: APIRoute<Record<string, never>, Params> = requireUser(async (context: APIContext<Record<string, never>, Params>) => {
  const { params, request } = context;
  const { quantity } = ((await readJson(request)) ?? {}) as { quantity?: unknown };
  if (!Number.isInteger(quantity) || (quantity as number) < 1) return fail(400, '`quantity` must be 1 or more');
  if ((await findProduct(params.id)) === undefined) return fail(404, 'there is no such product');
  return Response.json({ product: params.id, count: await addToStock(params.id, quantity as number) });
});
