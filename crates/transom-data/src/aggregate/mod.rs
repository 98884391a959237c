//! Aggregation: a pipeline of stages, or the form of the builder, which becomes one. Spec: section 10.1.
//!
//! The database filters; items then flow through the stages some hundred at a time, so that only what a stage has to
//! keep (groups, a sorted list) is in memory. They do so on a thread that may block: the caller's answers other requests.

mod budget;
mod expression;
mod group;
mod pipeline;
mod project;

use std::sync::Arc;

use serde_json::{Map, Value, json};
use transom_store::{Row, StoreError};

use crate::Answer;
use crate::access::{Caller, Reach};
use crate::error::DataError;
use crate::filter::{self, Filter};
use crate::item::compose;
use crate::offset_cursor::Resumed;
use crate::read::limit_to;
use crate::request::{Paging, Request};
use crate::service::{Shared, strings};
use crate::sql::Sql;
use crate::tables::Table;
use pipeline::Pipeline;

/// Items that are read at once.
const LOT: i64 = 500;
/// The same when these would be more than may be in memory: as many items of the largest size are not.
const SMALL_LOT: i64 = 100;

impl Shared {
    /// `POST /items/aggregate`.
    pub(crate) async fn aggregate(
        &self,
        caller: &Caller,
        request: Request,
    ) -> Result<Answer, DataError> {
        let Resumed { request, paging, .. } =
            Resumed::read(request, |request| Paging::read(&request.0))?;
        let stages = builder_stages(&request)?;
        self.run_pipeline(caller, &request, &paging, &stages, request.get("initialFilter")).await
    }

    /// `POST /items/aggregate-pipeline`.
    pub(crate) async fn aggregate_pipeline(
        &self,
        caller: &Caller,
        request: Request,
    ) -> Result<Answer, DataError> {
        let empty = Map::new();
        let of = |request: &Request| {
            let pipeline = request.get("pipeline").and_then(Value::as_object);
            Paging::read(pipeline.unwrap_or(&empty))
        };
        let Resumed { request, paging, .. } = Resumed::read(request, of)?;
        let stages = match request.get("pipeline").and_then(|pipeline| pipeline.get("stages")) {
            Some(Value::Array(stages)) => stages.clone(),
            None | Some(Value::Null) => Vec::new(),
            Some(_) => {
                return Err(DataError::invalid("WDE0057", "pipeline.stages should be an Array."));
            }
        };
        self.run_pipeline(caller, &request, &paging, &stages, None).await
    }

    async fn run_pipeline(
        &self,
        caller: &Caller,
        request: &Request,
        paging: &Paging,
        stages: &[Value],
        initial: Option<&Value>,
    ) -> Result<Answer, DataError> {
        let (table, reach) = self.readable(caller, request).await?;
        let mut filters = vec![filter::parse(initial)?];
        // Filters that come first are the database's.
        let first = stages.iter().take_while(|stage| stage.get("filter").is_some()).count();
        for stage in &stages[..first] {
            filters.push(filter::parse(stage.get("filter"))?);
        }
        let pipeline = Pipeline::parse(&stages[first..])?;
        let pipeline = self.feed(&table, reach, &Filter::And(filters), pipeline).await?;
        let results = aside(move || pipeline.finish()).await?;
        let total = i64::try_from(results.len()).unwrap_or(i64::MAX);
        let skip = usize::try_from(paging.offset).unwrap_or(usize::MAX);
        let take = usize::try_from(paging.limit).unwrap_or(usize::MAX);
        let page: Vec<Value> = results.into_iter().skip(skip).take(take).collect();
        let has_next = total > paging.offset.saturating_add(paging.limit);
        let total = request.flag("returnTotalCount").then_some(total);
        let metadata = Resumed::metadata(request, paging, page.len(), has_next, total, None);
        Ok(Answer::ok(json!({ "results": page, "pagingMetadata": metadata }).to_string()))
    }

    /// Reads all items that pass a filter, in their order, into a pipeline.
    async fn feed(
        &self,
        table: &Arc<Table>,
        reach: Reach<'_>,
        filter: &Filter,
        mut pipeline: Pipeline,
    ) -> Result<Pipeline, DataError> {
        let (mut last, mut lot) = (0, LOT);
        while !pipeline.is_full() {
            let mut sql = Sql::new(
                self.dialect,
                format!("SELECT {}, t.seq FROM {} t WHERE t.seq > ", self.columns(), table.name()),
            );
            sql.bind(last);
            sql.push(" AND ");
            self.condition(table, &mut sql, filter);
            limit_to(&mut sql, reach);
            sql.push(" ORDER BY t.seq LIMIT ");
            sql.bind(lot);
            let rows = match self.store.scan(sql.finish()?).await {
                Err(StoreError::TooMuch { .. }) if lot > SMALL_LOT => {
                    lot = SMALL_LOT;
                    continue;
                }
                rows => rows?,
            };
            let Some(end) = rows.last() else { return Ok(pipeline) };
            last = end.integer(5)?;
            let pushed = move || {
                for row in &rows {
                    pipeline.push(document(row)?)?;
                }
                Ok(pipeline)
            };
            pipeline = aside(pushed).await?;
        }
        Ok(pipeline)
    }
}

/// Runs work on a thread that may block.
async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, DataError> + Send + 'static,
) -> Result<T, DataError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|_| Err(DataError::new(500, "WDE0053", "an aggregation did not end")))
}

fn document(row: &Row) -> Result<Value, DataError> {
    serde_json::from_str(&compose(row, 0)?)
        .map_err(|_| DataError::new(500, "WDE0053", "an item in the database is no JSON"))
}

/// The stages that the form of the builder stands for: group, filter, sort.
fn builder_stages(request: &Request) -> Result<Vec<Value>, DataError> {
    let empty = json!({});
    let aggregation = request.get("aggregation").unwrap_or(&empty);
    let ids = strings(aggregation.get("groupingFields"));
    let ids: Vec<Value> = ids
        .iter()
        .map(|field| json!({ "key": field, "expression": { "fieldPath": field } }))
        .collect();
    let operations =
        aggregation.get("operations").and_then(Value::as_array).cloned().unwrap_or_default();
    let mut accumulators = Vec::with_capacity(operations.len());
    for operation in &operations {
        let name = operation.get("resultFieldName").cloned().unwrap_or(Value::Null);
        let found = [("average", "avg"), ("min", "min"), ("max", "max"), ("sum", "sum")]
            .iter()
            .find_map(|(wire, stage)| {
                Some((*stage, operation.get(*wire).filter(|part| !part.is_null())?))
            });
        let mut accumulator = json!({ "resultFieldName": name });
        match found {
            Some((stage, part)) => {
                let field = part.get("itemFieldName").cloned().unwrap_or(Value::Null);
                accumulator[stage] = json!({ "expression": { "fieldPath": field } });
            }
            None if operation.get("itemCount").is_some_and(|count| !count.is_null()) => {
                accumulator["sum"] = json!({ "expression": { "numeric": 1 } });
            }
            None => {
                let reason =
                    format!("The operation [{name}] of an aggregation does nothing that is known.");
                return Err(DataError::invalid("WDE0055", reason));
            }
        }
        accumulators.push(accumulator);
    }
    let mut stages = Vec::new();
    if !ids.is_empty() || !accumulators.is_empty() {
        stages.push(json!({ "group": { "groupIds": ids, "accumulators": accumulators } }));
    }
    if let Some(filter) = request.get("finalFilter") {
        stages.push(json!({ "filter": filter }));
    }
    if let Some(sort) = request.get("sort") {
        stages.push(json!({ "sort": { "values": sort } }));
    }
    Ok(stages)
}
