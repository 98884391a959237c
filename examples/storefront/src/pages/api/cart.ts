// A shopping cart in a cookie: GET shows it, POST puts a product in, DELETE empties it.
import type { APIContext, APIRoute } from 'astro';
import { fail, readJson } from '~/lib/json';
import { findProduct } from '~/lib/products';

type Cart = Record<string, number>;

function readCart(cookies: APIContext['cookies']): Cart {
  try {
    return (cookies.get('cart')?.json() as Cart | undefined) ?? {};
  } catch {
    return {}; // Somebody changed the cookie.
  }
}

export const GET: APIRoute = ({ cookies }) => Response.json(readCart(cookies));

export const POST: APIRoute = async ({ cookies, request, url }) => {
  const input = (await readJson(request)) as { product?: unknown; quantity?: unknown } | undefined;
  const { product, quantity = 1 } = input ?? {};
  if (typeof product !== 'string' || (await findProduct(product)) === undefined) {
    return fail(404, 'there is no such product');
  }
  const cart = readCart(cookies);
  cart[product] = (cart[product] ?? 0) + Number(quantity);
  cookies.set('cart', cart, {
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure: url.protocol === 'https:',
    maxAge: 60 * 60 * 24 * 30,
  });
  return Response.json(cart);
};

export const DELETE: APIRoute = ({ cookies }) => {
  cookies.delete('cart', { path: '/' });
  return new Response(null, { status: 204 });
};
