//! Declarations of `astro:env/client` and `astro:env/server` for the project's own `env.schema`.
//! Spec: `astro-endpoints.md` section 6.2.

use std::fmt::Write;

use transom_manifest::{EnvAccess, EnvContext, EnvField, EnvKind};

/// The text of the declaration file.
pub(super) fn render(schema: &[EnvField]) -> String {
    let mut text = String::from("// Written by transom from `env.schema` of the Astro config.\n");
    let client = |field: &&EnvField| {
        field.context == EnvContext::Client && field.access == EnvAccess::Public
    };
    module(&mut text, "astro:env/client", schema.iter().filter(client));
    module(
        &mut text,
        "astro:env/server",
        schema.iter().filter(|f| f.context == EnvContext::Server),
    );
    text
}

fn module<'a>(text: &mut String, name: &str, fields: impl Iterator<Item = &'a EnvField>) {
    let mut fields = fields.peekable();
    if fields.peek().is_none() {
        return;
    }
    let _ = writeln!(text, "\ndeclare module \"{name}\" {{");
    for field in fields {
        let _ = writeln!(text, "  export const {}: {};", field.name, type_of(field));
    }
    text.push_str("}\n");
}

fn type_of(field: &EnvField) -> String {
    let (mut name, has_default) = match &field.kind {
        EnvKind::String { default, .. } => ("string".to_owned(), default.is_some()),
        EnvKind::Number { default, .. } => ("number".to_owned(), default.is_some()),
        EnvKind::Boolean { default } => ("boolean".to_owned(), default.is_some()),
        EnvKind::Enum { values, default } => {
            let values: Vec<String> = values
                .iter()
                .map(|value| serde_json::Value::from(value.as_str()).to_string())
                .collect();
            (values.join(" | "), default.is_some())
        }
    };
    if field.optional && !has_default {
        name.push_str(" | undefined");
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_field_has_its_type() {
        let schema: Vec<EnvField> = serde_json::from_str(
            r#"[
            {"name":"A","type":"string","context":"server","access":"secret","optional":true},
            {"name":"B","type":"number","context":"client","access":"public","optional":true,"default":7},
            {"name":"C","type":"boolean","context":"server","access":"public"},
            {"name":"D","type":"enum","context":"server","access":"public","values":["a","b\"c"]}]"#,
        )
        .expect("valid schema");
        let expected = r#"// Written by transom from `env.schema` of the Astro config.

declare module "astro:env/client" {
  export const B: number;
}

declare module "astro:env/server" {
  export const A: string | undefined;
  export const C: boolean;
  export const D: "a" | "b\"c";
}
"#;
        assert_eq!(render(&schema), expected);
        assert!(!render(&[]).contains("declare"));
    }
}
