//! What declared indexes hold of an item.

use serde_json::Value;
use transom_store::{Dialect, Value as Sql};

use crate::collections::{Collection, Index};
use crate::error::DataError;
use crate::filter::{at, path};
use crate::item::Parts;
use crate::key::Key;

/// Most bytes of an item in one index: PostgreSQL takes rows of 2,704 bytes with what it adds to them.
const MOST_BYTES: usize = 2600;
/// Bytes of a value that is no text, and of what is added to each.
const PER_FIELD: usize = 8;

/// The key of a field of `fields`, which are those of an item without the ones of the system.
fn key(name: &str, fields: &Value) -> Key {
    let found = path(name).ok().and_then(|path| at(fields, &path).map(Key::of));
    found.unwrap_or(Key::Missing)
}

/// Refuses an item whose texts are too long for an index.
///
/// # Errors
/// WDE0004 with the fields.
pub(crate) fn check_size(collection: &Collection, fields: &Value) -> Result<(), DataError> {
    for index in &collection.declaration.indexes {
        let size = |(name, _): &(String, bool)| match key(name, fields) {
            Key::Text(text) => text.len() + PER_FIELD,
            _ => 4 * PER_FIELD,
        };
        let bytes: usize = index.fields.iter().map(size).sum();
        if bytes > MOST_BYTES {
            let names: Vec<&str> = index.fields.iter().map(|(name, _)| name.as_str()).collect();
            return Err(DataError::item(format!(
                "an index of [{}] takes {MOST_BYTES} bytes of [{}], and these are {bytes}",
                collection.id,
                names.join("], [")
            )));
        }
    }
    Ok(())
}

/// What a unique index compares of an item, `None` when a field is missing: then no other item is the same.
pub(crate) fn unique_values(
    index: &Index,
    dialect: Dialect,
    item: &Parts<'_>,
    fields: &Value,
) -> Option<Vec<Sql>> {
    let value = |(name, _): &(String, bool)| {
        Some(match name.as_str() {
            "_id" => item.id.into(),
            "_owner" => item.owner?.into(),
            "_createdDate" => item.created.into(),
            "_updatedDate" => item.updated.into(),
            name => match key(name, fields) {
                Key::Missing => return None,
                key => key.to_sql(dialect),
            },
        })
    };
    index.fields.iter().map(value).collect()
}
