// @ts-check
// Single items: `get`, `insert`, `update`, `save`, `remove`, `patch`, `truncate`. Each function is made for the means of
// a client.
// Spec: wix-http-endpoints.md sections 10.1 and 10.2.

import * as check from "transom:internal/app/data/arguments";
import { reading, writing } from "transom:internal/app/data/options";
import { Patch, wireOf } from "transom:internal/app/data/patch";
import { bareItemOf, itemOf, parameterOf, post, segmentOf, get as ask } from "transom:internal/app/data/service";
import { primordials } from "transom:internal/primordials";

const { ArrayPrototypeMap, ObjectKeys, StringPrototypeIncludes, StringPrototypeStartsWith } = primordials;
const { console } = globalThis;

const NOT_FOUND = "WDE0073";

/** `promise`, or null where the item is not there. */
async function orNull(promise) {
  try {
    return await promise;
  } catch (error) {
    if (error?.details?.applicationError?.code === NOT_FOUND) return null;
    throw error;
  }
}

const refused = async (status, text) => bareItemOf(status, text);

/** Options of a reading call stand in one parameter of its address. */
function addressOf(collection, id, options) {
  const { fields, includeReferences, includeFieldGroups } = options ?? {};
  const groups = includeFieldGroups?.length > 0 ? includeFieldGroups : undefined;
  const asked = { dataCollectionId: collection, dataItemId: id, ...reading(options), fields, includeReferences, includeFieldGroups: groups };
  return `/items/${segmentOf(id)}${parameterOf(asked)}`;
}

export const get = (means) => async function get(collection, id, options) {
  if (options === undefined && typeof collection === "string" && typeof id === "string") {
    // The shortest way, which most calls go.
    const inside = means.item?.(collection, id);
    if (inside !== undefined) {
      const { 0: status, 1: text } = await inside;
      return status === 200 ? bareItemOf(status, text) : await orNull(refused(status, text));
    }
  }
  check.accept(check.collectionId(collection), check.itemId(id), check.options(options, check.OPTIONS));
  return itemOf(await orNull(ask(means, addressOf(collection, id, options))));
};

/** Says of names that a query cannot reach that they are so. */
function warnOfNames(value) {
  const isInside = (part, test) => {
    if (typeof part !== "object" || part === null) return false;
    const names = ObjectKeys(part);
    for (let i = 0; i < names.length; i++) if (test(names[i]) || isInside(part[names[i]], test)) return true;
    return false;
  };
  const advice = "It is not recommended to use such field names as it will not work with some data operations.";
  if (isInside(value, (name) => StringPrototypeStartsWith(name, "$"))) {
    console.error(`Data inserted contains field name prefixed with symbol '$'. ${advice}`);
  }
  if (isInside(value, (name) => StringPrototypeIncludes(name, "."))) {
    console.warn(`Data inserted contains field name containing symbol '.'. ${advice}`);
  }
}

const write = (name, path) => (means) => async function (collection, item, options) {
  check.accept(check.collectionId(collection), check.item(item, collection), check.options(options, check.OPTIONS));
  const body = { dataCollectionId: collection, dataItem: { id: item._id, data: item }, ...writing(options) };
  const answer = await post(means, path, body);
  if (name === "insert") warnOfNames(item);
  return itemOf(answer);
};

export const insert = write("insert", "/items");
export const update = write("update", "/items/update");
export const save = write("save", "/items/save");

export const remove = (means) => async function remove(collection, id, options) {
  check.accept(check.collectionId(collection), check.itemId(id), check.options(options, check.OPTIONS));
  return itemOf(await orNull(post(means, "/items/remove", { dataCollectionId: collection, dataItemId: id, ...writing(options) })));
};

export const truncate = (means) => async function truncate(collection) {
  check.accept(check.collectionId(collection));
  await post(means, "/items/truncate", { dataCollectionId: collection });
};

/** Changes of single fields: a builder, or at once where the changes are given. */
export const patch = (means) => function patch(collection, id, changes, options) {
  const run = async (list, chosen) => {
    const fieldModifications = list === undefined ? undefined : ArrayPrototypeMap(list, wireOf);
    const body = { dataCollectionId: collection, patch: { dataItemId: id, fieldModifications }, ...writing(chosen) };
    return itemOf(await post(means, "/items/patch", body));
  };
  return arguments.length >= 3 ? run(changes, options) : new Patch(run);
};
