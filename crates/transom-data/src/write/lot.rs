//! Many new items by one statement, as files bring them: one way to the database and back for all of them, where one
//! for each would take most of the time. Items and references travel as the text of one JSON list.

use std::collections::HashSet;
use std::fmt::Write;

use transom_store::{Batch, Dialect, Refused, Row, Statement, StoreError};

use super::change::links;
use crate::dates;
use crate::error::DataError;
use crate::item::New;
use crate::json::quote;
use crate::service::Shared;
use crate::tables::Table;

/// What becomes of an item whose id is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Present {
    /// It stays as it is, and the new one is left out.
    Stays,
    /// Nothing is written of the whole.
    Refuses,
    /// The new one takes its place.
    Goes,
}

/// A reference as a backup holds it.
pub(crate) struct Link {
    pub(crate) field: String,
    pub(crate) item: String,
    pub(crate) target: String,
    pub(crate) place: i64,
}

/// Rows `e` of a list of lists: how one of its elements is read as text, as a number and as JSON.
struct Rows {
    source: &'static str,
    text: fn(usize) -> String,
    number: fn(usize) -> String,
    json: fn(usize) -> String,
}

fn rows(dialect: Dialect) -> Rows {
    match dialect {
        Dialect::Sqlite => Rows {
            source: "json_each($1) AS e ORDER BY e.key",
            text: |index| format!("e.value ->> {index}"),
            number: |index| format!("e.value ->> {index}"),
            json: |index| format!("e.value -> {index}"),
        },
        Dialect::Postgres => Rows {
            source: "jsonb_array_elements($1::text::jsonb) WITH ORDINALITY AS e(v, n) ORDER BY e.n",
            text: |index| format!("e.v ->> {index}"),
            number: |index| format!("(e.v ->> {index})::bigint"),
            json: |index| format!("e.v -> {index}"),
        },
    }
}

/// Inserts items as the project itself; finds the ids of those that were written.
fn insertion(dialect: Dialect, table: &Table, items: &[New], present: Present) -> Statement {
    let mut list = String::from("[");
    let now = dates::now();
    for new in items {
        let separator = if list.len() > 1 { "," } else { "" };
        let (created, updated) = new.times.unwrap_or((now, now));
        list.push_str(separator);
        list.push('[');
        quote(&mut list, &new.id);
        list.push(',');
        match &new.owner {
            Some(owner) => quote(&mut list, owner),
            None => list.push_str("null"),
        }
        // Writing to a string does not fail.
        let _ = write!(list, ",{created},{updated},{}]", new.data);
    }
    list.push(']');
    let Rows { source, text, number, json } = rows(dialect);
    let (name, has_times) = (table.name(), items.iter().any(|new| new.times.is_some()));
    let conflict = match present {
        Present::Stays | Present::Refuses => "DO NOTHING".to_owned(),
        Present::Goes => {
            let created = if has_times { "EXCLUDED" } else { name.as_str() };
            format!(
                "DO UPDATE SET owner = COALESCE(EXCLUDED.owner, {name}.owner), \
                 created = {created}.created, updated = EXCLUDED.updated, data = EXCLUDED.data"
            )
        }
    };
    let (id, owner, created) = (text(0), text(1), number(2));
    let (updated, data) = (number(3), json(4));
    let insert = format!(
        "INSERT INTO {name} (id, owner, created, updated, data) \
         SELECT {id}, {owner}, {created}, {updated}, {data} FROM {source} \
         ON CONFLICT (id) {conflict} RETURNING id"
    );
    Statement::new(insert).bind(list)
}

/// Inserts references, which must not be there.
pub(crate) fn linking(dialect: Dialect, table: &Table, references: &[Link]) -> Statement {
    let mut list = String::from("[");
    for Link { field, item, target, place } in references {
        list.push_str(if list.len() > 1 { ",[" } else { "[" });
        for text in [field, item, target] {
            quote(&mut list, text);
            list.push(',');
        }
        let _ = write!(list, "{place}]"); // Writing to a string does not fail.
    }
    list.push(']');
    let Rows { source, text, number, .. } = rows(dialect);
    let (field, item, target, place) = (text(0), text(1), text(2), number(3));
    let insert = format!(
        "INSERT INTO data_reference (collection, field, item, target, place) \
         SELECT {}, {field}, {item}, {target}, {place} FROM {source}",
        table.number
    );
    Statement::new(insert).bind(list)
}

/// The steps that write items as the project itself, all of which are new to each other.
pub(crate) fn writing(dialect: Dialect, table: &Table, items: &[New], present: Present) -> Batch {
    let insert = insertion(dialect, table, items, present);
    if present == Present::Refuses {
        return Batch::new().require(items.len() as u64, insert);
    }
    let linked = items.iter().filter(|new| !new.references.is_empty());
    let linked: Vec<(String, Batch)> =
        linked.map(|new| (new.id.clone(), links(table, new))).collect();
    let mut batch = Batch::new();
    batch.decide(insert, move |rows| {
        if linked.is_empty() {
            return Ok(Batch::new());
        }
        let written = written(rows).map_err(|_| Refused)?;
        let mut next = Batch::new();
        for (_, links) in linked.iter().filter(|(id, _)| written.contains(id.as_str())) {
            next.append(links.clone());
        }
        Ok(next)
    });
    batch
}

/// The ids in the rows that an insertion found.
fn written(rows: &[Row]) -> Result<HashSet<&str>, StoreError> {
    rows.iter().map(|row| row.text(0)).collect()
}

impl Shared {
    /// Writes items as the project itself, and runs `more`, in one transaction. `None`, and nothing written, where only a
    /// look at each item tells what becomes of it: when one has the unique value or the id of another.
    ///
    /// # Errors
    /// When the database does not do its work.
    pub(crate) async fn write_lot(
        &self,
        table: &Table,
        items: &[New],
        present: Present,
        more: Batch,
    ) -> Result<Option<Vec<Result<(), DataError>>>, DataError> {
        let ids: HashSet<&str> = items.iter().map(|new| new.id.as_str()).collect();
        let dated = items.iter().filter(|new| new.times.is_some()).count();
        let is_mixed = present == Present::Goes && dated > 0 && dated < items.len();
        if ids.len() < items.len() || is_mixed {
            return Ok(None);
        }
        let mut batch = writing(self.dialect, table, items, present);
        batch.append(more);
        let outcomes = match self.store.write(batch).await {
            Ok(outcomes) => outcomes,
            Err(StoreError::Conflict { .. } | StoreError::Unmet { .. }) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let rows = outcomes.first().map_or(&[][..], |outcome| &outcome.rows);
        let written = written(rows)?;
        let result = |new: &New| {
            let is_written = written.contains(new.id.as_str());
            if is_written { Ok(()) } else { Err(DataError::exists(&new.id, table.id())) }
        };
        Ok(Some(items.iter().map(result).collect()))
    }
}
