// The catalogue, in the collection `products`: see transom.toml for who may do what with it. The first products are in
// seed/.
import { items } from '@wix/data';

export interface Product {
  id: string;
  name: string;
  price: number;
  tags: string[];
}

export type ProductFields = Omit<Product, 'id'>;

const collection = 'products';
/** Most products of one page. */
const page = 1000;

/** A product as clients see it: without what only the store needs to know. */
function toProduct({ _id, name, price, tags }: ProductFields & { _id: string }): Product {
  return { id: _id, name, price, tags };
}

export async function listProducts(filter: { search?: string; tag?: string } = {}): Promise<Product[]> {
  let query = items.query<ProductFields>(collection).ascending('name').limit(page);
  if (filter.search) query = query.contains('name', filter.search);
  if (filter.tag !== undefined) query = query.hasSome('tags', filter.tag);
  const products: Product[] = [];
  for (let found = await query.find(); ; found = await found.next()) {
    products.push(...found.items.map(toProduct));
    if (!found.hasNext()) return products;
  }
}

export async function findProduct(id: string): Promise<Product | undefined> {
  const found = await items.get<ProductFields>(collection, id);
  return found === null ? undefined : toProduct(found);
}

export async function createProduct(fields: ProductFields): Promise<Product> {
  return toProduct(await items.insert(collection, { _id: crypto.randomUUID(), ...fields }));
}

/** Puts a product at an id, in place of the one that is there, if there is one. */
export async function saveProduct(id: string, fields: ProductFields): Promise<Product> {
  return toProduct(await items.save(collection, { ...fields, _id: id }));
}

/** Changes the given fields. Returns the product as it is now, or undefined when there is none. */
export async function changeProduct(
  id: string,
  fields: Partial<ProductFields>,
): Promise<Product | undefined> {
  if ((await findProduct(id)) === undefined) return undefined;
  let change = items.patch<ProductFields>(collection, id);
  for (const [name, value] of Object.entries(fields)) change = change.setField(name, value);
  const changed = await change.run();
  return changed === null ? undefined : toProduct(changed);
}

/** Returns whether there was such a product. */
export async function deleteProduct(id: string): Promise<boolean> {
  return (await items.remove(collection, id)) !== null;
}
