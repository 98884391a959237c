//! What calls ask for: the parts of their JSON, checked.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use crate::Call;
use crate::error::DataError;
use crate::json;

/// The JSON of a call, from its body or its address.
#[derive(Debug, Clone, Default)]
pub(crate) struct Request(pub(crate) Map<String, Value>);

impl Request {
    /// Reads a call: the body, `.r` in the address, or plain parameters there. Spec: section 10.2.
    pub(crate) fn read(call: &Call<'_>) -> Result<Self, DataError> {
        let value = match (call.method, call.query) {
            ("GET", Some(query)) => from_address(query)?,
            ("GET", None) => return Ok(Self::default()),
            _ => json::parse(call.body)?,
        };
        match value {
            Value::Object(object) => Ok(Self(object)),
            _ => Err(DataError::item("the request is no object")),
        }
    }

    /// A member that is there and not `null`.
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    /// Takes a member out.
    pub(crate) fn take(&mut self, name: &str) -> Option<Value> {
        self.0.shift_remove(name).filter(|value| !value.is_null())
    }

    /// A text that must be there.
    pub(crate) fn text(&self, name: &str, code: &'static str) -> Result<&str, DataError> {
        match self.get(name) {
            Some(Value::String(text)) if !text.is_empty() => Ok(text),
            _ => Err(DataError::no_text(name, code)),
        }
    }

    /// The collection that is meant.
    pub(crate) fn collection(&self) -> Result<&str, DataError> {
        self.text("dataCollectionId", "WDE0001")
    }

    /// A flag; false when it is not there. In an address it is text.
    pub(crate) fn flag(&self, name: &str) -> bool {
        matches!(self.get(name), Some(Value::Bool(true)))
            || self.get(name).and_then(Value::as_str) == Some("true")
    }
}

fn from_address(query: &str) -> Result<Value, DataError> {
    let mut object = Map::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        if name == ".r" {
            let bytes = URL_SAFE_NO_PAD
                .decode(value.trim_end_matches('='))
                .map_err(|_| DataError::item("the parameter .r is not encoded as base64url"))?;
            return json::parse(&bytes);
        }
        // A name that occurs again makes a list.
        match object.get_mut(name.as_ref()) {
            None => {
                object.insert(name.into_owned(), Value::String(value.into_owned()));
            }
            Some(Value::Array(list)) => list.push(Value::String(value.into_owned())),
            Some(first) => {
                *first = Value::Array(vec![first.take(), Value::String(value.into_owned())])
            }
        }
    }
    Ok(Value::Object(object))
}

/// How many items, and from where on.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Paging {
    pub(crate) limit: i64,
    pub(crate) offset: i64,
    pub(crate) cursor: Option<String>,
}

/// Items on a page when nothing is said, and at most. Spec: section 10.1.
pub(crate) const DEFAULT_LIMIT: i64 = 50;
pub(crate) const MOST_ITEMS: i64 = 1000;

impl Paging {
    /// Reads `paging` and `cursorPaging` of an object.
    pub(crate) fn read(object: &Map<String, Value>) -> Result<Self, DataError> {
        let part = |name: &str| object.get(name).and_then(Value::as_object);
        let (paging, cursor_paging) = (part("paging"), part("cursorPaging"));
        let of = |part: Option<&Map<String, Value>>, name: &str| {
            part.and_then(|part| part.get(name)).filter(|value| !value.is_null()).cloned()
        };
        let cursor = of(cursor_paging, "cursor");
        let limit = of(cursor_paging, "limit").or_else(|| of(paging, "limit"));
        let offset = of(paging, "offset");
        let limit = number(".limit", limit.as_ref())?.unwrap_or(DEFAULT_LIMIT);
        let offset = number(".skip", offset.as_ref())?.unwrap_or(0);
        if limit < 1 {
            let reason = format!(
                "Invalid .limit parameter [{limit}]. .limit parameter must be a positive number."
            );
            return Err(DataError::invalid("WDE0033", reason));
        }
        if limit > MOST_ITEMS {
            let reason = format!(
                "Invalid .limit parameter [{limit}]. .limit parameter cannot exceed {MOST_ITEMS}."
            );
            return Err(DataError::invalid("WDE0036", reason));
        }
        if offset < 0 {
            let reason = format!(
                "Invalid .skip parameter [{offset}]. .skip parameter must be a non-negative number."
            );
            return Err(DataError::invalid("WDE0034", reason));
        }
        let cursor = match cursor {
            None => None,
            Some(Value::String(cursor)) => Some(cursor),
            Some(_) => {
                return Err(DataError::invalid(
                    "WDE0094",
                    "Invalid cursor. It must be a non-empty string.",
                ));
            }
        };
        if cursor.is_some() && offset > 0 {
            return Err(DataError::invalid("WDE0080", "Skip is not supported in cursor paging."));
        }
        Ok(Self { limit, offset, cursor })
    }
}

/// A whole number, also as text.
fn number(name: &str, value: Option<&Value>) -> Result<Option<i64>, DataError> {
    let Some(value) = value else { return Ok(None) };
    let number = match value {
        Value::Number(number) => number.as_i64().or_else(|| {
            let number =
                number.as_f64().filter(|number| number.fract() == 0.0 && number.abs() < 9e15)?;
            #[expect(clippy::cast_possible_truncation, reason = "it is whole and small enough")]
            Some(number as i64)
        }),
        Value::String(text) => text.parse().ok(),
        _ => {
            let reason =
                format!("Invalid {name} parameter [{value}]. {name} parameter must be a number.");
            return Err(DataError::invalid("WDE0032", reason));
        }
    };
    number.map(Some).ok_or_else(|| {
        let reason =
            format!("Invalid {name} parameter [{value}]. {name} parameter must be an integer.");
        DataError::invalid("WDE0035", reason)
    })
}
