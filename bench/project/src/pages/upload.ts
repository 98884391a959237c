// Row "multipart": a form with a 256 KB file; the answer holds the SHA-256 of the file.
import type { APIRoute } from 'astro';

export const POST: APIRoute = async ({ request }) => {
  const form = await request.formData();
  const file = form.get('file');
  if (!(file instanceof File)) return Response.json({ error: 'no file' }, { status: 400 });
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await file.arrayBuffer()));
  let sha256 = '';
  for (const byte of digest) sha256 += byte.toString(16).padStart(2, '0');
  return Response.json({ title: form.get('title'), name: file.name, size: file.size, sha256 });
};
