//! Projections: which fields a document keeps, and which it gets.

use serde_json::{Map, Value};

use super::budget::{Budget, size};
use super::expression::Expression;
use crate::error::DataError;
use crate::filter::{Path, at, path};

enum Field {
    Include(Path),
    Exclude(Path),
    Reshape(String, Expression),
    Nested(String, Projection),
}

/// A projection. With an `include` a document keeps those fields alone (and `_id`), else all but the excluded ones.
pub(super) struct Projection(Vec<Field>);

impl Projection {
    pub(super) fn parse(fields: Option<&Value>) -> Result<Self, DataError> {
        let wrong = || {
            DataError::invalid(
                "WDE0055",
                "A projection of a pipeline needs fields to include, exclude or reshape.",
            )
        };
        let list = fields.and_then(Value::as_array).ok_or_else(wrong)?;
        let field = |field: &Value| {
            let text = |part: &Value, name: &str| {
                part.get(name).and_then(Value::as_str).map(str::to_owned).ok_or_else(wrong)
            };
            let part = |name: &str| field.get(name).filter(|part| !part.is_null());
            if let Some(part) = part("include") {
                Ok(Field::Include(path(&text(part, "fieldName")?)?))
            } else if let Some(part) = part("exclude") {
                Ok(Field::Exclude(path(&text(part, "fieldName")?)?))
            } else if let Some(part) = part("reshape") {
                let expression = Expression::parse(part.get("expression"))?;
                Ok(Field::Reshape(text(part, "resultFieldName")?, expression))
            } else if let Some(part) = part("projectNested") {
                Ok(Field::Nested(text(part, "resultFieldName")?, Self::parse(part.get("fields"))?))
            } else {
                Err(wrong())
            }
        };
        Ok(Self(list.iter().map(field).collect::<Result<_, _>>()?))
    }

    /// The document that it makes; the budget says whether that was too much.
    pub(super) fn apply(&self, document: &Value, budget: &Budget) -> Value {
        let keeps_all = !self.0.iter().any(|field| matches!(field, Field::Include(_)));
        let only_new = keeps_all && !self.0.iter().any(|field| matches!(field, Field::Exclude(_)));
        let copy = |value: &Value| budget.make(size(value)).map(|()| value.clone());
        let mut result = if keeps_all && !only_new {
            copy(document).unwrap_or_default()
        } else {
            let mut kept = Map::new();
            if let Some(id) = document.get("_id") {
                kept.insert("_id".to_owned(), id.clone());
            }
            Value::Object(kept)
        };
        for field in &self.0 {
            match field {
                Field::Include(path) => {
                    if let Some(value) = at(document, path).and_then(copy) {
                        put(&mut result, path, value);
                    }
                }
                Field::Exclude(path) => take(&mut result, path),
                Field::Reshape(name, expression) => {
                    put(
                        &mut result,
                        std::slice::from_ref(name),
                        expression.value(document, budget),
                    );
                }
                Field::Nested(name, projection) => {
                    let inner =
                        document.get(name).filter(|inner| inner.is_object()).unwrap_or(document);
                    let nested = projection.apply(inner, budget);
                    put(&mut result, std::slice::from_ref(name), nested);
                }
            }
        }
        result
    }
}

fn put(document: &mut Value, path: &[String], value: Value) {
    let Value::Object(object) = document else { return };
    match path {
        [] => {}
        [name] => {
            object.insert(name.clone(), value);
        }
        [name, rest @ ..] => {
            let place = object.entry(name.as_str()).or_insert_with(|| Value::Object(Map::new()));
            put(place, rest, value);
        }
    }
}

fn take(document: &mut Value, path: &[String]) {
    let Value::Object(object) = document else { return };
    match path {
        [] => {}
        [name] => {
            object.shift_remove(name);
        }
        [name, rest @ ..] => {
            if let Some(place) = object.get_mut(name) {
                take(place, rest);
            }
        }
    }
}
