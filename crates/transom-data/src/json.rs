//! JSON in, with errors that say what is wrong.

use serde_json::{Number, Value};

use crate::error::DataError;

/// Parses the body of a call.
///
/// # Errors
/// WDE0004 for what is no JSON: NaN, half of a surrogate pair, more levels than anything has that is meant.
pub(crate) fn parse(text: &[u8]) -> Result<Value, DataError> {
    let mut value = serde_json::from_slice(text).map_err(|error| {
        let reason = error.to_string();
        DataError::item(if reason.contains("recursion limit") {
            "it is nested too deeply".to_owned()
        } else if reason.contains("surrogate") || reason.contains("hex escape") {
            format!("a text in it holds half of a surrogate pair ({reason})")
        } else {
            format!("it is no JSON ({reason})")
        })
    })?;
    if settle_numbers(&mut value) {
        Ok(value)
    } else {
        Err(DataError::item("a number in it is too large".to_owned()))
    }
}

/// Makes all numbers what a program can hold: serde_json keeps their digits as they are written when another crate of the
/// program asks for `arbitrary_precision`. Returns whether all of them can be held. Levels are few: the parser counts them.
fn settle_numbers(value: &mut Value) -> bool {
    match value {
        Value::Number(number) if number.is_i64() || number.is_u64() => true,
        Value::Number(number) => match number.as_f64().and_then(Number::from_f64) {
            Some(held) => {
                *number = held;
                true
            }
            None => false,
        },
        Value::Array(items) => items.iter_mut().all(settle_numbers),
        Value::Object(fields) => fields.values_mut().all(settle_numbers),
        _ => true,
    }
}

/// Writes a string as JSON.
pub(crate) fn quote(out: &mut String, text: &str) {
    // Ids, which this is mostly for, need no escapes. RFC 8259, section 7.
    if text.bytes().all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\') {
        out.push('"');
        out.push_str(text);
        out.push('"');
    } else {
        out.push_str(&Value::String(text.to_owned()).to_string());
    }
}
