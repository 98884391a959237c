// Fills the collection that is read from: `?from=0&to=1000`.
import { items } from '@wix/data';
import { product } from '../products.ts';

export const GET = async ({ url }: { url: URL }) => {
  const from = Number(url.searchParams.get('from'));
  const to = Number(url.searchParams.get('to'));
  const list = Array.from({ length: to - from }, (_, i) => product(from + i));
  const { inserted, skipped } = await items.bulkInsert('products', list);
  return Response.json({ inserted, skipped, total: await items.query('products').count() });
};
