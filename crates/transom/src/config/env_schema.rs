//! `env`: the typed variables of `astro:env`. Spec: `astro-endpoints.md` section 6.2.

use serde_json::Value;
use transom_manifest::{EnvAccess, EnvContext, EnvField, EnvKind, ProjectConfig};

use super::reader::Reader;

pub(super) fn env(reader: &mut Reader<'_>, value: &Value, config: &mut ProjectConfig) {
    let Some(object) = reader.object("env", value) else { return };
    for (key, value) in object {
        let path = format!("env.{key}");
        match key.as_str() {
            "schema" => {
                let Some(schema) = reader.object(&path, value) else { continue };
                let fields = schema.iter().filter_map(|(name, value)| field(reader, name, value));
                config.env_schema = fields.collect();
            }
            "validateSecrets" => {
                config.validate_secrets = reader.boolean(&path, value).unwrap_or_default();
            }
            _ => reader.ignore(&path),
        }
    }
}

fn field(reader: &mut Reader<'_>, name: &str, value: &Value) -> Option<EnvField> {
    let path = format!("env.schema.{name}");
    let complaint = if name.as_bytes().first().is_some_and(u8::is_ascii_digit) {
        Some("cannot start with a number")
    } else if name.is_empty() || !name.bytes().all(is_name_byte) {
        Some("can only contain uppercase letters, numbers and underscores")
    } else {
        None
    };
    if let Some(complaint) = complaint {
        reader.fault(&path, format_args!("`{path}` is not a variable name: it {complaint}"));
        return None;
    }
    let mut object = reader.object(&path, value)?.clone();
    object.insert("name".to_owned(), Value::from(name));
    let field: EnvField = match serde_json::from_value(Value::Object(object)) {
        Ok(field) => field,
        Err(error) => {
            reader
                .fault(&path, format_args!("`{path}` is not a field made by `envField`: {error}"));
            return None;
        }
    };
    if (field.context, field.access) == (EnvContext::Client, EnvAccess::Secret) {
        let message = format!(
            "`{path}` has an invalid combination of access and context: secret client variables \
             are not supported"
        );
        reader.fault(&path, message);
        return None;
    }
    if let EnvKind::Enum { values, default } = &field.kind {
        if values.iter().any(|value| value.contains('\'')) {
            reader.fault(&path, format_args!("`{path}` has a value with the character `'`"));
            return None;
        }
        if default.as_ref().is_some_and(|default| !values.contains(default)) {
            reader.fault(&path, format_args!("the default of `{path}` is not one of its values"));
            return None;
        }
    }
    Some(field)
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_'
}
