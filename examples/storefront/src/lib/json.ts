// Answers and input checks that the JSON endpoints share.
import type { ProductFields } from '~/lib/products';

/** An error as clients of this API get it: a status and `{ "error": "…" }`. */
export function fail(status: number, error: string): Response {
  return Response.json({ error }, { status });
}

/** The request's body as JSON, or undefined when it is not valid JSON. */
export async function readJson(request: Request): Promise<unknown> {
  try {
    return await request.json();
  } catch {
    return undefined;
  }
}

/** The product fields in `input`, or a sentence that says what is wrong. Unknown fields are left out. */
export function productFields(input: unknown): Partial<ProductFields> | string {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    return 'the body must be a JSON object';
  }
  const { name, price, tags } = input as Record<string, unknown>;
  const fields: Partial<ProductFields> = {};
  if (name !== undefined) {
    if (typeof name !== 'string' || name.trim() === '') return '`name` must be a text';
    fields.name = name.trim();
  }
  if (price !== undefined) {
    if (typeof price !== 'number' || !(price >= 0)) return '`price` must be a number, 0 or more';
    fields.price = price;
  }
  if (tags !== undefined) {
    if (!Array.isArray(tags) || !tags.every((tag) => typeof tag === 'string')) {
      return '`tags` must be a list of texts';
    }
    fields.tags = tags;
  }
  return fields;
}

/** Like `productFields`, with every field required; `tags` may be left out. */
export function wholeProduct(input: unknown): ProductFields | string {
  const fields = productFields(input);
  if (typeof fields === 'string') return fields;
  const { name, price, tags = [] } = fields;
  if (name === undefined) return '`name` is missing';
  if (price === undefined) return '`price` is missing';
  return { name, price, tags };
}
