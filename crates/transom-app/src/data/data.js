// @ts-check
// What `@wix/data` exports, for projects that have not installed it: functions that act as the caller of the current
// request, or, through `auth.elevate`, as the app.
// Spec: wix-http-endpoints.md section 10.

import * as bulk from "transom:internal/app/data/bulk";
import * as declared from "transom:internal/app/data/collections";
import * as drafts from "transom:internal/app/data/drafts";
import { FilterBuilder } from "transom:internal/app/data/filter";
import * as single from "transom:internal/app/data/items";
import * as jobs from "transom:internal/app/data/jobs";
import { expressions, pipelineBuilder, stages } from "transom:internal/app/data/pipeline";
import * as references from "transom:internal/app/data/references";
import * as requests from "transom:internal/app/data/requests";
import * as select from "transom:internal/app/data/select";
import { sdkFunction } from "transom:internal/app/identity/sdk";
import { primordials } from "transom:internal/primordials";

const { ObjectFreeze, ObjectKeys } = primordials;

/** Functions of the SDK for the descriptors of a module. */
function functionsOf(descriptors) {
  const made = {};
  const names = ObjectKeys(descriptors);
  for (let i = 0; i < names.length; i++) made[names[i]] = sdkFunction(descriptors[names[i]]);
  return made;
}

/** Events are declared for the platform, which calls them; here nothing does. */
const event = { __type: "event-definition" };

const { query, search, aggregate, aggregatePipeline, countItems, distinctValues } = select;

export const items = ObjectFreeze({
  ...functionsOf(single),
  ...functionsOf(bulk),
  ...functionsOf(references),
  ...functionsOf(jobs),
  ...functionsOf(drafts),
  ...functionsOf({ query, search, aggregate, aggregatePipeline, count: countItems, distinct: distinctValues }),
  filter: sdkFunction(() => () => new FilterBuilder()),
  onDataItemCreated: sdkFunction(event),
  onDataItemUpdated: sdkFunction(event),
  onDataItemDeleted: sdkFunction(event),
  ...requests,
  Environment: ObjectFreeze({ LIVE: "LIVE", SANDBOX: "SANDBOX", SANDBOX_PREFERRED: "SANDBOX_PREFERRED" }),
  stages, Stages: stages, expressions, Expressions: expressions, pipelineBuilder, PipelineBuilder: pipelineBuilder,
});

const LEVELS = { __proto__: null };
for (const level of ["ANYONE", "SITE_MEMBER", "SITE_MEMBER_AUTHOR", "CMS_EDITOR", "PRIVILEGED"]) LEVELS[level] = level;

export const collections = ObjectFreeze({ ...functionsOf(declared), AccessLevel: ObjectFreeze({ ...LEVELS }) });

export { expressions as Expressions, pipelineBuilder as PipelineBuilder, stages as Stages };
export { Filter, QueryBuilder, SearchBuilder, SearchParams, Sort } from "transom:internal/app/data/requests";
