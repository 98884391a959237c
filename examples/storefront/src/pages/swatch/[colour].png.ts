// A picture made on the fly: a swatch that fades from black to a colour, as in /swatch/ff8800.png.
import type { APIRoute } from 'astro';
import { encodePng } from '~/lib/png';

const size = 160; // 160 x 160 RGB pixels are more than one stored block of zlib.

export const GET: APIRoute = ({ params }) => {
  const match = /^([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(params.colour ?? '');
  if (match === null) return new Response('a colour has six hexadecimal digits', { status: 400 });
  const [red, green, blue] = match.slice(1).map((digits) => Number.parseInt(digits, 16)) as [
    number,
    number,
    number,
  ];
  const png = encodePng(size, size, (x) => {
    const share = x / (size - 1);
    return [Math.round(red * share), Math.round(green * share), Math.round(blue * share)];
  });
  return new Response(png, {
    headers: { 'content-type': 'image/png', 'cache-control': 'public, max-age=86400' },
  });
};
