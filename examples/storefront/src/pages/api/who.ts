// Who is calling: a visitor, a member, or the store's staff.
import { auth } from '@wix/essentials';
import type { APIRoute } from 'astro';

export const GET: APIRoute = async () => {
  const { subjectType, subjectId } = await auth.getTokenInfo();
  return Response.json({ subjectType, subjectId });
};
