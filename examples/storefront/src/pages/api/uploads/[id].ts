// What was uploaded: GET sends it back, DELETE removes it.
import { readFile, stat, unlink } from 'node:fs/promises';
import type { APIRoute } from 'astro';
import { fail } from '~/lib/json';
import { storagePath } from '~/lib/storage';

const missing = () => fail(404, 'there is no such upload');

/** The file of an upload, or undefined. An id is a UUID and nothing else, so that no other file can be reached. */
async function find(id: string | undefined): Promise<string | undefined> {
  if (id === undefined || !/^[0-9a-f-]{36}$/.test(id)) return undefined;
  const path = await storagePath('uploads', id);
  return (await stat(path).catch(() => undefined))?.isFile() ? path : undefined;
}

export const GET: APIRoute = async ({ params }) => {
  const path = await find(params.id);
  if (path === undefined) return missing();
  return new Response(await readFile(path), {
    headers: { 'content-type': 'application/octet-stream', 'content-disposition': 'attachment' },
  });
};

export const DELETE: APIRoute = async ({ params }) => {
  const path = await find(params.id);
  if (path === undefined) return missing();
  await unlink(path);
  return new Response(null, { status: 204 });
};
