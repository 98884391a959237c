import { items } from '@wix/data';
import { walk } from '../products.ts';

const next = walk(100_000);

export const GET = async () => Response.json(await items.get('products', `product-${next()}`));
