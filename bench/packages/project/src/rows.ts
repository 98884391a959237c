// What is measured: one function each, which every runtime runs as it is. Nothing here is particular to one of them.

import { Buffer } from 'node:buffer';
import { format, inspect } from 'node:util';
import pg from 'pg';

const ascii = 'The quick brown fox jumps over the lazy dog, twice. '.repeat(20).slice(0, 1024);
const mixed = 'Zwölf Boxkämpfer jagen Viktor quer über den Sylter Deich: 日本語 '.repeat(16);
const short = 'user@example.com';

/** A kilobyte without an order that a search could skip. */
const bytes = Buffer.from(Uint8Array.from({ length: 1024 }, (_, i) => (Math.imul(i + 1, 2654435761) >>> 13) & 0xff));
const almost = Buffer.from(bytes);
almost[1020] ^= 1;
const asciiBytes = Buffer.from(ascii);
const mixedBytes = Buffer.from(mixed);
const shortBytes = Buffer.from(short);
const base64 = bytes.toString('base64');
const hex = bytes.toString('hex');
const pieces = [asciiBytes, shortBytes, bytes, mixedBytes];
const smallPieces = Array.from({ length: 8 }, (_, i) => Buffer.from(`piece ${i}`));
const haystack = Buffer.concat([asciiBytes, asciiBytes, Buffer.from('needle'), shortBytes]);
const needle = Buffer.from('needle');
const order = { id: 4711, customer: 'Ada', lines: [{ sku: 'A-1', quantity: 2 }, { sku: 'B-2', quantity: 1 }], paid: true };

let pool: pg.Pool | undefined;
/** Ten queries at once, on as many connections. */
async function queries(run: (pool: pg.Pool, i: number) => Promise<pg.QueryResult>): Promise<number> {
  pool ??= new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 });
  const open = pool;
  const results = await Promise.all(Array.from({ length: 10 }, (_, i) => run(open, i)));
  return results.reduce((sum, { rows }) => sum + rows[0].n, 0);
}

/** By name: what one turn does. Each returns something that depends on the work, so that none is left out. */
export const rows: Record<string, () => unknown> = {
  'from-utf8-short': () => Buffer.from(short).length,
  'from-utf8-ascii': () => Buffer.from(ascii).length,
  'from-utf8-mixed': () => Buffer.from(mixed).length,
  'to-utf8-short': () => shortBytes.toString().length,
  'to-utf8-ascii': () => asciiBytes.toString().length,
  'to-utf8-mixed': () => mixedBytes.toString('utf8').length,
  'from-base64': () => Buffer.from(base64, 'base64').length,
  'to-base64': () => bytes.toString('base64').length,
  'from-hex': () => Buffer.from(hex, 'hex').length,
  'to-hex': () => bytes.toString('hex').length,
  'concat': () => Buffer.concat(pieces).length,
  'concat-small': () => Buffer.concat(smallPieces).length,
  'compare': () => Buffer.compare(bytes, almost) + 2,
  'equals-short': () => (shortBytes.equals(needle) ? 2 : 1),
  'index-of-text': () => haystack.indexOf('needle'),
  'index-of-bytes': () => haystack.indexOf(needle),
  'index-of-byte': () => haystack.indexOf(0x40),
  'alloc-write': () => Buffer.alloc(64).writeUInt32BE(4711, 8),
  'read-numbers': () => bytes.readUInt32BE(4) + bytes.readInt16LE(100) + bytes.readDoubleLE(8) * 0,
  'subarray': () => bytes.subarray(10, 200).length,
  'format': () => format('%s has %d items: %j', 'order', 12, order).length,
  'inspect': () => inspect(order, { depth: 4 }).length,
  'pg': () => queries((pool) => pool.query('select 1 as n')),
  'pg-bound': () => queries((pool, i) => pool.query('select $1::int + 1 as n, $2::text as t', [i, short])),
};
