//! Referenced items in the places of their references.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::{Reference, declared};
use crate::access::{Caller, Reach};
use crate::error::DataError;
use crate::item::compose;
use crate::read::Item;
use crate::request::{DEFAULT_LIMIT, MOST_ITEMS};
use crate::service::Shared;
use crate::sql::Sql;
use crate::tables::Table;

impl Shared {
    /// Puts referenced items into `items`: one for a reference, a list for a multi-reference. Where the caller may not
    /// look, ids stay.
    pub(crate) async fn include(
        &self,
        caller: &Caller,
        table: &Arc<Table>,
        include: &Value,
        items: &mut [Item],
    ) -> Result<(), DataError> {
        let Some(list) = include.as_array().filter(|list| !list.is_empty()) else { return Ok(()) };
        let broken = |_| DataError::new(500, "WDE0053", "an item in the database is no JSON");
        let mut parsed: Vec<Map<String, Value>> = items
            .iter()
            .map(|item| serde_json::from_str(&item.json).map_err(broken))
            .collect::<Result<_, _>>()?;
        for entry in list {
            let field = entry.get("field").and_then(Value::as_str).unwrap_or_default();
            let reference = declared(table, field)?;
            let limit = entry.get("limit").and_then(Value::as_i64).unwrap_or(DEFAULT_LIMIT);
            if !(1..=MOST_ITEMS).contains(&limit) {
                let reason =
                    format!("Invalid .include parameter [{limit}]. It must be 1 to {MOST_ITEMS}.");
                return Err(DataError::invalid("WDE0036", reason));
            }
            let Some(target) = self.readable_target(caller, reference.to).await? else { continue };
            if reference.is_multiple {
                self.include_many(
                    table,
                    &reference,
                    &target,
                    usize::try_from(limit).unwrap_or(0),
                    &mut parsed,
                )
                .await?;
            } else {
                self.include_one(&reference, &target, &mut parsed).await?;
            }
        }
        for (item, parsed) in items.iter_mut().zip(parsed) {
            item.json = Value::Object(parsed).to_string();
        }
        Ok(())
    }

    async fn include_one(
        &self,
        reference: &Reference<'_>,
        (target, reach): &(Arc<Table>, Reach<'_>),
        items: &mut [Map<String, Value>],
    ) -> Result<(), DataError> {
        let pointer = format!("/{}", reference.field.replace('.', "/"));
        let ids = |item: &Map<String, Value>| {
            place(item, &pointer).and_then(Value::as_str).map(str::to_owned)
        };
        let mut wanted: Vec<String> = items.iter().filter_map(ids).collect();
        wanted.sort_unstable();
        wanted.dedup();
        if wanted.is_empty() {
            return Ok(());
        }
        let mut sql = Sql::new(
            self.dialect,
            format!("SELECT {} FROM {} t WHERE t.id IN (", self.columns(), target.name()),
        );
        list(&mut sql, &wanted);
        crate::read::limit_to(&mut sql, *reach);
        let mut found = HashMap::new();
        for row in self.store.scan(sql.finish()?).await? {
            found.insert(row.text(0)?.to_owned(), value(&compose(&row, 0)?)?);
        }
        for item in items {
            let Some(id) = place(item, &pointer).and_then(Value::as_str).map(str::to_owned) else {
                continue;
            };
            if let (Some(found), Some(place)) = (found.get(&id), place_mut(item, &pointer)) {
                *place = found.clone();
            }
        }
        Ok(())
    }

    async fn include_many(
        &self,
        table: &Table,
        reference: &Reference<'_>,
        (target, reach): &(Arc<Table>, Reach<'_>),
        limit: usize,
        items: &mut [Map<String, Value>],
    ) -> Result<(), DataError> {
        let ids: Vec<String> =
            items.iter().filter_map(|item| item.get("_id")?.as_str().map(str::to_owned)).collect();
        if ids.is_empty() {
            return Ok(());
        }
        // The rank bounds what comes over for each item.
        let mut sql = Sql::new(
            self.dialect,
            format!(
                "SELECT * FROM (SELECT {}, r.item AS referring, r.place AS place, \
                 row_number() OVER (PARTITION BY r.item ORDER BY r.place) AS rank \
                 FROM data_reference r JOIN {} t ON t.id = r.target WHERE r.collection = ",
                self.columns(),
                target.name()
            ),
        );
        sql.bind(table.number);
        sql.push(" AND r.field = ");
        sql.bind(reference.field);
        sql.push(" AND r.item IN (");
        list(&mut sql, &ids);
        crate::read::limit_to(&mut sql, *reach);
        sql.push(") ranked WHERE rank <= ");
        sql.bind(i64::try_from(limit).unwrap_or(i64::MAX));
        sql.push(" ORDER BY referring, place");
        let mut found: HashMap<String, Vec<Value>> = HashMap::new();
        for row in self.store.scan(sql.finish()?).await? {
            found.entry(row.text(5)?.to_owned()).or_default().push(value(&compose(&row, 0)?)?);
        }
        for item in items {
            let id = item.get("_id").and_then(Value::as_str).unwrap_or_default();
            let list = found.remove(id).unwrap_or_default();
            item.insert(reference.field.to_owned(), Value::Array(list));
        }
        Ok(())
    }
}

fn list(sql: &mut Sql, ids: &[String]) {
    for (index, id) in ids.iter().enumerate() {
        sql.push(if index > 0 { ", " } else { "" });
        sql.bind(id.as_str());
    }
    sql.push(")");
}

fn value(json: &str) -> Result<Value, DataError> {
    serde_json::from_str(json)
        .map_err(|_| DataError::new(500, "WDE0053", "an item in the database is no JSON"))
}

fn place<'a>(item: &'a Map<String, Value>, pointer: &str) -> Option<&'a Value> {
    let (first, rest) = pointer[1..].split_once('/').unwrap_or((&pointer[1..], ""));
    let value = item.get(first)?;
    if rest.is_empty() { Some(value) } else { value.pointer(&format!("/{rest}")) }
}

fn place_mut<'a>(item: &'a mut Map<String, Value>, pointer: &str) -> Option<&'a mut Value> {
    let (first, rest) = pointer[1..].split_once('/').unwrap_or((&pointer[1..], ""));
    let value = item.get_mut(first)?;
    if rest.is_empty() { Some(value) } else { value.pointer_mut(&format!("/{rest}")) }
}
