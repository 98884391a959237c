// Row "objects": 500 objects through a regular expression, filter, map and sort.
import type { APIRoute } from 'astro';

const colours = ['red', 'green', 'blue', 'black', 'white'];

const products = Array.from({ length: 500 }, (_, i) => ({
  id: i,
  name: `${colours[i % colours.length]} lamp ${(i * 7919) % 1000}`,
  price: ((i * 104729) % 10000) / 100,
  stock: (i * 31) % 17,
}));

export const GET: APIRoute = ({ request }) => {
  const query = new URL(request.url).searchParams;
  const pattern = new RegExp(query.get('name') ?? '.', 'i');
  const most = Number(query.get('max') ?? Infinity);
  const found = products
    .filter((product) => product.stock > 2 && product.price <= most && pattern.test(product.name))
    .map((product) => ({ ...product, label: `${product.name} (${product.stock})` }))
    .sort((a, b) => a.price - b.price || a.id - b.id);
  return Response.json({ count: found.length, products: found.slice(0, 20) });
};
