// The catalogue as an RSS feed. `site` comes from astro.config.mjs, the store's name from .env at build time.
import type { APIRoute } from 'astro';
import { listProducts } from '~/lib/products';

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escape = (text: string) => text.replace(/[&<>"]/g, (character) => escapes[character]!);

export const GET: APIRoute = async ({ site }) => {
  const products = await listProducts();
  const items = products.map((product) => {
    const link = new URL(`/api/products/${product.id}`, site).href;
    return `
    <item>
      <title>${escape(product.name)}</title>
      <link>${link}</link>
      <guid>${link}</guid>
      <description>${escape(`${product.price.toFixed(2)} EUR, ${product.tags.join(', ')}`)}</description>
    </item>`;
  });
  const feed = `<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0">
  <channel>
    <title>${escape(import.meta.env.PUBLIC_STORE_NAME)}</title>
    <link>${site?.href}</link>
    <description>What is new in the store</description>${items.join('')}
  </channel>
</rss>
`;
  return new Response(feed, { headers: { 'content-type': 'application/rss+xml; charset=utf-8' } });
};
