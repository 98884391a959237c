import { measure } from '../measure.ts';

export const GET = async ({ url }: { url: URL }) => {
  const { searchParams } = url;
  return Response.json(await measure(searchParams.get('row')!, Number(searchParams.get('ms'))));
};
