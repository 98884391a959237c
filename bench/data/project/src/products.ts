/** Items in a group, which is what the query asks for. */
export const GROUP = 20;

export const product = (number: number) => ({
  _id: `product-${number}`,
  number,
  group: Math.floor(number / GROUP),
  name: `Lamp ${number}`,
  price: (number % 997) / 10,
});

/** Numbers below `end` in an order that hits no two neighbours in a row. */
export function walk(end: number): () => number {
  let at = 0;
  return () => (at = (at + 48_611) % end);
}
