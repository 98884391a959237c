// What is measured: one function each, which every runtime runs as it is. Nothing here is particular to one of them.

const text = (length: number, of: string): string => of.repeat(Math.ceil(length / of.length)).slice(0, length);

/** An order of exactly 1,024 characters as JSON. */
const order = {
  id: 4711,
  customer: 'Ada Lovelace',
  lines: Array.from({ length: 12 }, (_, i) => ({ sku: `SKU-${1000 + i}`, quantity: (i % 5) + 1, price: 3.25 * (i + 1) })),
  comment: '',
};
order.comment = text(1024 - JSON.stringify(order).length, 'leave it at the door, please; ');
const json = JSON.stringify(order);

const boundary = '----transom-bench-7d1f0b6c';
/** A form of one text field and one file of 256 KB, without a byte order that a search could skip. */
function formBytes(): Uint8Array<ArrayBuffer> {
  let state = 1;
  const file = new Uint8Array(256 * 1024);
  for (let i = 0; i < file.length; i++) {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    file[i] = (state >> 16) & 0xff;
  }
  const encoder = new TextEncoder();
  const head = encoder.encode(
    `--${boundary}\r\nContent-Disposition: form-data; name="title"\r\n\r\nHolidays\r\n` +
      `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="photo.bin"\r\n` +
      'Content-Type: application/octet-stream\r\n\r\n',
  );
  const tail = encoder.encode(`\r\n--${boundary}--\r\n`);
  const whole = new Uint8Array(head.length + file.length + tail.length);
  whole.set(head);
  whole.set(file, head.length);
  whole.set(tail, head.length + file.length);
  return whole;
}
const form = formBytes();
const formHeaders = { 'content-type': `multipart/form-data; boundary=${boundary}` };

const megabyte = new Uint8Array(1 << 20).map((_, i) => (i * 31) & 0xff);
const ascii = new TextEncoder().encode(text(1 << 20, 'The quick brown fox jumps over the lazy dog, twice. '));
const mixed = new TextEncoder().encode(text(1 << 19, 'Zwölf Boxkämpfer jagen Viktor quer über den Sylter Deich: ') + text(1 << 17, '日本語のテキスト'));
const decoder = new TextDecoder();

const addresses = Array.from({ length: 128 }, (_, i) => `https://user@example-${i}.com:8443/a/../b/${i}?q=${i}&x=%20y#part-${i}`);

/** An object whose JSON has about 10 KB: records, arrays, dates, a map, bytes. */
const nested = {
  users: Array.from({ length: 60 }, (_, i) => ({
    id: i, name: `User number ${i}`, email: `user${i}@example.com`, active: i % 2 === 0, tags: ['a', 'b', `tag-${i}`],
    address: { street: `Street ${i}`, city: 'Berlin', position: [52.5 + i / 100, 13.4 - i / 100] },
  })),
  created: new Date(0),
  index: new Map([['first', 1], ['second', 2]]),
  bytes: new Uint8Array(64),
};

let turn = 0;

/** By name: what one turn does. Each returns something that depends on the work, so that none is left out. */
export const rows: Record<string, () => unknown> = {
  'request-json': async () => (await new Request('http://h/', { method: 'POST', body: json }).json()).id,
  'response-json': () => Response.json(order).status,
  'response-json-text': async () => (await Response.json(order).text()).length,
  'form-data': async () => {
    const read = await new Request('http://h/', { method: 'POST', body: form, headers: formHeaders }).formData();
    return (read.get('file') as File).size;
  },
  'digest': async () => (await crypto.subtle.digest('SHA-256', megabyte)).byteLength,
  'decode-ascii': () => decoder.decode(ascii).length,
  'decode-mixed': () => decoder.decode(mixed).length,
  'url': () => {
    const url = new URL(addresses[turn++ & 127]);
    return url.pathname.length + url.searchParams.size;
  },
  'url-relative': () => new URL(`../c?d=${turn++ & 1023}`, 'https://example.com/a/b').href.length,
  'structured-clone': () => structuredClone(nested).users.length,
};
