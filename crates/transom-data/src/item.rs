//! Items: what may be in one, and how it is put together for an answer.

use std::fmt::Write;

use serde_json::{Map, Value, json};
use transom_store::Row;

use crate::collections::{Collection, Field, FieldType};
use crate::error::DataError;
use crate::json::quote;
use crate::{dates, indexed, key};

/// Most bytes of an item's JSON. Spec: section 10.4.
pub(crate) const MOST_BYTES: usize = 500 * 1024;
/// Most levels of lists and objects within an item.
const MOST_LEVELS: usize = 100;
/// Longest id, in bytes.
const LONGEST_ID: usize = 255;

/// An item as a caller gives it, checked.
#[derive(Debug, Clone)]
pub(crate) struct New {
    /// Its id; made when the caller gives none.
    pub(crate) id: String,
    /// Whether the caller gave the id.
    pub(crate) has_id: bool,
    /// Whom the caller wants to own it.
    pub(crate) owner: Option<String>,
    /// Its fields without those of the system, as JSON.
    pub(crate) data: String,
    /// When it was made and changed, where a file says so: milliseconds since 1970.
    pub(crate) times: Option<(i64, i64)>,
    /// Items to refer to, by field, when the fields hold them.
    pub(crate) references: Vec<(String, Vec<String>)>,
}

/// Columns of a table that [`Parts::of`] needs, in its order.
pub(crate) const COLUMNS: &str = "t.id, t.owner, t.created, t.updated, t.data";
/// The same, where JSON has a type of its own.
pub(crate) const COLUMNS_TEXT: &str = "t.id, t.owner, t.created, t.updated, t.data::text";

/// How an item is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// As it travels: every date is `{"$date": "…"}`.
    Wire,
    /// For readers in this process, who have less to do with it: `_createdDate` and `_updatedDate` are milliseconds
    /// since 1970. Other dates are as they travel.
    Inside,
}

/// An item in its parts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Parts<'a> {
    pub(crate) id: &'a str,
    pub(crate) owner: Option<&'a str>,
    /// Milliseconds since 1970, as is `updated`.
    pub(crate) created: i64,
    pub(crate) updated: i64,
    /// Its other fields, as JSON.
    pub(crate) data: &'a str,
}

impl<'a> Parts<'a> {
    /// Those of a row that begins with [`COLUMNS`] at `first`.
    pub(crate) fn of(row: &'a Row, first: usize) -> Result<Self, DataError> {
        Ok(Self {
            id: row.text(first)?,
            owner: row.optional_text(first + 1)?,
            created: row.integer(first + 2)?,
            updated: row.integer(first + 3)?,
            data: row.text(first + 4)?,
        })
    }

    /// Writes the whole item.
    pub(crate) fn print(self, form: Form) -> String {
        let mut out = String::with_capacity(self.data.len() + 200);
        out.push_str("{\"_id\":");
        quote(&mut out, self.id);
        if let Some(owner) = self.owner {
            out.push_str(",\"_owner\":");
            quote(&mut out, owner);
        }
        for (name, time) in
            [(",\"_createdDate\":", self.created), (",\"_updatedDate\":", self.updated)]
        {
            out.push_str(name);
            match form {
                Form::Wire => {
                    out.push_str("{\"$date\":\"");
                    dates::write(&mut out, time);
                    out.push_str("\"}");
                }
                // Writing to a string does not fail.
                Form::Inside => drop(write!(out, "{time}")),
            }
        }
        let fields = self.data.strip_prefix('{').unwrap_or("}");
        if fields != "}" {
            out.push(',');
        }
        out.push_str(fields);
        out
    }
}

/// The item of a row that begins with [`COLUMNS`] at `first`, as it travels.
pub(crate) fn compose(row: &Row, first: usize) -> Result<String, DataError> {
    Ok(Parts::of(row, first)?.print(Form::Wire))
}

/// Checks what a caller wants to be an item of `collection`.
///
/// # Errors
/// WDE0004 with the field that is wrong, WDE0109 for too much.
pub(crate) fn check(
    collection: &Collection,
    given_id: Option<&Value>,
    data: Value,
) -> Result<New, DataError> {
    let Value::Object(mut data) = data else {
        return Err(DataError::item("it is no object"));
    };
    let own_id = data.shift_remove("_id");
    let id = match given_id.filter(|id| !id.is_null()).or(own_id.as_ref()) {
        None | Some(Value::Null) => None,
        Some(Value::String(id)) => Some(check_id(id)?),
        Some(_) => return Err(DataError::invalid("WDE0007", "The field _id must be a string.")),
    };
    let owner = match data.shift_remove("_owner") {
        Some(Value::String(owner)) if owner.len() > LONGEST_ID => {
            let reason = format!("its _owner is longer than {LONGEST_ID} bytes");
            return Err(DataError::item(reason));
        }
        Some(Value::String(owner)) if !owner.contains('\0') => Some(owner),
        _ => None,
    };
    data.shift_remove("_createdDate");
    data.shift_remove("_updatedDate");
    let references = take_references(collection, &mut data)?;
    let mut data = Value::Object(data);
    normalize(&mut data, 1)?;
    let Value::Object(mut fields) = data else { return Err(DataError::item("it is no object")) };
    conform(collection, &mut fields)?;
    let fields = Value::Object(fields);
    indexed::check_size(collection, &fields)?;
    let data = fields.to_string();
    check_size(&data)?;
    let has_id = id.is_some();
    let id = id.unwrap_or_else(|| uuid::Uuid::new_v4().to_string());
    Ok(New { id, has_id, owner, data, times: None, references })
}

/// An item as a backup holds it. It has been judged when it was first written, perhaps by other declarations: it comes
/// back as it was.
///
/// # Errors
/// WDE0004 when it is no item at all.
pub(crate) fn stored(item: Value) -> Result<New, DataError> {
    let Value::Object(mut data) = item else {
        return Err(DataError::item("it is no object"));
    };
    let mut take = |name: &str| data.shift_remove(name);
    let Some(Value::String(id)) = take("_id") else {
        return Err(DataError::item("it has no _id"));
    };
    let owner = take("_owner").and_then(|owner| owner.as_str().map(str::to_owned));
    let created = take("_createdDate").as_ref().and_then(key::date);
    let updated = take("_updatedDate").as_ref().and_then(key::date);
    let times = created.map(|created| (created, updated.unwrap_or(created)));
    let (id, data) = (check_id(&id)?, Value::Object(data).to_string());
    Ok(New { id, has_id: true, owner, data, times, references: Vec::new() })
}

/// Refuses an item that is too large.
pub(crate) fn check_size(data: &str) -> Result<(), DataError> {
    if data.len() > MOST_BYTES { Err(DataError::too_large(data.len(), MOST_BYTES)) } else { Ok(()) }
}

/// An id that items can have.
pub(crate) fn check_id(id: &str) -> Result<String, DataError> {
    let wrong =
        |reason: &str| Err(DataError::invalid("WDE0002", format!("The id of an item {reason}.")));
    match id {
        "" => wrong("must not be empty"),
        id if id.len() > LONGEST_ID => wrong("must not be longer than 255 bytes"),
        id if id.contains('\0') => wrong("must not hold the character U+0000"),
        id => Ok(id.to_owned()),
    }
}

/// Takes the fields out that are kept beside the item.
fn take_references(
    collection: &Collection,
    data: &mut Map<String, Value>,
) -> Result<Vec<(String, Vec<String>)>, DataError> {
    let mut references = Vec::new();
    for (name, field) in &collection.declaration.fields {
        if field.kind != FieldType::MultiReference {
            continue;
        }
        match data.shift_remove(name) {
            None | Some(Value::Null) => {}
            Some(Value::Array(items)) => {
                let ids = items.iter().map(|item| {
                    reference_id(item).ok_or_else(|| {
                        DataError::item(format!("the field [{name}] holds what is no reference"))
                    })
                });
                references.push((name.clone(), ids.collect::<Result<_, _>>()?));
            }
            Some(_) => {
                return Err(DataError::item(format!(
                    "the field [{name}] must be a list of references"
                )));
            }
        }
    }
    Ok(references)
}

/// The id that a reference holds: itself, or that of the item that stands in its place.
pub(crate) fn reference_id(value: &Value) -> Option<String> {
    let id = value.as_str().or_else(|| value.get("_id")?.as_str())?;
    check_id(id).ok()
}

/// Writes dates in one form and refuses what cannot be kept.
pub(crate) fn normalize(value: &mut Value, level: usize) -> Result<(), DataError> {
    if level > MOST_LEVELS {
        return Err(DataError::item(format!("it has more than {MOST_LEVELS} levels")));
    }
    match value {
        Value::String(text) if text.contains('\0') => {
            Err(DataError::item("a text in it holds the character U+0000"))
        }
        Value::Array(list) => list.iter_mut().try_for_each(|value| normalize(value, level + 1)),
        Value::Object(object) => {
            if object.len() == 1 && object.contains_key("$date") {
                let Some(time) = key::date(value) else {
                    let text: String = value.to_string().chars().take(60).collect();
                    return Err(DataError::item(format!("{text} is no date")));
                };
                *value = json!({ "$date": dates::print(time) });
                return Ok(());
            }
            if object.keys().any(|name| name.contains('\0')) {
                return Err(DataError::item("the name of a field holds the character U+0000"));
            }
            object.values_mut().try_for_each(|value| normalize(value, level + 1))
        }
        _ => Ok(()),
    }
}

/// Holds the fields against their declarations.
pub(crate) fn conform(
    collection: &Collection,
    fields: &mut Map<String, Value>,
) -> Result<(), DataError> {
    for (name, field) in &collection.declaration.fields {
        if field.kind == FieldType::MultiReference {
            continue;
        }
        let value = match name.split_once('.') {
            None => fields.get_mut(name),
            Some((first, rest)) => fields
                .get_mut(first)
                .and_then(|value| value.pointer_mut(&format!("/{}", rest.replace('.', "/")))),
        };
        if let Some(reason) = refusal(field, value) {
            let description = format!("The field [{name}] of [{}] {reason}.", collection.id);
            return Err(DataError::invalid("WDE0004", description).with("field", json!(name)));
        }
    }
    Ok(())
}

/// Whether two values are the same; of numbers it does not matter how they are written.
fn is_same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => one.as_f64() == other.as_f64(),
        _ => one == other,
    }
}

/// Why a field cannot have a value.
fn refusal(field: &Field, value: Option<&mut Value>) -> Option<String> {
    let Some(value) = value.filter(|value| !value.is_null()) else {
        return field.required.then(|| "is required".to_owned());
    };
    let is_date = key::date(value).is_some();
    let fits = match field.kind {
        FieldType::Any | FieldType::MultiReference => true,
        FieldType::Text => value.is_string(),
        FieldType::Number => value.is_number(),
        FieldType::Integer => value.as_f64().is_some_and(|number| number.fract() == 0.0),
        FieldType::Boolean => value.is_boolean(),
        FieldType::Date => is_date,
        FieldType::Array => value.is_array(),
        FieldType::Object => value.is_object() && !is_date,
        FieldType::Reference => match reference_id(value) {
            Some(id) => {
                *value = Value::String(id);
                true
            }
            None => false,
        },
    };
    if !fits {
        return Some(format!("must be of type {}", field.kind.as_str()));
    }
    if !field.one_of.is_empty() && !field.one_of.iter().any(|allowed| is_same(allowed, value)) {
        let allowed: Vec<String> = field.one_of.iter().map(Value::to_string).collect();
        return Some(format!("must be one of {}", allowed.join(", ")));
    }
    let (size, of) = match value {
        Value::Number(number) => (number.as_f64().unwrap_or_default(), ""),
        #[expect(
            clippy::cast_precision_loss,
            reason = "an item is too small for numbers that large"
        )]
        Value::String(text) => (text.chars().count() as f64, " characters"),
        #[expect(
            clippy::cast_precision_loss,
            reason = "an item is too small for numbers that large"
        )]
        Value::Array(list) => (list.len() as f64, " elements"),
        _ => return None,
    };
    if let Some(min) = field.min.filter(|min| size < *min) {
        return Some(format!("must be at least {min}{of}"));
    }
    field.max.filter(|max| size > *max).map(|max| format!("must be at most {max}{of}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FieldType;

    /// Each row: the values that a field takes, and one that is among them or not.
    #[test]
    fn a_number_is_among_the_values_however_it_is_written() {
        for (allowed, value, passes) in [
            (json!([1, 2]), json!(1.0), true),
            (json!([1.0]), json!(1), true),
            (json!([1]), json!("1"), false),
            (json!(["a"]), json!("a"), true),
            (json!(["a"]), json!("b"), false),
        ] {
            let one_of = allowed.as_array().expect("a list").clone();
            let (to, min, max) = (None, None, None);
            let field = Field { kind: FieldType::Any, to, required: false, min, max, one_of };
            let told = refusal(&field, Some(&mut value.clone()));
            assert_eq!(told.is_none(), passes, "{allowed} and {value}: {told:?}");
        }
    }
}
