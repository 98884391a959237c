//! The values that a field has.

use serde_json::{Value, json};

use super::cursor::Direction;
use super::limit_to;
use crate::Answer;
use crate::access::{Caller, Reach};
use crate::dates;
use crate::error::DataError;
use crate::filter::{self, Filter, Place, field, path};
use crate::key::Key;
use crate::offset_cursor::Resumed;
use crate::request::{Paging, Request};
use crate::service::Shared;
use crate::sql::{Sql, element_key, reached};
use crate::tables::Table;

impl Shared {
    /// `POST /items/query-distinct-values`. Elements of a list count one by one; what is missing does not.
    pub(crate) async fn distinct(
        &self,
        caller: &Caller,
        request: Request,
    ) -> Result<Answer, DataError> {
        let Resumed { request, mut paging, edge } =
            Resumed::read(request, |request| Paging::read(&request.0))?;
        let (table, reach) = self.readable(caller, &request).await?;
        let name = path(request.text("fieldName", "WDE0003")?)?;
        let filter = filter::parse(request.get("filter"))?;
        let total = if request.flag("returnTotalCount") {
            let mut sql = Sql::new(self.dialect, "SELECT COUNT(*) FROM (");
            self.distinct_keys(&mut sql, &table, reach, &name, &filter);
            sql.push(") d");
            Some(self.counted(sql).await?)
        } else {
            None
        };
        let mut sql = Sql::new(self.dialect, "SELECT k FROM (");
        let is_time = self.distinct_keys(&mut sql, &table, reach, &name, &filter);
        let descending = request.get("order").and_then(Value::as_str) == Some("DESC");
        let is_back = edge.as_ref().is_some_and(|edge| edge.direction == Direction::Back);
        let falls = descending != is_back;
        sql.push(") d");
        let skipped = match &edge {
            None => paging.offset,
            Some(edge) => {
                sql.push(if falls { " WHERE k < " } else { " WHERE k > " });
                sql.bind(edge.value.clone());
                0
            }
        };
        sql.push(if falls { " ORDER BY k DESC LIMIT " } else { " ORDER BY k LIMIT " });
        sql.bind(paging.limit + 1);
        sql.push(" OFFSET ");
        sql.bind(skipped);
        let mut rows = self.store.scan(sql.finish()?).await?;
        let limit = usize::try_from(paging.limit).unwrap_or(usize::MAX);
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        if is_back {
            rows.reverse();
        }
        let has_next = has_more || is_back;
        if is_back && has_more {
            paging.offset = paging.offset.max(1); // Others have come before what was first.
        }
        let is_column = name.len() == 1 && matches!(name[0].as_str(), "_id" | "_owner");
        let value = |row: &transom_store::Row| match row.value(0) {
            Some(transom_store::Value::Integer(time)) if is_time => {
                json!({ "$date": dates::print(*time) })
            }
            Some(transom_store::Value::Text(text)) if is_column => json!(text),
            Some(key) => Key::decode(key, self.dialect),
            None => Value::Null,
        };
        let values: Vec<Value> = rows.iter().map(value).collect();
        let end = |row: Option<&transom_store::Row>| row.and_then(|row| row.value(0)).cloned();
        let ends = end(rows.first()).zip(end(rows.last()));
        let ends = ends.as_ref().map(|(first, last)| (first, last));
        let metadata = Resumed::metadata(&request, &paging, values.len(), has_next, total, ends);
        let body = json!({ "distinctValues": values, "pagingMetadata": metadata });
        Ok(Answer::ok(body.to_string()))
    }

    /// Appends a query for the keys `k`, each once; answers whether they are times.
    fn distinct_keys(
        &self,
        sql: &mut Sql,
        table: &Table,
        reach: Reach<'_>,
        path: &filter::Path,
        filter: &Filter,
    ) -> bool {
        let place = field(sql, table, path);
        let from = format!("FROM {} t", table.name());
        let conditions = |sql: &mut Sql, condition: &str| {
            sql.push(&format!(" WHERE {condition} AND "));
            self.condition(table, sql, filter);
            limit_to(sql, reach);
        };
        match place {
            Place::TextColumn(column) | Place::TimeColumn(column) => {
                sql.push(&format!("SELECT DISTINCT {column} AS k {from}"));
                conditions(sql, &format!("{column} IS NOT NULL"));
                return matches!(place, Place::TimeColumn(_));
            }
            Place::Json { json, through, .. } => {
                let key = json.key();
                let others: Vec<String> = [Key::Missing, Key::Array, Key::Object]
                    .iter()
                    .map(|key| sql.parameter(key.to_sql(self.dialect)))
                    .collect();
                let others = others.join(", ");
                sql.push(&format!("SELECT {key} AS k {from}"));
                conditions(sql, &format!("{key} NOT IN ({others})"));
                let element = element_key(self.dialect);
                let join = if self.dialect == transom_store::Dialect::Postgres {
                    "CROSS JOIN LATERAL"
                } else {
                    "JOIN"
                };
                sql.push(&format!(
                    " UNION SELECT {element} AS k {from} {join} {}",
                    json.elements()
                ));
                conditions(
                    sql,
                    &format!("{} AND {element} NOT IN ({others})", json.is_array_key(&key)),
                );
                if let Some(path) = through {
                    let reached = reached(sql, &path);
                    sql.push(&format!(" UNION SELECT {element} AS k {from} {join} {reached}"));
                    conditions(sql, &format!("{element} NOT IN ({others})"));
                }
            }
            Place::References(name) => {
                sql.push(&format!(
                    "SELECT DISTINCT r.target AS k {from} JOIN data_reference r ON r.item = t.id"
                ));
                let (number, name) = (sql.parameter(table.number), sql.parameter(name));
                conditions(sql, &format!("r.collection = {number} AND r.field = {name}"));
            }
        }
        false
    }
}
