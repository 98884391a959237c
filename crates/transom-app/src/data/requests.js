// @ts-check
// Builders of the objects that the direct forms take: requests, filters, orders, options.
// Spec: wix-http-endpoints.md section 10.1.

import { FieldModifications } from "transom:internal/app/data/patch";
import { primordials } from "transom:internal/primordials";

const { ArrayPrototypeMap, ArrayPrototypeSlice, ArrayIsArray, ObjectAssign, ObjectKeys, StringPrototypeSlice, StringPrototypeToUpperCase } =
  primordials;

const OPERATORS = ["eq", "ne", "gt", "gte", "lt", "lte", "startsWith", "endsWith", "contains", "in", "nin", "hasSome", "hasAll"];

/** Conditions on one field. */
function fieldFilter(field, conditions = {}) {
  const chain = (operator, value) => fieldFilter(field, { ...conditions, [operator]: value });
  const filter = {
    filter: ObjectKeys(conditions).length === 0 ? {} : { [field]: conditions },
    exists: (value = true) => chain("$exists", value),
    isEmpty: (value = true) => chain("$isEmpty", value),
    isNotEmpty: () => chain("$ne", null),
  };
  for (let i = 0; i < OPERATORS.length; i++) filter[OPERATORS[i]] = (value) => chain(`$${OPERATORS[i]}`, value);
  return filter;
}

const filterIn = ({ filter }) => filter;

export const Filter = ObjectAssign((field) => fieldFilter(field), {
  and: (...filters) => ({ filter: { $and: ArrayPrototypeMap(filters, filterIn) } }),
  or: (...filters) => ({ filter: { $or: ArrayPrototypeMap(filters, filterIn) } }),
  not: ({ filter }) => ({ filter: { $not: filter } }),
});

export const Sort = (fieldName) => ({
  asc: () => ({ sort: { fieldName, order: "ASC" } }),
  desc: () => ({ sort: { fieldName, order: "DESC" } }),
});

const asIs = (value) => value;

/** A builder with a method for each of `parts`: name, the member that it sets, and what it makes of its arguments. */
function builder(parts) {
  let state = {};
  const made = { build: () => state };
  for (let i = 0; i < parts.length; i++) {
    const { 0: name, 1: member, 2: convert } = parts[i];
    made[name] = (...args) => {
      state = { ...state, [member]: convert(args) };
      return made;
    };
  }
  return made;
}

const filterPart = ["withFilter", "filter", ({ 0: { filter } }) => filter];
const sortPart = ["withSorting", "sort", (sorts) => ArrayPrototypeMap(sorts, ({ sort }) => sort)];
const pagingPart = ["withPaging", "paging", ({ 0: paging }) => paging];

export const QueryBuilder = () => builder([filterPart, ["withFields", "fields", asIs], sortPart, pagingPart]);

export const SearchBuilder = () => builder([
  filterPart, ["withSearchClause", "search", ({ 0: { search } }) => search], sortPart,
  ["withAggregation", "aggregations", (list) => ArrayPrototypeMap(list, ({ aggregation }) => aggregation)],
  pagingPart, ["withTimeZone", "timeZone", ({ 0: zone }) => zone],
]);

export function SearchParams(expression) {
  let state = expression === undefined ? {} : { expression };
  const set = (change) => {
    state = { ...state, ...change };
    return params;
  };
  const params = {
    get search() { return state; },
    expression: (text) => set({ expression: text }),
    mode: (mode) => set({ mode }),
    fields: (fields) => set({ fields: ArrayPrototypeSlice(fields) }),
    fuzzy: (enabled = true) => set({ fuzzy: enabled }),
  };
  return params;
}

/** Options whose method takes a list of arguments. */
const LISTS = { __proto__: null, fields: true, includeFieldGroups: true };

/** Options that are filters. */
const FILTERS = { __proto__: null, condition: true, filter: true };

function optionOf(name, args) {
  if (LISTS[name]) return args;
  const { 0: value } = args;
  if (FILTERS[name]) return value.filter;
  return ArrayIsArray(value) ? ArrayPrototypeSlice(value) : value;
}

/** A builder of options: `withShowDrafts(true)` sets `showDrafts`. Each call returns a new one. */
function optionsBuilder(names, options) {
  const made = { build: () => ({ ...options }) };
  for (let i = 0; i < names.length; i++) {
    const name = names[i];
    const method = `with${StringPrototypeToUpperCase(name[0])}${StringPrototypeSlice(name, 1)}`;
    made[method] = (...args) => optionsBuilder(names, { ...options, [name]: optionOf(name, args) });
  }
  return made;
}

const ofOptions = (...names) => () => optionsBuilder(names, {});
const READ = ["suppressHooks", "showDrafts", "appOptions", "language", "consistentRead"];
const CHANGE = ["suppressHooks", "showDrafts", "condition"];
const SAVE = ["suppressHooks", "showDrafts", "includeReferences", "saveReferences"];
const ASYNC = ["suppressHooks", "showDrafts"];

export const AggregateOptionsBuilder = ofOptions("showDrafts", "language", "consistentRead", "returnTotalCount");
export const AsyncPatchByFilterOptionsBuilder = ofOptions(...ASYNC);
export const AsyncRemoveByFilterOptionsBuilder = ofOptions(...ASYNC);
export const BulkInsertOptionsBuilder = ofOptions("suppressHooks", "showDrafts", "saveReferences", "overrideExisting");
export const BulkPatchOptionsBuilder = ofOptions(...CHANGE);
export const BulkRemoveOptionsBuilder = ofOptions(...CHANGE);
export const BulkSaveOptionsBuilder = ofOptions("suppressHooks", "showDrafts", "saveReferences");
export const BulkUpdateOptionsBuilder = ofOptions(...CHANGE, "saveReferences");
export const CountOptionsBuilder = ofOptions(...READ, "filter");
export const DistinctOptionsBuilder = ofOptions(...READ, "filter", "order", "paging", "cursorPaging", "returnTotalCount");
export const GetOptionsBuilder = ofOptions(...READ, "fields", "includeReferences", "includeFieldGroups");
export const InsertOptionsBuilder = ofOptions(...SAVE);
export const IsReferencedOptionsBuilder = ofOptions("consistentRead");
export const PatchOptionsBuilder = ofOptions(...CHANGE);
export const QueryOptionsBuilder = ofOptions(...READ, "includeReferences", "includeFieldGroups", "returnTotalCount");
export const QueryReferencedItemsOptionsBuilder = ofOptions(
  ...READ, "fields", "order", "paging", "cursorPaging", "returnTotalCount",
);
export const RemoveOptionsBuilder = ofOptions(...CHANGE);
export const SaveOptionsBuilder = ofOptions(...SAVE);
export const SearchOptionsBuilder = ofOptions("includeReferences", "language");
export const UpdateOptionsBuilder = ofOptions(...CHANGE, "includeReferences", "saveReferences");

export const FieldModificationsBuilder = () => new FieldModifications();
