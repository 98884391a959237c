// @ts-check
// A page of results, which leads to the next and the previous one.
// Spec: wix-http-endpoints.md section 10.1, "Results".

import { validationError } from "transom:internal/app/data/errors";
import { primordials } from "transom:internal/primordials";

const { ArrayPrototypeSymbolIterator, MathCeil, MathMax, SymbolIterator } = primordials;

const DEFAULT_PAGE = 50;

/** The first page of what `fetch` gives for a place: a cursor, or how many items to skip. */
export async function firstPage(collection, { skip = 0, limit = undefined }, fetch, withTotal = undefined) {
  const { items, paging } = await fetch(skip, withTotal);
  const total = paging?.total ?? undefined;
  const isWhole = items.length + skip <= (total ?? 0) || paging?.hasNext === true;
  const size = limit ?? (items.length > 0 && isWhole ? items.length : undefined);
  const page = size && items.length > 0 ? MathCeil(skip / size) : undefined;
  return new WixDataResult({ items, paging, fetch, collection, size, total, skip, page, mayGoBack: skip > 0 });
}

export class WixDataResult {
  #paging;
  #fetch;
  #collection;
  #skip;
  #mayGoBack;

  constructor({ items, paging, fetch, collection, size, total, skip, page, mayGoBack }) {
    this.items = items;
    this.pageSize = size;
    this.totalCount = total;
    this.currentPage = page;
    this.#paging = paging ?? {};
    this.#fetch = fetch;
    this.#collection = collection;
    this.#skip = skip;
    this.#mayGoBack = mayGoBack;
  }

  get length() { return this.items.length; }

  get totalPages() {
    if (this.totalCount === 0) return 0;
    if (this.totalCount === undefined) return undefined;
    if (this.pageSize !== undefined) return MathCeil(this.totalCount / this.pageSize);
    const isKnown = this.length > 0 && this.length + this.#skip <= this.totalCount;
    return isKnown ? MathCeil(this.totalCount / this.length) : undefined;
  }

  hasNext() { return this.#paging.hasNext ?? false; }

  hasPrev() {
    return (this.#mayGoBack && (this.currentPage ?? 0) > 0) || typeof this.#paging.cursors?.prev === "string";
  }

  async next() {
    if (!this.hasNext()) throw this.#refused("0165", "next");
    const skip = this.#skip + (this.pageSize ?? DEFAULT_PAGE);
    return await this.#go(this.#paging.cursors?.next ?? undefined, skip, (this.currentPage ?? 0) + 1);
  }

  async prev() {
    if (!this.hasPrev()) throw this.#refused("0159", "prev");
    const skip = MathMax(this.#skip - (this.pageSize ?? DEFAULT_PAGE), 0);
    return await this.#go(this.#paging.cursors?.prev ?? undefined, skip, MathMax((this.currentPage ?? 0) - 1, 0));
  }

  async #go(cursor, skip, page) {
    const { items, paging } = await this.#fetch(cursor ?? skip);
    return new WixDataResult({
      items, paging, fetch: this.#fetch, collection: this.#collection, size: this.pageSize, total: this.totalCount,
      skip: cursor === undefined ? skip : this.#skip, page, mayGoBack: page > 0,
    });
  }

  #refused(code, which) {
    return validationError(`WDE${code}: Invalid query on [${this.#collection}].\nThere is no ${which} page.`);
  }

  toJSON() {
    const { items, totalCount, pageSize, currentPage, length, totalPages } = this;
    return { items, totalCount, pageSize, currentPage, length, totalPages };
  }

  [SymbolIterator]() { return ArrayPrototypeSymbolIterator(this.items); }
}
