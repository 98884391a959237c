// `@wix/data`, for projects that have not installed it.
// Spec: wix-http-endpoints.md section 10.

export {
  collections, Expressions, Filter, items, PipelineBuilder, QueryBuilder, SearchBuilder, SearchParams, Sort, Stages,
} from "transom:internal/app/data/data";
