import { items } from '@wix/data';

export const POST = async ({ request }: { request: Request }) => {
  const { _id } = await items.insert('inserted', await request.json());
  return Response.json({ _id });
};
