// The catalogue as a table for spreadsheets. RFC 4180.
import type { APIRoute } from 'astro';
import { listProducts } from '~/lib/products';

/** A field; what begins like a formula shall not become one. */
function field(value: string | number): string {
  const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : `${value}`;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const line = (...fields: (string | number)[]) => `${fields.map(field).join(',')}\r\n`;

export const GET: APIRoute = async () => {
  const products = await listProducts();
  const table = products.map(({ id, name, price, tags }) => line(id, name, price, tags.join(' ')));
  return new Response(line('id', 'name', 'price', 'tags') + table.join(''), {
    headers: {
      'content-type': 'text/csv; charset=utf-8; header=present',
      'content-disposition': 'attachment; filename="products.csv"',
    },
  });
};
