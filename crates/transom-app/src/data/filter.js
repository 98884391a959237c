// @ts-check
// Filters that are put together call by call, and the order of results. Each call returns a new one.
// Spec: wix-http-endpoints.md section 10.1, the table of operators.
//
// A filter that cannot be used is found when it is sent: `problems` gathers what is wrong with it.

import * as check from "transom:internal/app/data/arguments";
import { validationError } from "transom:internal/app/data/errors";
import { encodeDate, isArray, isDate, typeName } from "transom:internal/app/data/values";
import { primordials } from "transom:internal/primordials";

const { ArrayPrototypeConcat, ArrayPrototypeJoin, ArrayPrototypePush, ArrayPrototypeSlice, ObjectKeys } = primordials;

const isAll = (tree) => ObjectKeys(tree).length === 0;
const isOnly = (tree, operator) => {
  const keys = ObjectKeys(tree);
  return keys.length === 1 && keys[0] === operator;
};

/** Both conditions; what lets everything pass is left out. */
function both(first, second) {
  if (isAll(first)) return second;
  if (isAll(second)) return first;
  const parts = isOnly(first, "$and") ? first.$and : [first];
  return { $and: ArrayPrototypeConcat(parts, isOnly(second, "$and") ? second.$and : [second]) };
}

/** One of the conditions; `{}` stays, for it lets everything pass. */
function either(first, second) {
  const parts = isOnly(first, "$or") ? first.$or : [first];
  return { $or: ArrayPrototypeConcat(parts, isOnly(second, "$or") ? second.$or : [second]) };
}

const operand = (value) => {
  if (value === undefined) return null;
  return isDate(value) ? encodeDate(value) : value;
};

/** @type {(value: any) => boolean} */
export let isFilter;
/** @type {(filter: any) => string[]} What is wrong with a filter. */
export let problemsOf;
/** @type {(filter: any) => object} */
export let treeOf;
/** @type {(filter: any) => boolean} */
export let hasConditions;
/** @type {() => FilterBuilder} A filter that lets everything pass, which a query begins with. */
export let ofQuery;

/** A filter. */
export class FilterBuilder {
  #tree;
  #problems;

  /** @param {object | null} tree null before the first condition */
  constructor(tree = null, problems = []) {
    this.#tree = tree;
    this.#problems = problems;
  }

  static {
    isFilter = (value) => value !== null && typeof value === "object" && #tree in value;
    problemsOf = (filter) => filter.#problems;
    treeOf = (filter) => filter.#tree ?? {};
    hasConditions = (filter) => filter.#tree !== null && !isAll(filter.#tree);
    ofQuery = () => new FilterBuilder({});
  }

  #with(problem, makeTree) {
    if (problem !== null) return new FilterBuilder(this.#tree, ArrayPrototypeConcat(this.#problems, [problem]));
    return new FilterBuilder(makeTree(this.#tree ?? {}), this.#problems);
  }

  #condition(problem, field, operator, value) {
    return this.#with(problem, (tree) => {
      const encoded = operand(value);
      return both(tree, { [field]: operator === "$eq" ? encoded : { [operator]: encoded } });
    });
  }

  #compare(name, operator, args) {
    const { 0: field, 1: value } = args;
    const problem = check.exactly(name, args, 2) ?? check.field(name, field) ?? check.comparable(name, value, true);
    return this.#condition(problem, field, operator, value);
  }

  #equal(name, operator, args) {
    return this.#condition(check.exactly(name, args, 2) ?? check.field(name, args[0]), args[0], operator, args[1]);
  }

  #text(name, operator, args) {
    const problem = check.exactly(name, args, 2) ?? check.field(name, args[0]) ?? check.text(name, args[1]);
    return this.#condition(problem, args[0], operator, args[1]);
  }

  #set(name, operator, args) {
    const values = isArray(args[1]) ? args[1] : ArrayPrototypeSlice(args, 1);
    const problem = check.atLeast(name, args, 2) ?? check.field(name, args[0]) ?? check.scalars(name, values);
    if (problem !== null) return this.#with(problem, null);
    const list = [];
    for (let i = 0; i < values.length; i++) ArrayPrototypePush(list, operand(values[i]));
    return this.#condition(null, args[0], operator, list);
  }

  #other(name, args) {
    const wrong = check.exactly(name, args, 1);
    if (wrong !== null || isFilter(args[0])) return wrong;
    return `WDE0049: Invalid ${name} parameter [${typeName(args[0])}]. ${name} expects a filter or a query only.`;
  }

  #combined(name, args, combine) {
    const problem = this.#other(name, args);
    if (problem !== null) return this.#with(problem, null);
    const { 0: other } = args;
    const problems = ArrayPrototypeConcat(this.#problems, other.#problems);
    return new FilterBuilder(combine(this.#tree, other.#tree ?? {}), problems);
  }

  eq(...args) { return this.#equal(".eq", "$eq", args); }
  ne(...args) { return this.#equal(".ne", "$ne", args); }
  gt(...args) { return this.#compare(".gt", "$gt", args); }
  ge(...args) { return this.#compare(".ge", "$gte", args); }
  gte(...args) { return this.#compare(".ge", "$gte", args); }
  lt(...args) { return this.#compare(".lt", "$lt", args); }
  le(...args) { return this.#compare(".le", "$lte", args); }
  lte(...args) { return this.#compare(".le", "$lte", args); }
  exists(...args) { return this.#equal(".exists", "$exists", args); }
  contains(...args) { return this.#text(".contains", "$contains", args); }
  startsWith(...args) { return this.#text(".startsWith", "$startsWith", args); }
  endsWith(...args) { return this.#text(".endsWith", "$endsWith", args); }
  hasSome(...args) { return this.#set(".hasSome", "$hasSome", args); }
  hasAll(...args) { return this.#set(".hasAll", "$hasAll", args); }
  in(...args) { return this.#set(".in", "$in", args); }

  isEmpty(...args) {
    const problem = check.exactly(".isEmpty", args, 1) ?? check.field(".isEmpty", args[0]);
    return this.#condition(problem, args[0], "$eq", null);
  }

  isNotEmpty(...args) {
    const problem = check.exactly(".isNotEmpty", args, 1) ?? check.field(".isNotEmpty", args[0]);
    return this.#condition(problem, args[0], "$ne", null);
  }

  /** The start belongs to the range, the end does not. */
  between(...args) {
    const { 0: field, 1: start, 2: end } = args;
    const name = ".between";
    const problem = check.exactly(name, args, 3) ?? check.sameType(name, start, end) ?? check.comparable(name, start, false)
      ?? check.field(name, field);
    const from = this.#condition(problem, field, "$gte", start);
    return problem === null ? from.#condition(null, field, "$lt", end) : from;
  }

  and(...args) { return this.#combined(".and", args, (own, other) => both(own ?? {}, other)); }

  /** Beside no condition at all, which a query begins with, anything passes. */
  or(...args) { return this.#combined(".or", args, (own, other) => (own === null ? other : either(own, other))); }

  not(...args) { return this.#combined(".not", args, (own, other) => both(own ?? {}, { $not: [other] })); }

  /** The filter as it is sent. */
  build() {
    if (this.#problems.length === 0) return this.#tree ?? {};
    throw validationError(`Failed to build a filter.\n${ArrayPrototypeJoin(this.#problems, "\n")}.`);
  }

  getFilterModel() { return this.build(); }
}

/** Methods of filters that queries have, too. */
export const FILTER_METHODS = [
  "eq", "ne", "gt", "ge", "gte", "lt", "le", "lte", "exists", "contains", "startsWith", "endsWith", "hasSome", "hasAll",
  "in", "isEmpty", "isNotEmpty", "between", "and", "or", "not",
];

/** Adds fields to an order: `[{ fieldName, order }]`. Gives the new order, or what is wrong. */
export function sorted(order, operator, direction, args) {
  const fields = isArray(args[0]) && args.length === 1 ? args[0] : args;
  const problem = check.atLeast(operator, args, 1) ?? check.fieldNames(operator, fields);
  if (problem !== null) return { order, problem };
  const added = ArrayPrototypeSlice(order);
  for (let i = 0; i < fields.length; i++) ArrayPrototypePush(added, { fieldName: fields[i], order: direction });
  return { order: added, problem: null };
}
