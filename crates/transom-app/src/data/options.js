// @ts-check
// Options of calls as they are sent. `suppressAuth` is not: it has no effect.
// Spec: wix-http-endpoints.md section 10.1, "Options".

import { refusal } from "transom:internal/app/data/errors";
import { filterFrom } from "transom:internal/app/data/query";

const drafts = ({ showDrafts }) => (showDrafts === undefined ? {} : { publishPluginOptions: { includeDraftItems: showDrafts } });

const onCondition = ({ condition }) => condition === undefined || condition === null ? {}
  : { condition: { filter: filterFrom(condition) } };

const given = (options) => options ?? {};

/** Of calls that write. */
export function writing(options) {
  const { suppressHooks, appOptions, saveReferences, includeReferences } = given(options);
  return {
    suppressHooks, appOptions, saveReferences, includeReferencedItems: includeReferences, ...drafts(given(options)),
    ...onCondition(given(options)),
  };
}

/** Of calls that read. */
export function reading(options) {
  const { suppressHooks, appOptions, consistentRead, language } = given(options);
  return { suppressHooks, appOptions, consistentRead, language, ...drafts(given(options)) };
}

/** A page: by a cursor, or by how many items to skip. */
export function page(limit, place) {
  if (typeof place === "string") return { cursorPaging: { limit, cursor: place } };
  return limit !== undefined || place > 0 ? { paging: { limit, offset: place } } : {};
}

/** Where a request in the direct form begins, and how much it asks for. */
export const placeOf = ({ paging, cursorPaging }) => page(
  paging?.limit ?? cursorPaging?.limit,
  cursorPaging?.cursor ?? paging?.offset ?? 0,
);

/** A filter that must be there. */
export function requiredFilter(value) {
  const filter = value === undefined || value === null ? null : filterFrom(value);
  if (filter === null || typeof filter !== "object") throw refusal("WDE0016: Filter must be an object.");
  return filter;
}
