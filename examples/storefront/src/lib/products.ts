// The catalogue. Every change is one record in a journal, so that two changes at once never lose one another.
import { appendRecord, readRecords } from '~/lib/storage';

export interface Product {
  id: string;
  name: string;
  price: number;
  tags: string[];
}

export type ProductFields = Omit<Product, 'id'>;

/** What changed in one product; `null` when it was deleted. */
interface Change {
  id: string;
  fields: Partial<ProductFields> | null;
}

const journal = 'products.jsonl';

const initial: Product[] = [
  { id: 'desk-lamp', name: 'Desk lamp', price: 49.5, tags: ['indoor', 'desk'] },
  { id: 'lantern', name: 'Lantern & hook', price: 24, tags: ['outdoor'] },
  { id: 'string-lights', name: 'String lights', price: 18.75, tags: ['indoor', 'outdoor'] },
];

async function load(): Promise<Map<string, Product>> {
  const products = new Map(initial.map((product) => [product.id, product]));
  for (const { id, fields } of await readRecords<Change>(journal)) {
    if (fields === null) products.delete(id);
    else products.set(id, { ...(products.get(id) as Product), ...fields, id });
  }
  return products;
}

export async function listProducts(filter: { search?: string; tag?: string } = {}): Promise<Product[]> {
  const search = filter.search?.toLowerCase() ?? '';
  return [...(await load()).values()]
    .filter(({ name }) => name.toLowerCase().includes(search))
    .filter(({ tags }) => filter.tag === undefined || tags.includes(filter.tag))
    .sort((a, b) => a.name.localeCompare(b.name));
}

export async function findProduct(id: string): Promise<Product | undefined> {
  return (await load()).get(id);
}

export async function createProduct(fields: ProductFields): Promise<Product> {
  const product = { id: crypto.randomUUID(), ...fields };
  await appendRecord(journal, { id: product.id, fields } satisfies Change);
  return product;
}

/** Changes the given fields. Returns the product as it is now, or undefined when there is none. */
export async function updateProduct(
  id: string,
  fields: Partial<ProductFields>,
): Promise<Product | undefined> {
  if ((await findProduct(id)) === undefined) return undefined;
  await appendRecord(journal, { id, fields } satisfies Change);
  return findProduct(id);
}

/** Returns whether there was such a product. */
export async function deleteProduct(id: string): Promise<boolean> {
  if ((await findProduct(id)) === undefined) return false;
  await appendRecord(journal, { id, fields: null } satisfies Change);
  return true;
}
