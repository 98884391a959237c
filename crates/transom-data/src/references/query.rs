//! Following references.

use std::sync::Arc;

use serde_json::{Value, json};
use transom_store::Row;

use super::{Reference, declared};
use crate::Answer;
use crate::access::{Caller, Reach};
use crate::error::DataError;
use crate::item::{check_id, compose};
use crate::offset_cursor::Resumed;
use crate::read::{Item, limit_to, wrap};
use crate::request::{Paging, Request};
use crate::service::{Shared, strings};
use crate::sql::Sql;
use crate::tables::Table;

impl Shared {
    /// `POST /items/is-referenced`.
    pub(crate) async fn is_referenced(
        &self,
        caller: &Caller,
        request: &Request,
    ) -> Result<Answer, DataError> {
        let (table, reach) = self.readable(caller, request).await?;
        let reference = declared(&table, request.text("referringItemFieldName", "WDE0020")?)?;
        let item = check_id(request.text("referringItemId", "WDE0019")?)?;
        let target = check_id(request.text("referencedItemId", "WDE0019")?)?;
        let mut sql =
            Sql::new(self.dialect, format!("SELECT 1 FROM {} t WHERE t.id = ", table.name()));
        sql.bind(item);
        limit_to(&mut sql, reach);
        sql.push(" AND ");
        referring(&mut sql, &table, &reference, "t.id");
        sql.bind(target);
        sql.push(if reference.is_multiple { ")" } else { "" });
        let is_referenced = !self.store.read(sql.finish()?).await?.is_empty();
        Ok(Answer::ok(json!({ "isReferenced": is_referenced }).to_string()))
    }

    /// `POST /items/query-referenced`.
    pub(crate) async fn query_referenced(
        &self,
        caller: &Caller,
        request: Request,
    ) -> Result<Answer, DataError> {
        let Resumed { request, paging, .. } =
            Resumed::read(request, |request| Paging::read(&request.0))?;
        let (table, reach) = self.readable(caller, &request).await?;
        let reference = declared(&table, request.text("referringItemFieldName", "WDE0020")?)?;
        let mut items = strings(request.get("referringItemIds"));
        items.extend(strings(request.get("referringItemId")));
        if items.is_empty() || items.len() > 1000 {
            let reason = "Reference operation takes the IDs of 1 to 1000 items.";
            return Err(DataError::invalid("WDE0019", reason));
        }
        items.iter().try_for_each(|id| check_id(id).map(drop))?;
        let target = self.readable_target(caller, reference.to).await?;
        let statement = |columns: &str| {
            let mut sql = Sql::new(self.dialect, format!("SELECT {columns}"));
            self.following(&mut sql, (&table, reach), &reference, target.as_ref(), &items);
            sql
        };
        let total = if request.flag("returnTotalCount") {
            Some(self.counted(statement("COUNT(*)")).await?)
        } else {
            None
        };
        let columns = self.columns().replace("t.", "u.");
        let mut sql = statement(&format!("{columns}, l.item, l.target"));
        let descending = request.get("order").and_then(Value::as_str) == Some("DESC");
        sql.push(if descending {
            " ORDER BY l.item, l.place DESC"
        } else {
            " ORDER BY l.item, l.place"
        });
        sql.push(" LIMIT ");
        sql.bind(paging.limit + 1);
        sql.push(" OFFSET ");
        sql.bind(paging.offset);
        let mut rows = self.store.scan(sql.finish()?).await?;
        let limit = usize::try_from(paging.limit).unwrap_or(usize::MAX);
        let has_next = rows.len() > limit;
        rows.truncate(limit);
        let mut body = String::from("{\"results\":[");
        let mut found = Vec::new();
        for row in &rows {
            found.push(referenced(row)?);
        }
        if let (Some((target, _)), true) = (&target, request.get("fields").is_some()) {
            for item in found.iter_mut().filter_map(|(item, _, _)| item.as_mut()) {
                self.finish_items(
                    caller,
                    target,
                    request.get("fields"),
                    None,
                    std::slice::from_mut(item),
                )
                .await?;
            }
        }
        for (index, (item, referring, id)) in found.iter().enumerate() {
            body.push_str(if index > 0 { ",{" } else { "{" });
            body.push_str(&format!("\"referringItemId\":{},", json!(referring)));
            match item {
                Some(item) => {
                    body.push_str("\"dataItem\":");
                    wrap(&mut body, item, reference.to);
                }
                None => {
                    let unresolved = json!({
                        "referringItemId": referring,
                        "referringItemFieldName": reference.field,
                        "referencedItemId": id,
                        "unauthorized": target.is_none(),
                    });
                    body.push_str(&format!("\"unresolvedReference\":{unresolved}"));
                }
            }
            body.push('}');
        }
        let metadata = Resumed::metadata(&request, &paging, found.len(), has_next, total, None);
        body.push_str(&format!("],\"pagingMetadata\":{}}}", Value::Object(metadata)));
        Ok(Answer::ok(body))
    }

    /// The collection that references lead to, if the caller may look into it.
    pub(super) async fn readable_target<'a>(
        &self,
        caller: &'a Caller,
        id: &str,
    ) -> Result<Option<(Arc<Table>, Reach<'a>)>, DataError> {
        match self.readable_by_id(caller, id).await {
            Ok(found) => Ok(Some(found)),
            Err(error) if error.status() == 403 => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Appends `FROM` and `WHERE`: links `l` from `items`, and the items `u` that they lead to where they are seen.
    fn following(
        &self,
        sql: &mut Sql,
        (table, reach): (&Table, Reach<'_>),
        reference: &Reference<'_>,
        target: Option<&(Arc<Table>, Reach<'_>)>,
        items: &[String],
    ) {
        sql.push(" FROM (SELECT t.id AS item, ");
        if reference.is_multiple {
            sql.push(&format!(
                "r.target, r.place FROM {} t JOIN data_reference r ON r.item = t.id",
                table.name()
            ));
            sql.push(" AND r.collection = ");
            sql.bind(table.number);
            sql.push(" AND r.field = ");
            sql.bind(reference.field);
            sql.push(" WHERE TRUE");
        } else {
            let text = super::link_text(self.dialect, reference.field);
            sql.push(&format!(
                "{text} AS target, 0 AS place FROM {} t WHERE {text} IS NOT NULL",
                table.name()
            ));
        }
        sql.push(" AND t.id IN (");
        for (index, item) in items.iter().enumerate() {
            sql.push(if index > 0 { ", " } else { "" });
            sql.bind(item.as_str());
        }
        sql.push(")");
        limit_to(sql, reach);
        sql.push(") l LEFT JOIN ");
        match target {
            Some((target, reach)) => {
                sql.push(&format!("{} u ON u.id = l.target", target.name()));
                if let Some(owner) = reach.owner() {
                    sql.push(" AND u.owner = ");
                    sql.bind(owner);
                }
            }
            // Of items that may not be seen nothing is told but that they are meant.
            None => sql.push(&format!("{} u ON FALSE", table.name())),
        }
    }
}

/// Appends the beginning of the condition that an item refers to another one.
fn referring(sql: &mut Sql, table: &Table, reference: &Reference<'_>, item: &str) {
    if reference.is_multiple {
        sql.push(&format!(
            "EXISTS (SELECT 1 FROM data_reference r WHERE r.item = {item} AND r.collection = "
        ));
        sql.bind(table.number);
        sql.push(" AND r.field = ");
        sql.bind(reference.field);
        sql.push(" AND r.target = ");
    } else {
        let text = super::link_text(sql.dialect, reference.field);
        sql.push(&format!("{text} = "));
    }
}

/// The item of a row, if it is seen; who refers to it, and its id.
fn referenced(row: &Row) -> Result<(Option<Item>, String, String), DataError> {
    let (referring, id) = (row.text(5)?.to_owned(), row.text(6)?.to_owned());
    if row.optional_text(0)?.is_none() {
        return Ok((None, referring, id));
    }
    let item = Item { id: id.clone(), json: compose(row, 0)? };
    Ok((Some(item), referring, id))
}
