// Calls from a payment provider. It signs the raw body with HMAC-SHA-256, so the body is checked before it is parsed.
import type { APIRoute } from 'astro';
import { getSecret } from 'astro:env/server';
import { fail } from '~/lib/json';
import { appendRecord } from '~/lib/storage';

/** The bytes of `sha256=<64 hexadecimal digits>`, or undefined. */
function signatureBytes(header: string | null): Uint8Array<ArrayBuffer> | undefined {
  const digits = /^sha256=([0-9a-f]{64})$/i.exec(header ?? '')?.[1];
  if (digits === undefined) return undefined;
  return Uint8Array.from({ length: 32 }, (_, i) => Number.parseInt(digits.slice(i * 2, i * 2 + 2), 16));
}

export const POST: APIRoute = async ({ request }) => {
  const secret = getSecret('WEBHOOK_SECRET');
  if (!secret) return fail(503, 'set WEBHOOK_SECRET in the environment');
  const signature = signatureBytes(request.headers.get('x-signature'));
  if (signature === undefined) return fail(401, 'the signature is missing');

  const raw = await request.arrayBuffer();
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', new TextEncoder().encode(secret), algorithm, false, [
    'verify',
  ]);
  if (!(await crypto.subtle.verify('HMAC', key, signature, raw))) {
    return fail(401, 'the signature is wrong');
  }

  const event = JSON.parse(new TextDecoder().decode(raw)) as { type: string; order: string };
  await appendRecord('payments.jsonl', event);
  return Response.json({ received: event.type });
};
