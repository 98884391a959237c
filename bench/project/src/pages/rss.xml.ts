// Row "rss": a feed of 50 items, built by string concatenation as most projects do it.
import type { APIRoute } from 'astro';

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escape = (text: string) => text.replace(/[&<>"]/g, (character) => escapes[character]!);

const posts = Array.from({ length: 50 }, (_, i) => ({
  slug: `post-${i}`,
  title: `News & notes <${i}>`,
  summary: `What changed in week ${i}: "faster" builds, fewer bugs & a longer changelog than before.`,
  date: new Date(Date.UTC(2026, 0, 1 + i)),
}));

export const GET: APIRoute = () => {
  let items = '';
  for (const post of posts) {
    const link = `https://example.com/blog/${post.slug}`;
    items +=
      `<item><title>${escape(post.title)}</title><link>${link}</link><guid>${link}</guid>` +
      `<description>${escape(post.summary)}</description>` +
      `<pubDate>${post.date.toUTCString()}</pubDate></item>`;
  }
  const feed =
    `<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>Bench</title>` +
    `<link>https://example.com/</link><description>50 items</description>${items}</channel></rss>`;
  return new Response(feed, { headers: { 'content-type': 'application/xml' } });
};
