// Row "stream": 64 chunks of 1 KB, produced on demand.
import type { APIRoute } from 'astro';

const chunk = new TextEncoder().encode(`${'0123456789abcdef'.repeat(63)}0123456789abcde\n`);

export const GET: APIRoute = () => {
  let sent = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.enqueue(chunk);
      sent += 1;
      if (sent === 64) controller.close();
    },
  });
  return new Response(body, { headers: { 'content-type': 'text/plain' } });
};
