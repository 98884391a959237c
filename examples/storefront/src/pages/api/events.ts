// Server-sent events: the price of a lamp, again and again, until the client leaves.
// `?interval=` sets the pause in milliseconds, `?count=` ends the stream after so many events.
import type { APIRoute } from 'astro';

export const GET: APIRoute = ({ request, url }) => {
  const interval = Math.max(1, Number(url.searchParams.get('interval') ?? 1000));
  const count = Number(url.searchParams.get('count') ?? Infinity);
  // A browser that reconnects says what it saw last.
  let id = Number(request.headers.get('last-event-id') ?? 0);
  const last = id + count;
  const encoder = new TextEncoder();
  let timer: ReturnType<typeof setInterval> | undefined;

  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const send = () => {
        id += 1;
        const data = JSON.stringify({ product: 'desk-lamp', price: 49.5 + (id % 5) });
        controller.enqueue(encoder.encode(`id: ${id}\nevent: price\ndata: ${data}\n\n`));
        if (id >= last) {
          clearInterval(timer);
          controller.close();
        }
      };
      timer = setInterval(send, interval);
      send();
    },
    cancel() {
      clearInterval(timer);
    },
  });
  return new Response(body, {
    headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' },
  });
};
