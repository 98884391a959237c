//! Items with only some of their fields. `_id` is always there.

use serde_json::{Map, Value};

use crate::error::DataError;

/// Leaves only `fields`, which may be paths, in the JSON of an item.
pub(crate) fn project(item: &mut String, fields: &[String]) -> Result<(), DataError> {
    let broken = |_| DataError::new(500, "WDE0053", "an item in the database is no JSON");
    let whole: Value = serde_json::from_str(item).map_err(broken)?;
    let mut kept = Map::new();
    if let Some(id) = whole.get("_id") {
        kept.insert("_id".to_owned(), id.clone());
    }
    for field in fields {
        copy(&whole, &mut kept, field);
    }
    *item = Value::Object(kept).to_string();
    Ok(())
}

/// Copies what is at a path. A name with a dot in it is found before a path.
fn copy(from: &Value, to: &mut Map<String, Value>, path: &str) {
    if let Some(value) = from.get(path) {
        to.insert(path.to_owned(), value.clone());
        return;
    }
    let Some((name, rest)) = path.split_once('.') else { return };
    let Some(inner) = from.get(name).filter(|inner| inner.is_object()) else { return };
    let place = to.entry(name).or_insert_with(|| Value::Object(Map::new()));
    if let Value::Object(place) = place {
        copy(inner, place, rest);
    }
}
