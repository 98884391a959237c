//! `env.schema`: the typed variables of `astro:env/client` and `astro:env/server`.
//!
//! Spec: `astro-endpoints.md` section 6.2. Validation and its messages are not here.

use serde::{Deserialize, Deserializer, Serialize};

/// One variable of the schema.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EnvField {
    /// Variable name.
    pub name: String,
    /// Who may import it.
    pub context: EnvContext,
    /// When it is read.
    pub access: EnvAccess,
    /// True when the variable may be absent.
    #[serde(default)]
    pub optional: bool,
    /// Type and constraints.
    #[serde(flatten)]
    pub kind: EnvKind,
}

/// `context` of a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EnvContext {
    /// Exported by `astro:env/client`.
    Client,
    /// Exported by `astro:env/server`.
    Server,
}

/// `access` of a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EnvAccess {
    /// Validated and inlined at build time.
    Public,
    /// Read from the process environment at run time.
    Secret,
}

/// Type of a variable with its constraints and default. The names are those of `envField`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase", rename_all_fields = "camelCase")]
pub enum EnvKind {
    /// `envField.string`.
    String {
        /// Longest value, in UTF-16 code units.
        #[serde(default, deserialize_with = "number", skip_serializing_if = "Option::is_none")]
        max: Option<f64>,
        /// Shortest value, in UTF-16 code units.
        #[serde(default, deserialize_with = "number", skip_serializing_if = "Option::is_none")]
        min: Option<f64>,
        /// Exact length, in UTF-16 code units.
        #[serde(default, deserialize_with = "number", skip_serializing_if = "Option::is_none")]
        length: Option<f64>,
        /// The value must be a URL.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        url: Option<bool>,
        /// Text the value must contain.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        includes: Option<String>,
        /// Text the value must start with.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        starts_with: Option<String>,
        /// Text the value must end with.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ends_with: Option<String>,
        /// Value when unset.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        default: Option<String>,
    },
    /// `envField.number`.
    Number {
        /// Exclusive lower bound.
        #[serde(default, deserialize_with = "number", skip_serializing_if = "Option::is_none")]
        gt: Option<f64>,
        /// Inclusive lower bound.
        #[serde(default, deserialize_with = "number", skip_serializing_if = "Option::is_none")]
        min: Option<f64>,
        /// Exclusive upper bound.
        #[serde(default, deserialize_with = "number", skip_serializing_if = "Option::is_none")]
        lt: Option<f64>,
        /// Inclusive upper bound.
        #[serde(default, deserialize_with = "number", skip_serializing_if = "Option::is_none")]
        max: Option<f64>,
        /// The value must be whole.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        int: Option<bool>,
        /// Value when unset.
        #[serde(default, deserialize_with = "number", skip_serializing_if = "Option::is_none")]
        default: Option<f64>,
    },
    /// `envField.boolean`.
    Boolean {
        /// Value when unset.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        default: Option<bool>,
    },
    /// `envField.enum`.
    Enum {
        /// Accepted values in order.
        values: Vec<String>,
        /// Value when unset.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        default: Option<String>,
    },
}

/// Reads a number through `serde_json::Number`: tagged types are buffered, and when any crate of the program asks
/// for serde_json's `arbitrary_precision`, a buffered number is no longer readable as `f64`.
fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    let number = Option::<serde_json::Number>::deserialize(deserializer)?;
    Ok(number.and_then(|number| number.as_f64()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `envField.*` of the virtual `astro/config` returns, plus the name, is one row.
    #[test]
    fn the_objects_of_env_field_deserialize() {
        let text = r#"[
            {"name":"A","type":"string","context":"server","access":"secret","startsWith":"x","min":2.0},
            {"name":"B","type":"number","context":"client","access":"public","default":7,"optional":true},
            {"name":"C","type":"boolean","context":"server","access":"public","default":false},
            {"name":"D","type":"enum","context":"server","access":"public","values":["a","b"]}]"#;
        let fields: Vec<EnvField> = serde_json::from_str(text).expect("valid schema");
        assert_eq!((fields[0].context, fields[0].access), (EnvContext::Server, EnvAccess::Secret));
        assert!(
            matches!(&fields[0].kind, EnvKind::String { min: Some(2.0), starts_with: Some(s), .. } if s == "x")
        );
        assert!(fields[1].optional);
        assert_eq!(fields[2].kind, EnvKind::Boolean { default: Some(false) });
        let again = serde_json::to_string(&fields).expect("plain data serialises");
        assert_eq!(serde_json::from_str::<Vec<EnvField>>(&again).expect("round trip"), fields);
    }
}
