// Calls an external service with a secret that never reaches the browser: /api/convert?product=lantern&to=USD
import { RATES_KEY, RATES_URL } from 'astro:env/server';
import type { APIRoute } from 'astro';
import { fail } from '~/lib/json';
import { findProduct } from '~/lib/products';

export const GET: APIRoute = async ({ url }) => {
  if (!RATES_URL || !RATES_KEY) return fail(503, 'set RATES_URL and RATES_KEY in the environment');
  const product = await findProduct(url.searchParams.get('product') ?? '');
  if (product === undefined) return fail(404, 'there is no such product');
  const currency = url.searchParams.get('to') ?? 'USD';

  const service = new URL(RATES_URL);
  service.searchParams.set('from', 'EUR');
  service.searchParams.set('to', currency);
  let rate: number;
  try {
    const reply = await fetch(service, {
      headers: { accept: 'application/json', authorization: `Bearer ${RATES_KEY}` },
      signal: AbortSignal.timeout(5000),
    });
    if (!reply.ok) return fail(502, `the rates service answered ${reply.status}`);
    ({ rate } = (await reply.json()) as { rate: number });
  } catch (error) {
    console.error('rates service:', error);
    return fail(502, 'the rates service cannot be reached');
  }
  return Response.json({
    product: product.id,
    currency,
    price: Math.round(product.price * rate * 100) / 100,
  });
};
