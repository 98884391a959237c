// How many there are of each product. The collection is nobody's to change but the app's, so these functions are for
// endpoints that have looked at who is calling.
import { items } from '@wix/data';
import { auth } from '@wix/essentials';

const collection = 'stock';
const patchAsApp = auth.elevate(items.patch);
const insertAsApp = auth.elevate(items.insert);

/** How many there are; anybody may know. */
export async function stockOf(product: string): Promise<number> {
  return (await items.get<{ count: number }>(collection, product))?.count ?? 0;
}

/** Takes `quantity` away, if there are as many. Of two who want the last one, one gets it. */
export async function takeFromStock(product: string, quantity: number): Promise<boolean> {
  const enough = items.filter().ge('count', quantity);
  try {
    const taken = await patchAsApp(collection, product).incrementField('count', -quantity).run({ condition: enough });
    return taken !== null;
  } catch (error) {
    if (await stockOf(product) < quantity) return false;
    throw error;
  }
}

/** Adds `quantity`, and says how many there are then. */
export async function addToStock(product: string, quantity: number): Promise<number> {
  if ((await items.get(collection, product)) === null) {
    // Somebody else may have been faster, which is as good.
    await insertAsApp(collection, { _id: product, count: 0 }).catch(() => {});
  }
  const changed = await patchAsApp<{ count: number }>(collection, product).incrementField('count', quantity).run();
  return changed?.count ?? 0;
}
