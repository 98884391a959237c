// @ts-check
// References between items.
// Spec: wix-http-endpoints.md section 10.1.

import * as check from "transom:internal/app/data/arguments";
import { page, reading, writing } from "transom:internal/app/data/options";
import { firstPage } from "transom:internal/app/data/result";
import { post } from "transom:internal/app/data/service";
import { isArray, isString } from "transom:internal/app/data/values";
import { primordials } from "transom:internal/primordials";

const { ArrayPrototypeMap, ArrayPrototypePush } = primordials;

const DEFAULT_PAGE = 50;
const ORDERS = { __proto__: null, asc: "ASC", desc: "DESC" };

const idOf = (item) => (isString(item) ? item : item._id);
const asList = (value) => (isArray(value) ? value : [value]);

const pair = (field, left) => (right) => ({
  referringItemFieldName: field, referringItemId: idOf(left), referencedItemId: idOf(right),
});

export const queryReferenced = (means) => async function queryReferenced(collection, item, field, options) {
  check.accept(
    check.collectionId(collection), check.reference(item),
    check.filledText(field, "relationshipAttribute"), check.options(options, check.OPTIONS),
  );
  const { limit = DEFAULT_PAGE, skip = 0, order, fields } = options ?? {};
  const fetch = async (place, returnTotalCount) => {
    const first = { referringItemId: idOf(item), referringItemFieldName: field, order: ORDERS[order], returnTotalCount };
    const answer = await post(means, "/items/query-referenced", {
      ...page(limit, place), ...reading(options), dataCollectionId: collection, fields,
      ...(isString(place) ? {} : first),
    });
    const items = [];
    for (let i = 0; i < answer.results.length; i++) {
      const { dataItem } = answer.results[i];
      if (dataItem) ArrayPrototypePush(items, dataItem.data);
    }
    return { items, paging: answer.pagingMetadata };
  };
  return await firstPage(collection, { skip, limit }, fetch, options?.returnTotalCount);
};

function referenced({ referringItemId, dataItem, unresolvedReference }) {
  const result = { referringItemId: referringItemId ?? unresolvedReference?.referringItemId };
  if (dataItem) result.item = dataItem.data;
  else {
    const { referencedItemId, unauthorized = false } = unresolvedReference ?? {};
    result.unresolvedReference = { referencedItemId, unauthorized };
  }
  return result;
}

export const queryReferencedItems = (means) => async function queryReferencedItems(collection, item, field, options) {
  check.accept(
    check.collectionId(collection), check.references(asList(item)),
    check.filledText(field, "referringItemFieldName"), check.options(options, check.OPTIONS),
  );
  const { order, paging, cursorPaging, fields, returnTotalCount } = options ?? {};
  const answer = await post(means, "/items/query-referenced", {
    ...reading(options), dataCollectionId: collection, referringItemIds: ArrayPrototypeMap(asList(item), idOf),
    referringItemFieldName: field, order, paging, cursorPaging, fields, returnTotalCount,
  });
  return { results: ArrayPrototypeMap(answer.results ?? [], referenced), pagingMetadata: answer.pagingMetadata };
};

/** `(collection, field, left, right, options)`, or `(collection, references, options)`. */
export const insertReference = (means) => async function insertReference(collection, field, left, right, options) {
  const isList = typeof field !== "string";
  const chosen = isList ? left : options;
  const pairs = isList ? field
    : ArrayPrototypeMap(asList(right), (one) => ({ relationshipName: field, left, right: one }));
  check.accept(check.collectionId(collection), check.relations(pairs), check.options(chosen, check.OPTIONS));
  await post(means, "/bulk/items/insert-references", {
    dataCollectionId: collection,
    dataItemReferences: ArrayPrototypeMap(pairs, ({ relationshipName, left, right }) => pair(relationshipName, left)(right)),
    ...writing(chosen),
  });
};

export const replaceReferences = (means) => async function replaceReferences(collection, field, left, right, options) {
  const rights = asList(right);
  check.accept(
    check.collectionId(collection),
    check.filledText(field, "relationshipAttribute"), check.reference(left), check.references(rights),
    check.options(options, check.OPTIONS),
  );
  await post(means, "/items/replace-references", {
    dataCollectionId: collection, referringItemFieldName: field, referringItemId: idOf(left),
    newReferencedItemIds: ArrayPrototypeMap(rights, idOf), ...writing(options),
  });
};

export const removeReference = (means) => async function removeReference(collection, field, left, right, options) {
  const rights = asList(right);
  check.accept(
    check.collectionId(collection), check.reference(left),
    check.removedReferences(rights), check.filledText(field, "relationshipAttribute"), check.options(options, check.OPTIONS),
  );
  await post(means, "/bulk/items/remove-references", {
    dataCollectionId: collection, dataItemReferences: ArrayPrototypeMap(rights, pair(field, left)), ...writing(options),
  });
};

export const isReferenced = (means) => async function isReferenced(collection, field, left, right, options) {
  check.accept(
    check.collectionId(collection), check.reference(left),
    check.reference(right), check.options(options, check.OPTIONS),
  );
  const asked = { dataCollectionId: collection, ...pair(field, left)(right), ...reading(options) };
  return (await post(means, "/items/is-referenced", asked)).isReferenced;
};
