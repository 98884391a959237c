// @ts-check
// Pipelines for `aggregatePipeline`: stages and the expressions in them. Each builder changes itself.
// Spec: wix-http-endpoints.md section 10.1.

import { FILTER_METHODS, FilterBuilder, ofQuery } from "transom:internal/app/data/filter";
import { primordials } from "transom:internal/primordials";

const { ArrayPrototypeMap, ArrayPrototypePush, ObjectFreeze, ReflectApply } = primordials;

const built = (part) => part.build();
const expression = (value) => ({ build: () => value });
const ofMany = (name) => (...parts) => expression({ [name]: { expressions: ArrayPrototypeMap(parts, built) } });
const ofOne = (name) => (part) => expression({ [name]: { expression: part.build() } });
const ofTwo = (name) => (first, second) => expression({
  [name]: { firstExpression: first.build(), secondExpression: second.build() },
});

export const expressions = ObjectFreeze({
  field: (fieldPath) => expression({ fieldPath }),
  text: (value) => expression({ text: value }),
  numeric: (value) => expression({ numeric: value }),
  add: ofMany("add"),
  subtract: ofTwo("subtract"),
  multiply: ofMany("multiply"),
  divide: ofTwo("divide"),
  sum: ofMany("sum"),
  abs: ofOne("abs"),
  mod: ofTwo("mod"),
  floor: ofOne("floor"),
  ceil: ofOne("ceil"),
  concat: ofMany("concat"),
  stringify: ofOne("stringify"),
  toLower: ofOne("toLower"),
  toUpper: ofOne("toUpper"),
  substring: (part, start, length) => expression({
    substring: { expression: part.build(), startExpression: start.build(), lengthExpression: length.build() },
  }),
  length: ofOne("length"),
});

/** A filter as a stage: each call returns a new one. */
function filterStage(filter) {
  const stage = { build: () => ({ filter: filter.build() }) };
  for (let i = 0; i < FILTER_METHODS.length; i++) {
    const method = FilterBuilder.prototype[FILTER_METHODS[i]];
    stage[FILTER_METHODS[i]] = (...args) => filterStage(ReflectApply(method, filter, args));
  }
  return stage;
}

function projectStage() {
  const fields = [];
  const add = (list, kind) => {
    for (let i = 0; i < list.length; i++) ArrayPrototypePush(fields, { [kind]: { fieldName: list[i] } });
    return stage;
  };
  const stage = {
    include: (...names) => add(names, "include"),
    exclude: (...names) => add(names, "exclude"),
    reshape(part, resultFieldName) {
      ArrayPrototypePush(fields, { reshape: { resultFieldName, expression: part.build() } });
      return stage;
    },
    projectNested(nested, resultFieldName) {
      ArrayPrototypePush(fields, { projectNested: { resultFieldName, fields: nested.build().projection.fields } });
      return stage;
    },
    build: () => ({ projection: { fields } }),
  };
  return stage;
}

function groupStage() {
  const groupIds = [];
  const accumulators = [];
  const stage = {
    by(part, key) {
      ArrayPrototypePush(groupIds, { expression: part.build(), key });
      return stage;
    },
    count: (resultFieldName) => stage.sum(expressions.numeric(1), resultFieldName),
    build: () => ({ group: { groupIds, accumulators } }),
  };
  const kinds = ["sum", "avg", "min", "max", "first", "last", "push"];
  for (let i = 0; i < kinds.length; i++) {
    stage[kinds[i]] = (part, resultFieldName) => {
      ArrayPrototypePush(accumulators, { [kinds[i]]: { expression: part.build() }, resultFieldName });
      return stage;
    };
  }
  return stage;
}

function sortStage() {
  const values = [];
  const add = (fields, order) => {
    for (let i = 0; i < fields.length; i++) ArrayPrototypePush(values, { fieldName: fields[i], order });
    return stage;
  };
  const stage = {
    ascending: (...fields) => add(fields, "ASC"),
    descending: (...fields) => add(fields, "DESC"),
    build: () => ({ sort: { values } }),
  };
  return stage;
}

export const stages = ObjectFreeze({
  filter: () => filterStage(ofQuery()),
  project: projectStage,
  group: groupStage,
  unwind: (arrayFieldName) => expression({ unwindArray: { arrayFieldName } }),
  sort: sortStage,
  limit: (limit) => expression({ limit }),
  skip: (skip) => expression({ skip }),
  objectToArray: (objectFieldName, destinationFieldName) => expression({
    objectToArray: { objectFieldName, destinationFieldName },
  }),
});

export function pipelineBuilder() {
  let list = [];
  let paging = {};
  const builder = {
    withStages(stages) {
      list = stages;
      return builder;
    },
    withPaging(place) {
      paging = "cursor" in place ? { cursorPaging: place } : { paging: place };
      return builder;
    },
    build: () => ({ stages: ArrayPrototypeMap(list, built), ...paging }),
  };
  return builder;
}
