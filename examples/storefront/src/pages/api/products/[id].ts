// One product: GET reads it, PUT replaces or makes it, PATCH changes some fields, DELETE removes it.
import type { APIRoute } from 'astro';
import { fail, productFields, readJson, wholeProduct } from '~/lib/json';
import { changeProduct, deleteProduct, findProduct, saveProduct } from '~/lib/products';

const missing = () => fail(404, 'there is no such product');

export const GET: APIRoute<Record<string, never>, { id: string }> = async ({ params }) => {
  const product = await findProduct(params.id);
  return product ? Response.json(product) : missing();
};

export const PUT: APIRoute<Record<string, never>, { id: string }> = async ({ params, request }) => {
  const fields = wholeProduct(await readJson(request));
  if (typeof fields === 'string') return fail(400, fields);
  return Response.json(await saveProduct(params.id, fields));
};

export const PATCH: APIRoute<Record<string, never>, { id: string }> = async ({ params, request }) => {
  const fields = productFields(await readJson(request));
  if (typeof fields === 'string') return fail(400, fields);
  const product = await changeProduct(params.id, fields);
  return product ? Response.json(product) : missing();
};

export const DELETE: APIRoute<Record<string, never>, { id: string }> = async ({ params }) => {
  return (await deleteProduct(params.id)) ? new Response(null, { status: 204 }) : missing();
};
