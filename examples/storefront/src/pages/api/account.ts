// A member's own account; nobody else gets in.
import { auth } from '@wix/essentials';
import type { APIRoute } from 'astro';
import { requireMember } from 'transom:access';

export const GET: APIRoute = requireMember(async () => {
  const { subjectId } = await auth.getTokenInfo();
  return Response.json({ member: subjectId, points: 120 });
});
