// @ts-check
// Changes and removals of all items that a filter matches, as jobs that go on after the call.
// Spec: wix-http-endpoints.md section 10.1.

import * as check from "transom:internal/app/data/arguments";
import { requiredFilter, writing } from "transom:internal/app/data/options";
import { wireOf } from "transom:internal/app/data/patch";
import { get, post, segmentOf } from "transom:internal/app/data/service";
import { primordials } from "transom:internal/primordials";

const { ArrayPrototypeMap } = primordials;

export const asyncPatchByFilter = (means) => async function asyncPatchByFilter(collection, filter, changes, options) {
  check.accept(check.collectionId(collection), check.options(options, check.OPTIONS));
  const { jobId } = await post(means, "/bulk/items/async-patch-by-filter", {
    dataCollectionId: collection, filter: requiredFilter(filter), fieldModifications: ArrayPrototypeMap(changes, wireOf),
    ...writing(options),
  });
  return { jobId };
};

export const asyncRemoveByFilter = (means) => async function asyncRemoveByFilter(collection, filter, options) {
  check.accept(check.collectionId(collection), check.options(options, check.OPTIONS));
  const asked = { dataCollectionId: collection, filter: requiredFilter(filter), ...writing(options) };
  const { jobId } = await post(means, "/bulk/items/async-remove-by-filter", asked);
  return { jobId };
};

export const getAsyncJobStatus = (means) => async function getAsyncJobStatus(jobId) {
  check.accept(check.filledText(jobId, "jobId"));
  const { status, successCount } = await get(means, `/async-jobs/${segmentOf(jobId)}/status`);
  return { status, successCount };
};
