//! JSON in, with errors that say what is wrong.

use serde_json::Value;

use crate::error::DataError;

/// Parses the body of a call.
///
/// # Errors
/// WDE0004 for what is no JSON: NaN, half of a surrogate pair, more levels than anything has that is meant.
pub(crate) fn parse(text: &[u8]) -> Result<Value, DataError> {
    serde_json::from_slice(text).map_err(|error| {
        let reason = error.to_string();
        DataError::item(if reason.contains("recursion limit") {
            "it is nested too deeply".to_owned()
        } else if reason.contains("surrogate") || reason.contains("hex escape") {
            format!("a text in it holds half of a surrogate pair ({reason})")
        } else {
            format!("it is no JSON ({reason})")
        })
    })
}

/// Writes a string as JSON.
pub(crate) fn quote(out: &mut String, text: &str) {
    out.push_str(&Value::String(text.to_owned()).to_string());
}
