//! Patches: changes of single fields, made within a transaction, so that none is lost. Spec: section 10.1.

use serde_json::{Map, Value, json};

use crate::collections::{Collection, FieldType};
use crate::error::DataError;
use crate::filter::{Path, path};
use crate::indexed;
use crate::item;
use crate::key::{self, Key, number_json};

/// Most modifications of one patch.
const MOST_MODIFICATIONS: usize = 1000;

/// One modification.
#[derive(Debug, Clone)]
pub(crate) struct Modification {
    path: Path,
    action: Action,
}

#[derive(Debug, Clone)]
enum Action {
    Set(Value),
    Remove,
    Increment(f64),
    Append(Value),
    /// Takes each element out that is this.
    TakeOut(Value),
}

/// Reads `fieldModifications`.
///
/// # Errors
/// WDE0004 for what is no modification, or changes a field of the system.
pub(crate) fn parse(modifications: Option<&Value>) -> Result<Vec<Modification>, DataError> {
    let Some(Value::Array(list)) = modifications else {
        return Err(DataError::item("fieldModifications is no list"));
    };
    if list.len() > MOST_MODIFICATIONS {
        let reason = format!("a patch takes at most {MOST_MODIFICATIONS} modifications");
        return Err(DataError::item(reason));
    }
    list.iter().map(parse_one).collect()
}

fn parse_one(modification: &Value) -> Result<Modification, DataError> {
    let name = modification.get("fieldPath").and_then(Value::as_str).unwrap_or_default();
    let path = path(name)?;
    if matches!(path[0].as_str(), "_id" | "_createdDate" | "_updatedDate" | "_owner") {
        return Err(DataError::item(format!("a patch cannot change the field [{name}]")));
    }
    let value = |options: &str| {
        let value = modification.get(options).and_then(|options| options.get("value"));
        let mut value = value.cloned().unwrap_or(Value::Null);
        item::normalize(&mut value, path.len() + 1)?;
        Ok::<_, DataError>(value)
    };
    let action = match modification.get("action").and_then(Value::as_str) {
        Some("SET_FIELD") => Action::Set(value("setFieldOptions")?),
        Some("REMOVE_FIELD") => Action::Remove,
        Some("INCREMENT_FIELD") => match value("incrementFieldOptions")?.as_f64() {
            Some(number) => Action::Increment(number),
            None => {
                return Err(DataError::item(format!(
                    "[{name}] can be incremented by a number only"
                )));
            }
        },
        Some("APPEND_TO_ARRAY") => Action::Append(value("appendToArrayOptions")?),
        Some("REMOVE_FROM_ARRAY") => Action::TakeOut(value("removeFromArrayOptions")?),
        other => {
            let other = other.unwrap_or("nothing");
            return Err(DataError::item(format!(
                "a modification of [{name}] has the action {other}"
            )));
        }
    };
    Ok(Modification { path, action })
}

/// Whether it does not matter if the modifications are applied twice.
pub(crate) fn may_repeat(modifications: &[Modification]) -> bool {
    let may = |action: &Action| match action {
        Action::Set(_) | Action::Remove | Action::TakeOut(_) => true,
        Action::Increment(_) | Action::Append(_) => false,
    };
    modifications.iter().all(|modification| may(&modification.action))
}

/// Applies modifications to the JSON of an item.
///
/// # Errors
/// WDE0004 when a field does not hold what an action needs, or a declaration refuses the result.
pub(super) fn apply(
    collection: &Collection,
    data: &str,
    modifications: &[Modification],
) -> Result<String, DataError> {
    let broken = |_| DataError::new(500, "WDE0053", "an item in the database is no JSON");
    let mut fields: Map<String, Value> = serde_json::from_str(data).map_err(broken)?;
    for Modification { path, action } in modifications {
        let name = path.join(".");
        let declared = collection.declaration.fields.get(&name);
        if declared.is_some_and(|field| field.kind == FieldType::MultiReference) {
            return Err(DataError::item(format!(
                "the field [{name}] holds references to many items, which a patch does not change: use \
                 insertReference, removeReference or replaceReferences"
            )));
        }
        modify(&mut fields, path, path, action)?;
    }
    let mut data = Value::Object(fields);
    item::normalize(&mut data, 1)?;
    let Value::Object(mut fields) = data else { return Err(DataError::item("it is no object")) };
    item::conform(collection, &mut fields)?;
    let fields = Value::Object(fields);
    indexed::check_size(collection, &fields)?;
    let data = fields.to_string();
    item::check_size(&data)?;
    Ok(data)
}

fn modify(
    fields: &mut Map<String, Value>,
    whole: &Path,
    rest: &[String],
    action: &Action,
) -> Result<(), DataError> {
    let wrong =
        |what: &str| Err(DataError::item(format!("the field [{}] {what}", whole.join("."))));
    let [name, inner @ ..] = rest else { return wrong("has no name") };
    if !inner.is_empty() {
        if matches!(action, Action::Remove | Action::TakeOut(_)) && !fields.contains_key(name) {
            return Ok(());
        }
        let place = fields.entry(name.as_str()).or_insert(Value::Null);
        if place.is_null() {
            *place = json!({});
        }
        return match place {
            Value::Object(inner_fields) => modify(inner_fields, whole, inner, action),
            _ => wrong("lies within what is no object"),
        };
    }
    let is_absent = fields.get(name).is_none_or(Value::is_null);
    match action {
        Action::Set(value) => {
            fields.insert(name.clone(), value.clone());
        }
        Action::Remove => {
            fields.shift_remove(name);
        }
        Action::Increment(by) => {
            let before = if is_absent { Some(0.0) } else { fields[name].as_f64() };
            let Some(before) = before else {
                return wrong("holds no number that could be incremented");
            };
            let after = before + by;
            if !after.is_finite() {
                return wrong("would be larger than numbers can be");
            }
            fields.insert(name.clone(), number_json(after));
        }
        Action::Append(value) => {
            let place = fields.entry(name.as_str()).or_insert(Value::Null);
            if place.is_null() {
                *place = json!([]);
            }
            let Value::Array(list) = place else { return wrong("holds no list to append to") };
            list.push(value.clone());
        }
        Action::TakeOut(value) => match fields.get_mut(name) {
            None | Some(Value::Null) => {}
            Some(Value::Array(list)) => list.retain(|element| !same(element, value)),
            Some(_) => return wrong("holds no list to remove from"),
        },
    }
    Ok(())
}

/// Whether two values are equal, numbers by their value and dates by their time.
pub(crate) fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Value::Object(fields), Value::Object(others)) => {
            if let (Some(one), Some(other)) = (key::date(one), key::date(other)) {
                return one == other;
            }
            let same_field = |(name, value): (&String, &Value)| {
                others.get(name).is_some_and(|other| same(value, other))
            };
            fields.len() == others.len() && fields.iter().all(same_field)
        }
        _ => Key::of(one) == Key::of(other),
    }
}
