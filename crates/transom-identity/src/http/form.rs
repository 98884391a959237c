//! The fields of a request: a form or a flat JSON object. The SDK writes some names in camel case, the standard in
//! snake case; both are read.

use std::collections::HashMap;

use bytes::Bytes;
use http::Request;
use http::header::CONTENT_TYPE;
use serde_json::Value;

/// Fields by their names in snake case.
#[derive(Debug, Default)]
pub(super) struct Fields(HashMap<String, String>);

impl Fields {
    /// The fields of a body; `None` when it is neither a form nor a JSON object, or names a field twice.
    pub(super) fn of_body(request: &Request<Bytes>) -> Option<Self> {
        let body = request.body();
        let pairs: Vec<(String, String)> = if is_json(request) {
            let Value::Object(object) = serde_json::from_slice(body).ok()? else { return None };
            let texts = object.into_iter().filter_map(|(name, value)| match value {
                Value::String(text) => Some((name, text)),
                _ => None,
            });
            texts.collect()
        } else {
            std::str::from_utf8(body).ok()?;
            form_urlencoded::parse(body).into_owned().collect()
        };
        let mut fields = HashMap::with_capacity(pairs.len());
        for (name, value) in pairs {
            // Spec: RFC 6749, section 3.2. No field may be there twice.
            if fields.insert(snake_case(&name), value).is_some() {
                return None;
            }
        }
        Some(Self(fields))
    }

    /// The fields of the address; of those that are there twice none.
    pub(super) fn of_query(request: &Request<Bytes>) -> Self {
        Self::of_pairs(request.uri().query().unwrap_or_default())
    }

    /// The fields of a text in the form of a query.
    pub(super) fn of_pairs(text: &str) -> Self {
        let mut fields: HashMap<String, Option<String>> = HashMap::new();
        for (name, value) in form_urlencoded::parse(text.as_bytes()) {
            fields
                .entry(snake_case(&name))
                .and_modify(|value| *value = None)
                .or_insert_with(|| Some(value.into_owned()));
        }
        Self(fields.into_iter().filter_map(|(name, value)| Some((name, value?))).collect())
    }

    /// The value of a field; an empty one counts as none.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }
}

/// Whether the body is JSON, as its type says.
pub(super) fn is_json(request: &Request<Bytes>) -> bool {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let essence = kind.unwrap_or_default().split(';').next().unwrap_or_default();
    essence.trim().eq_ignore_ascii_case("application/json")
}

fn snake_case(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 4);
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}
