// @ts-check
// Queries, searches and aggregations: the builder form, and the direct form, which takes the request as an object.
// Spec: wix-http-endpoints.md section 10.1.

import * as check from "transom:internal/app/data/arguments";
import { page, placeOf, reading } from "transom:internal/app/data/options";
import { Aggregate, filterTree, problemsIn, Query, Search, stateOf } from "transom:internal/app/data/query";
import { treeOf } from "transom:internal/app/data/filter";
import { firstPage } from "transom:internal/app/data/result";
import { itemsOf, post, queryItems } from "transom:internal/app/data/service";
import { isObject } from "transom:internal/app/data/values";
import { primordials } from "transom:internal/primordials";

const { ArrayPrototypeMap, ArrayPrototypeConcat, ObjectKeys } = primordials;

const isCursor = (place) => typeof place === "string";
/** What is sent with the first page only; a cursor stands for it later. */
const atFirst = (place, parts) => (isCursor(place) ? {} : parts);
const filled = (list) => (list.length > 0 ? list : undefined);

function accept(query, args, most, options, method, problems = [], what = "query") {
  const { collection } = stateOf(query);
  const own = [check.collectionId(collection), check.count(method, args, most - 1, most), ...problems, check.options(options, check.OPTIONS)];
  check.acceptQuery(collection, ArrayPrototypeConcat(problemsIn(query), check.collect(own)), what);
}

async function find(means, query, args) {
  const { 0: options } = args;
  accept(query, args, 1, options, "find");
  const { collection, fields, limit, included, random, groups, order, skip } = stateOf(query);
  const fetch = async (place, returnTotalCount) => {
    return await queryItems(means, {
      dataCollectionId: collection,
      query: { fields: filled(fields), ...page(limit, place), ...atFirst(place, { filter: filterTree(query), sort: order }) },
      includeReferences: filled(included),
      ...reading(options),
      ...atFirst(place, { returnTotalCount }),
      ...(random === undefined ? {} : { sortMode: "RANDOM", randomOptions: random }),
      includeFieldGroups: filled(groups),
    });
  };
  return await firstPage(collection, { skip, limit }, fetch, options?.returnTotalCount);
}

async function count(means, query, args) {
  const { 0: options } = args;
  accept(query, args, 1, options, "count");
  const asked = { dataCollectionId: stateOf(query).collection, filter: filterTree(query), ...reading(options) };
  return (await post(means, "/items/count", asked)).totalCount;
}

async function distinct(means, query, args) {
  const { 0: field, 1: options } = args;
  accept(query, args, 2, options, "distinct", [check.fieldName(field)]);
  const { collection, limit, skip, order: sort } = stateOf(query);
  let order;
  for (let i = 0; i < sort.length; i++) if (sort[i].fieldName === field) order ??= sort[i].order;
  const fetch = async (place, returnTotalCount) => {
    const answer = await post(means, "/items/query-distinct-values", {
      dataCollectionId: collection, ...reading(options), ...page(limit, place),
      ...atFirst(place, { fieldName: field, filter: filterTree(query), order, returnTotalCount }),
    });
    return { items: answer.distinctValues, paging: answer.pagingMetadata };
  };
  return await firstPage(collection, { skip, limit }, fetch, options?.returnTotalCount);
}

function acceptDirect(collection, options) {
  const problems = check.collect([check.collectionId(collection), check.options(options, check.OPTIONS)]);
  check.acceptQuery(collection, problems);
}

const references = (options) => options?.includeReferences;

async function queryAtOnce(means, collection, request, options) {
  acceptDirect(collection, options);
  const cursor = request.cursorPaging?.cursor;
  const sort = ArrayPrototypeMap(request.sort ?? [], ({ fieldName, order }) => ({ fieldName, order: order === "DESC" ? "DESC" : "ASC" }));
  const { items, paging } = await queryItems(means, {
    dataCollectionId: collection,
    query: { fields: request.fields, ...placeOf(request), ...atFirst(cursor, { filter: request.filter, sort }) },
    includeReferences: references(options), ...reading(options),
    ...atFirst(cursor, { returnTotalCount: options?.returnTotalCount }),
    includeFieldGroups: filled(options?.includeFieldGroups ?? []),
  });
  return { items, pagingMetadata: paging };
}

export const query = (means) => {
  const run = {
    find: (query, args) => find(means, query, args),
    count: (query, args) => count(means, query, args),
    distinct: (query, args) => distinct(means, query, args),
  };
  return (collection, request, options) => request === undefined ? Query.of(collection, run)
    : queryAtOnce(means, collection, request, options);
};

async function runSearch(means, query, args) {
  const { 0: options } = args;
  const { collection, order, fields, expression, fuzzy, mode, limit, included, skip } = stateOf(query);
  check.acceptQuery(collection, ArrayPrototypeConcat(
    problemsIn(query), check.collect([check.collectionId(collection), check.options(options, check.OPTIONS)]),
  ));
  const fetch = async (place) => {
    const answer = await post(means, "/items/search", {
      dataCollectionId: collection,
      search: { filter: filterTree(query), sort: order, fields: filled(fields), search: { expression, fuzzy, mode }, ...page(limit, place) },
      includeReferences: filled(included),
      ...reading(options),
    });
    return { items: itemsOf(answer), paging: answer.pagingMetadata };
  };
  return await firstPage(collection, { skip, limit }, fetch);
}

async function searchAtOnce(means, collection, request, options) {
  acceptDirect(collection, options);
  const { fields, filter, sort, search, aggregations, timeZone } = request;
  const answer = await post(means, "/items/search", {
    dataCollectionId: collection, search: { fields, filter, sort, search, aggregations, timeZone, ...placeOf(request) },
    includeReferences: references(options), ...reading(options),
  });
  return { items: itemsOf(answer), pagingMetadata: answer.pagingMetadata };
}

export const search = (means) => (collection, request, options) => request === undefined
  ? Search.of(collection, { run: (query, args) => runSearch(means, query, args) })
  : searchAtOnce(means, collection, request, options);

/** Of groups by one field, `_id` is the field's value alone. */
function groupOf(result) {
  const { _id: id } = result;
  const keys = isObject(id) ? ObjectKeys(id) : [];
  if (keys.length === 1) result._id = id[keys[0]];
  return result;
}

async function runAggregate(means, query, args) {
  const { 0: options } = args;
  const { collection, operations, groups, having, order, limit, skip } = stateOf(query);
  const own = [check.count("run", args, 0, 1), check.collectionId(collection), check.options(options, check.OPTIONS)];
  const problems = having === null ? problemsIn(query) : problemsIn(query, having);
  check.acceptQuery(collection, ArrayPrototypeConcat(problems, check.collect(own)), "aggregation");
  const fetch = async (place, returnTotalCount) => {
    const answer = await post(means, "/items/aggregate", {
      dataCollectionId: collection, ...page(limit, place), ...reading(options),
      ...atFirst(place, {
        initialFilter: filterTree(query),
        aggregation: { groupingFields: groups, operations },
        finalFilter: having === null ? undefined : treeOf(having),
        sort: order, returnTotalCount,
      }),
    });
    return { items: ArrayPrototypeMap(answer.results, groupOf), paging: answer.pagingMetadata };
  };
  return await firstPage(collection, { skip, limit }, fetch, options?.returnTotalCount);
}

export const aggregatePipeline = (means) => async function aggregatePipeline(collection, pipeline, options) {
  check.accept(check.collectionId(collection));
  return await post(means, "/items/aggregate-pipeline", { dataCollectionId: collection, pipeline, ...options });
};

export const aggregate = (means) => {
  const atOnce = async (collection, pipeline, options) => {
    const { results, pagingMetadata } = await aggregatePipeline(means)(collection, pipeline, options);
    return { results, pagingMetadata };
  };
  return (collection, pipeline, options) => pipeline === undefined
    ? Aggregate.of(collection, { run: (query, args) => runAggregate(means, query, args) })
    : atOnce(collection, pipeline, options);
};

/** How many items; `options.filter` says of which. */
export const countItems = (means) => async function count(collection, options) {
  check.accept(check.collectionId(collection), check.options(options, check.OPTIONS));
  const filter = options?.filter ? { filter: options.filter } : {};
  return (await post(means, "/items/count", { dataCollectionId: collection, ...filter, ...reading(options) })).totalCount;
};

export const distinctValues = (means) => async function distinct(collection, field, options) {
  check.accept(check.collectionId(collection), check.fieldName(field), check.options(options, check.OPTIONS));
  const { filter, order, returnTotalCount, cursorPaging } = options ?? {};
  const answer = await post(means, "/items/query-distinct-values", {
    dataCollectionId: collection, ...reading(options), ...placeOf(options ?? {}),
    ...atFirst(cursorPaging?.cursor, { fieldName: field, filter, order, returnTotalCount }),
  });
  return { values: answer.distinctValues, pagingMetadata: answer.pagingMetadata };
};
