// @ts-check
// Drafts of items, which the platform's publishing knows and transom does not: each call is refused by name.

import * as check from "transom:internal/app/data/arguments";
import { itemOf, post } from "transom:internal/app/data/service";

const draft = (path) => (means) => async (collection, id, options) => {
  check.accept(check.collectionId(collection), check.itemId(id));
  return itemOf(await post(means, path, { dataCollectionId: collection, dataItemId: id, ...options }));
};

export const createDataItemDraft = draft("/items/create-draft");
export const publishDataItemDraft = draft("/items/publish-draft");
export const unpublishDataItem = draft("/items/unpublish");
