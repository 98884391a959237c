// Answers when everything it imports has been loaded: what a cold start with many packages waits for. The packages are
// taken as a whole, so that nothing of them is left out of the build.

import * as data from '@wix/data';
import pg from 'pg';
import * as zod from 'zod';

const order = zod.object({ id: zod.number().int(), lines: zod.array(zod.object({ sku: zod.string() })) });
const pool = new pg.Pool({ max: 1 });
const names = [data, zod].map((all) => Object.keys(all).length);

export const GET = () => {
  const { id } = order.parse({ id: 4711, lines: [{ sku: 'A-1' }] });
  return Response.json([id, pool.totalCount, typeof data.items.query('orders').eq('number', id).find, names]);
};
