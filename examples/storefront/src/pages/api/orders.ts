// A member's orders: GET lists them, POST orders something. Members read what is theirs, and no more: the collection
// itself sees to that. Orders are made by the app, in the member's name, after the stock has been changed.
import { items } from '@wix/data';
import { auth } from '@wix/essentials';
import type { APIRoute } from 'astro';
import { requireMember } from 'transom:access';
import { fail, readJson } from '~/lib/json';
import { findProduct } from '~/lib/products';
import { takeFromStock } from '~/lib/stock';

interface Order {
  product: string;
  quantity: number;
  price: number;
}

const insertAsApp = auth.elevate(items.insert);

const toOrder = ({ _id, product, quantity, price, _createdDate }: Order & { _id: string; _createdDate: Date }) => {
  return { id: _id, product, quantity, price, date: _createdDate };
};

export const GET: APIRoute = requireMember(async () => {
  const found = await items.query<Order>('orders').descending('_createdDate').find({ returnTotalCount: true });
  return Response.json({ orders: found.items.map(toOrder), total: found.totalCount });
});

export const POST: APIRoute = requireMember(async ({ request }) => {
  const input = ((await readJson(request)) ?? {}) as { product?: unknown; quantity?: unknown };
  const { product: id, quantity = 1 } = input;
  if (!Number.isInteger(quantity) || (quantity as number) < 1) return fail(400, '`quantity` must be 1 or more');
  const product = typeof id === 'string' ? await findProduct(id) : undefined;
  if (product === undefined) return fail(404, 'there is no such product');
  if (!(await takeFromStock(product.id, quantity as number))) return fail(409, 'there are not as many left');
  const { subjectId } = await auth.getTokenInfo();
  const order = await insertAsApp('orders', {
    _owner: subjectId,
    product: product.id,
    quantity: quantity as number,
    price: product.price * (quantity as number),
  });
  return Response.json(toOrder(order), { status: 201 });
});
