//! What stands in the evaluated config for values that are not plain data.
//!
//! Packages were never run: a call into one reads `{ "$call": { "package", "name", "args" } }`, a mere
//! reference `{ "$ref": { "package", "name" } }`. Functions, cycles and numbers without a place in JSON
//! are objects with one such key too. The bundler's `config/recorder.js` writes them.

use serde_json::Value;

/// One recording.
pub(super) struct Recording<'v> {
    /// Package that the value came from, such as `@astrojs/node`.
    pub(super) package: &'v str,
    /// Arguments of a call as plain data; none for a reference.
    pub(super) args: &'v [Value],
}

/// The recording that `value` is, if it is one.
pub(super) fn recording(value: &Value) -> Option<Recording<'_>> {
    let record = value.get("$call").or_else(|| value.get("$ref"))?;
    let package = record.get("package")?.as_str()?;
    let args = record.get("args").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    Some(Recording { package, args })
}

/// Whether `value` stands for something that only running a package or a function would give.
pub(super) fn is_opaque(value: &Value) -> bool {
    let mut keys = value.as_object().into_iter().flat_map(serde_json::Map::keys);
    keys.next().is_some_and(|key| key.starts_with('$')) && keys.next().is_none()
}

/// Whether `value` is JavaScript's `Infinity`.
pub(super) fn is_infinity(value: &Value) -> bool {
    value.get("$number").and_then(Value::as_str) == Some("Infinity")
}
