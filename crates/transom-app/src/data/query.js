// @ts-check
// Queries and searches that are put together call by call. Each call returns a new one; `find`, `count`, `distinct` and
// `run` send it.
// Spec: wix-http-endpoints.md section 10.1.

import * as check from "transom:internal/app/data/arguments";
import { FILTER_METHODS, FilterBuilder, isFilter, ofQuery, problemsOf, sorted, treeOf } from "transom:internal/app/data/filter";
import { validationError } from "transom:internal/app/data/errors";
import { primordials } from "transom:internal/primordials";

const {
  ArrayPrototypeConcat, ArrayPrototypeJoin, ArrayPrototypeMap, ArrayPrototypeSlice, ObjectDefineProperty, ReflectApply,
} = primordials;

/** What every query begins as. */
const START = {
  __proto__: null,
  collection: "",
  /** @type {FilterBuilder | null} */
  filter: null,
  /** @type {{ fieldName: string, order: string }[]} */
  order: [],
  fields: [],
  included: [],
  groups: [],
  limit: undefined,
  skip: 0,
  random: undefined,
  problems: [],
};

/** The filter that a query or a filter is, for `and`, `or` and `not`; what is neither is refused there. */
const filterOf = (value) => (isQuery(value) ? filterIn(value) : value);

/** @type {(value: any) => boolean} */
let isQuery;
/** @type {(query: any) => FilterBuilder} */
let filterIn;
/** @type {(query: any, changes: object) => any} A query like this one but for `changes`. */
export let changed;
/** @type {(query: any) => any} What a query holds. */
export let stateOf;

/** What queries, searches and aggregations have in common: a filter, an order, and a page. */
export class Conditions {
  #state;

  constructor(state) {
    this.#state = state;
  }

  static {
    isQuery = (value) => value !== null && typeof value === "object" && #state in value;
    stateOf = (query) => query.#state;
    filterIn = (query) => query.#state.filter ?? ofQuery();
    changed = (query, changes) => new query.constructor({ __proto__: null, ...query.#state, ...changes });
  }

  ascending(...fields) { return ordered(this, ".ascending", "ASC", fields); }
  descending(...fields) { return ordered(this, ".descending", "DESC", fields); }

  limit(...args) {
    const { 0: limit } = args;
    const problem = check.exactly(".limit", args, 1) ?? check.positive(".limit", limit) ?? check.integer(".limit", limit);
    return problem === null ? changed(this, { limit }) : withProblem(this, problem, { limit });
  }

  skip(...args) {
    const { 0: skip } = args;
    const problem = check.exactly(".skip", args, 1) ?? check.notNegative(".skip", skip) ?? check.integer(".skip", skip);
    return problem === null ? changed(this, { skip }) : withProblem(this, problem, { skip });
  }

  getFilterModel() { return filterIn(this).build(); }
}

for (const name of FILTER_METHODS) {
  const method = FilterBuilder.prototype[name];
  const value = {
    [name](...args) {
      const filter = ReflectApply(method, filterIn(this), ArrayPrototypeMap(args, filterOf));
      return changed(this, { filter });
    },
  }[name];
  ObjectDefineProperty(Conditions.prototype, name, { __proto__: null, value, writable: true, configurable: true });
}

function ordered(query, operator, direction, fields) {
  const { order, problem } = sorted(stateOf(query).order, operator, direction, fields);
  return problem === null ? changed(query, { order }) : withProblem(query, problem);
}

export function withProblem(query, problem, changes = {}) {
  return changed(query, { ...changes, problems: ArrayPrototypeConcat(stateOf(query).problems, [problem]) });
}

/** All that is wrong with a query, and with `filters` beside its own. */
export function problemsIn(query, ...filters) {
  let { problems } = stateOf(query);
  problems = ArrayPrototypeConcat(problems, problemsOf(filterIn(query)));
  for (let i = 0; i < filters.length; i++) problems = ArrayPrototypeConcat(problems, problemsOf(filters[i]));
  return problems;
}

/** The filter of a query as it is sent; a lone condition needs no conjunction. */
export const filterTree = (query) => treeOf(filterIn(query));

/** What queries and searches have in common. */
class Selection extends Conditions {
  fields(...fields) { return changed(this, { fields: ArrayPrototypeConcat(stateOf(this).fields, fields) }); }

  /** References to put the items in the place of; a number at the end is how many of each. */
  include(...args) {
    if (args.length === 0) return this;
    const last = args[args.length - 1];
    const limit = typeof last === "number" ? last : undefined;
    const names = limit === undefined ? args : ArrayPrototypeSlice(args, 0, -1);
    const { included } = stateOf(this);
    const added = ArrayPrototypeMap(names, (field) => ({ field, limit }));
    const changes = { included: ArrayPrototypeConcat(included, added) };
    for (let i = 0; i < names.length; i++) {
      const problem = check.filledText(names[i], ".include");
      if (problem !== null) return withProblem(this, problem, changes);
    }
    return changed(this, changes);
  }
}

/** A query; `run` has what sends it. */
export class Query extends Selection {
  static of(collection, run) { return new Query({ ...START, __proto__: null, collection, run }); }

  includeFieldGroups(...groups) { return changed(this, { groups: ArrayPrototypeConcat(stateOf(this).groups, groups) }); }

  randomSort(...args) {
    const seed = args[0]?.seed;
    const problem = check.exactly(".randomSort", args, 1)
      ?? (seed === undefined ? null : check.integer(".randomSort.seed", seed));
    const changes = { random: { seed } };
    return problem === null ? changed(this, changes) : withProblem(this, problem, changes);
  }

  find(...args) { return stateOf(this).run.find(this, args); }
  count(...args) { return stateOf(this).run.count(this, args); }
  distinct(...args) { return stateOf(this).run.distinct(this, args); }
}

/** A search for words. */
export class Search extends Selection {
  static of(collection, run) { return new Search({ ...START, __proto__: null, collection, run }); }

  expression(expression) { return changed(this, { expression }); }
  andMode() { return changed(this, { mode: "AND" }); }
  orMode() { return changed(this, { mode: "OR" }); }
  fuzzy() { return changed(this, { fuzzy: true }); }
  run(...args) { return stateOf(this).run.run(this, args); }
}

/** An aggregation: groups of items, and what is counted of each. */
export class Aggregate extends Conditions {
  static of(collection, run) {
    return new Aggregate({ ...START, __proto__: null, collection, run, operations: [], groups: [], having: null });
  }

  sum(...args) { return accumulated(this, "sum", "Sum", args); }
  avg(...args) { return accumulated(this, "average", "Avg", args, "avg"); }
  min(...args) { return accumulated(this, "min", "Min", args); }
  max(...args) { return accumulated(this, "max", "Max", args); }

  count(...args) {
    const operation = { resultFieldName: args[0] ?? "count", itemCount: {} };
    const next = changed(this, { operations: ArrayPrototypeConcat(stateOf(this).operations, [operation]) });
    const problem = check.exactly("count", args, 0);
    return problem === null ? next : withProblem(next, problem);
  }

  group(...fields) {
    const isSet = stateOf(this).groups.length > 0;
    const problem = check.atLeast(".group", fields, 1)
      ?? (isSet ? "WDE0013: Invalid .group usage. Group is already set." : null);
    return problem === null ? changed(this, { groups: fields }) : withProblem(this, problem, { groups: fields });
  }

  filter(...args) {
    const problem = soleFilter(".filter", stateOf(this).filter, args);
    return problem === null ? changed(this, { filter: args[0] }) : withProblem(this, problem);
  }

  having(...args) {
    const problem = soleFilter(".having", stateOf(this).having, args);
    return problem === null ? changed(this, { having: args[0] }) : withProblem(this, problem);
  }

  run(...args) { return stateOf(this).run.run(this, args); }
}

function accumulated(query, operation, suffix, args, operator = operation) {
  const { 0: field, 1: name } = args;
  const problem = check.atLeast(operator, args, 1) ?? check.text(operator, field)
    ?? (name === undefined ? null : check.text(operator, name));
  const added = { resultFieldName: name ?? `${String(field)}${suffix}`, [operation]: { itemFieldName: field } };
  const next = changed(query, { operations: ArrayPrototypeConcat(stateOf(query).operations, [added]) });
  return problem === null ? next : withProblem(next, problem);
}

function soleFilter(operator, present, args) {
  const wrong = check.exactly(operator, args, 1);
  if (wrong !== null) return wrong;
  if (present !== null) return `WDE0012: Invalid ${operator} usage. Filter is already set.`;
  return isFilter(args[0]) ? null : `WDE0011: Invalid ${operator} usage. ${operator} requires WixDataFilter.`;
}

/** A condition given in an option: a filter, a query, or the filter itself. */
export function filterFrom(value) {
  if (isFilter(value) || isQuery(value)) return value.getFilterModel();
  if (value !== null && typeof value === "object" && typeof value.getFilterModel === "function") return value.getFilterModel() ?? {};
  return value;
}

/** Refuses what a builder was called with. */
export function refuseProblems(what, problems) {
  if (problems.length > 0) throw validationError(`Failed to build ${what}.\n${ArrayPrototypeJoin(problems, "\n")}`);
}
