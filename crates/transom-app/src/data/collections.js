// @ts-check
// The collections themselves. They are declared in the project's settings, so functions here only read.
// Spec: wix-http-endpoints.md sections 10.1 and 10.4.

import * as check from "transom:internal/app/data/arguments";
import { get, parameterOf, post, segmentOf } from "transom:internal/app/data/service";
import { primordials } from "transom:internal/primordials";

const { ArrayPrototypeMap } = primordials;

/** The name that a collection's id has in programs. */
function named({ id, ...rest }) {
  return { ...rest, _id: id };
}

export const getDataCollection = (means) => async function getDataCollection(collection) {
  check.accept(check.collectionId(collection));
  return named((await get(means, `/collections/${segmentOf(collection)}`)).collection);
};

export const listDataCollections = (means) => async function listDataCollections(options) {
  const { paging } = options ?? {};
  const { collections, pagingMetadata } = await get(means, `/collections${parameterOf({ paging })}`);
  return { collections: ArrayPrototypeMap(collections, named), pagingMetadata };
};

/** Refused by the service, which says where collections are declared. */
const change = (path) => (means) => (...args) => post(means, path, { arguments: args });

export const createDataCollection = change("/collections");
export const updateDataCollection = change("/collections/update");
export const patchDataCollection = change("/collections/patch");
export const deleteDataCollection = change("/collections/delete");
export const createDataCollectionField = change("/collections/create-field");
export const updateDataCollectionField = change("/collections/update-field");
export const deleteDataCollectionField = change("/collections/delete-field");
