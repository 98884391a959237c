//! Unique indexes, asked before a change is made. A database that refuses a row ends the whole transaction; a call that
//! changes many items is one transaction, and only what cannot be stays out of it.

use std::sync::Arc;

use serde_json::Value;
use transom_store::{Batch, Dialect, Statement};

use super::change::Slot;
use crate::error::DataError;
use crate::filter::{field, path};
use crate::indexed;
use crate::item::Parts;
use crate::sql::Sql;
use crate::tables::Table;

/// A look for another item with the same values, and what it means to find one.
type Check = (Statement, DataError);

/// The looks for all unique indexes of a collection.
fn checks(dialect: Dialect, table: &Table, item: &Parts<'_>) -> Result<Vec<Check>, DataError> {
    let broken = |_| DataError::new(500, "WDE0053", "an item in the database is no JSON");
    let fields: Value = serde_json::from_str(item.data).map_err(broken)?;
    let mut checks = Vec::new();
    for index in table.collection.declaration.indexes.iter().filter(|index| index.unique) {
        let Some(values) = indexed::unique_values(index, dialect, item, &fields) else { continue };
        let mut sql = Sql::new(dialect, format!("SELECT 1 FROM {} t WHERE t.id <> ", table.name()));
        sql.bind(item.id);
        for ((name, _), value) in index.fields.iter().zip(values) {
            let Some(key) = field(&mut sql, table, &path(name)?).order() else { continue };
            sql.push(&format!(" AND {key} = "));
            sql.bind(value);
        }
        sql.push(" LIMIT 1");
        let names: Vec<String> = index.fields.iter().map(|(name, _)| name.clone()).collect();
        checks.push((sql.finish()?, DataError::not_unique(&names, table.id())));
    }
    Ok(checks)
}

/// The steps of `write`, behind looks whether `item`, as it would then be, is the only one with its values. If it is not,
/// nothing is written and `slot` says so.
pub(super) fn guarded(
    dialect: Dialect,
    table: &Table,
    item: &Parts<'_>,
    write: Batch,
    slot: &Slot,
) -> Batch {
    match checks(dialect, table, item) {
        Ok(checks) => behind(checks.into(), 0, write, slot.clone()),
        Err(error) => {
            slot.put(Err(error));
            Batch::new()
        }
    }
}

/// `write` behind the looks from the one with this index on.
fn behind(checks: Arc<[Check]>, index: usize, write: Batch, slot: Slot) -> Batch {
    let Some((find, _)) = checks.get(index) else { return write };
    let mut batch = Batch::new();
    batch.decide(find.clone(), move |rows| {
        if rows.is_empty() {
            return Ok(behind(Arc::clone(&checks), index + 1, write.clone(), slot.clone()));
        }
        slot.put(Err(checks[index].1.clone()));
        Ok(Batch::new())
    });
    batch
}
