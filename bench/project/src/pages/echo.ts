// Row "echo": 1 KB of JSON is parsed, changed and printed again.
import type { APIRoute } from 'astro';

interface Order {
  id: number;
  lines: { sku: string; quantity: number; price: number; note: string }[];
  total?: number;
}

export const POST: APIRoute = async ({ request }) => {
  const order = (await request.json()) as Order;
  let total = 0;
  for (const line of order.lines) total += line.quantity * line.price;
  order.total = total;
  return Response.json(order);
};
