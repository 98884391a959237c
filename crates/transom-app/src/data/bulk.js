// @ts-check
// Several items in one call.
// Spec: wix-http-endpoints.md section 10.1, `BulkResult`: what is there already and what is not there are skipped.

import * as check from "transom:internal/app/data/arguments";
import { BulkError } from "transom:internal/app/data/errors";
import { writing } from "transom:internal/app/data/options";
import { Patch, wireOf } from "transom:internal/app/data/patch";
import { post } from "transom:internal/app/data/service";
import { primordials } from "transom:internal/primordials";

const { ArrayPrototypeMap, ArrayPrototypePush } = primordials;

const NOT_FOUND = "WDE0073";
const EXISTS = "WDE0074";

/** What became of `asked`; items whose error has the code `skipped` are only counted. */
function outcome(asked, results, skipped) {
  const inserted = [];
  const updated = [];
  const removed = [];
  const errors = [];
  let done = 0;
  const lists = { __proto__: null, INSERT: inserted, UPDATE: updated, PATCH: updated, DELETE: removed };
  for (let i = 0; i < results.length; i++) {
    const { itemMetadata = {}, action } = results[i];
    const { id, success, error, originalIndex } = itemMetadata;
    if (success) {
      done++;
      const list = lists[action];
      if (list !== undefined) ArrayPrototypePush(list, id);
    } else if (error && (error.code ?? "") !== skipped) {
      ArrayPrototypePush(errors, new BulkError(error, asked[originalIndex], originalIndex));
    }
  }
  return {
    inserted: inserted.length, updated: updated.length, removed: removed.length,
    skipped: asked.length - errors.length - done, errors,
    insertedItemIds: inserted, updatedItemIds: updated, removedItemIds: removed,
  };
}

async function write(means, path, collection, items, options, skipped) {
  const dataItems = ArrayPrototypeMap(items, (data) => ({ id: data._id, data }));
  const { results } = await post(means, path, { dataCollectionId: collection, dataItems, ...writing(options) });
  return outcome(items, results, skipped);
}

export const bulkInsert = (means) => async function bulkInsert(collection, items, options) {
  check.accept(check.items(items, collection), check.options(options, check.BULK_INSERT), check.collectionId(collection));
  if (options?.overrideExisting === true) return await write(means, "/bulk/items/save", collection, items, options, null);
  return await write(means, "/bulk/items/insert", collection, items, options, EXISTS);
};

export const bulkSave = (means) => async function bulkSave(collection, items, options) {
  check.accept(check.options(options, check.BULK_INSERT), check.collectionId(collection), check.items(items, collection));
  return await write(means, "/bulk/items/save", collection, items, options, null);
};

export const bulkUpdate = (means) => async function bulkUpdate(collection, items, options) {
  check.accept(check.options(options, check.BULK_UPDATE), check.collectionId(collection), check.items(items, collection));
  return await write(means, "/bulk/items/update", collection, items, options, NOT_FOUND);
};

export const bulkRemove = (means) => async function bulkRemove(collection, ids, options) {
  check.accept(check.collectionId(collection), check.itemIds(ids, collection), check.options(options, check.BULK_UPDATE));
  const { results } = await post(means, "/bulk/items/remove", { dataCollectionId: collection, dataItemIds: ids, ...writing(options) });
  return outcome(ids, results, NOT_FOUND);
};

/** The same changes of several items: a builder, or at once where the changes are given. */
export const bulkPatch = (means) => function bulkPatch(collection, ids, changes, options) {
  const run = async (list, chosen) => {
    const fieldModifications = list === undefined ? undefined : ArrayPrototypeMap(list, wireOf);
    const patches = ArrayPrototypeMap(ids, (dataItemId) => ({ dataItemId, fieldModifications }));
    const { results } = await post(means, "/bulk/items/patch", { dataCollectionId: collection, patches, ...writing(chosen) });
    return outcome(ids, results, NOT_FOUND);
  };
  return arguments.length >= 3 ? run(changes, options) : new Patch(run);
};
