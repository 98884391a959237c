//! `astro:env`: the source of its two modules, and the validation of public values at build time.
//!
//! The rules and messages are those of `env.js`, which applies them to secrets at run time. Not here: which files
//! import the modules (without an import nothing is validated), and where values come from.
//! Spec: `astro-endpoints.md` section 6.2.

use std::fmt::Write;

use serde_json::{Number, Value};
use transom_manifest::{EnvAccess, EnvContext, EnvField, EnvKind};

/// The specifier of the module for values that clients may know.
pub const CLIENT_MODULE: &str = "astro:env/client";
/// The specifier of the module for everything else.
pub const SERVER_MODULE: &str = "astro:env/server";

/// A validated public value, ready to be written into a module. `None` stands for an optional one that is unset.
pub type PublicValue = (String, Option<Value>);

/// Variables that do not meet the schema. Displays the message that Astro gives.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("The following environment variables defined in `env.schema` are invalid:\n\n{}\n", list(.problems))]
pub struct EnvInvalidVariables {
    /// One line for each variable, in the order of the schema.
    pub problems: Vec<String>,
}

fn list(problems: &[String]) -> String {
    problems.iter().map(|problem| format!("- {problem}")).collect::<Vec<_>>().join("\n")
}

/// Whether secrets are checked as well, though their values are not kept (`env.validateSecrets`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Secrets {
    /// Secrets may be missing at build time.
    Ignore,
    /// Secrets must be there and valid.
    Validate,
}

/// Validates the environment of a build and returns the public values. `lookup` gives the text of a variable; an
/// empty one counts as unset.
///
/// # Errors
/// All variables that do not meet the schema.
pub fn public_values(
    schema: &[EnvField],
    secrets: Secrets,
    lookup: impl Fn(&str) -> Option<String>,
) -> Result<Vec<PublicValue>, EnvInvalidVariables> {
    let mut values = Vec::new();
    let mut problems = Vec::new();
    for field in schema {
        if field.access == EnvAccess::Secret && secrets == Secrets::Ignore {
            continue;
        }
        let text = lookup(&field.name).filter(|text| !text.is_empty());
        match validate(field, text.as_deref()) {
            Ok(value) if field.access == EnvAccess::Public => {
                values.push((field.name.clone(), value))
            }
            Ok(_) => {}
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(values) } else { Err(EnvInvalidVariables { problems }) }
}

/// The source of `astro:env/client` or `astro:env/server` for a build with these public values.
pub fn module_source(specifier: &str, schema: &[EnvField], public: &[PublicValue]) -> String {
    let context = if specifier == CLIENT_MODULE { EnvContext::Client } else { EnvContext::Server };
    let mut source = String::new();
    if context == EnvContext::Server {
        source.push_str("import { getSecret, secretValue } from \"transom:internal/app/env\";\nexport { getSecret };\n");
    }
    for field in schema.iter().filter(|field| field.context == context) {
        let name = &field.name;
        let value = match field.access {
            EnvAccess::Secret => format!("secretValue({})", script_json(field)),
            EnvAccess::Public => match public.iter().find(|(key, _)| key == name) {
                Some((_, Some(value))) => script_json(value),
                _ => "undefined".to_owned(),
            },
        };
        let _ = writeln!(source, "export const {name} = {value};");
    }
    source
}

/// JSON as an expression of a script.
fn script_json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_else(|_| "undefined".to_owned())
}

fn validate(field: &EnvField, text: Option<&str>) -> Result<Option<Value>, String> {
    let name = &field.name;
    let default = default_of(&field.kind);
    let Some(text) = text else {
        if field.optional || default.is_some() {
            return Ok(default);
        }
        return Err(format!("{name} is missing"));
    };
    let mut broken = Vec::new();
    let value = match &field.kind {
        EnvKind::String { .. } => {
            string_rules(&field.kind, text, &mut broken);
            Some(Value::from(text))
        }
        EnvKind::Number { .. } => parse_float(text).map(|number| {
            number_rules(&field.kind, number, &mut broken);
            number_value(number)
        }),
        EnvKind::Boolean { .. } => match text {
            "true" => Some(Value::Bool(true)),
            "false" => Some(Value::Bool(false)),
            _ => None,
        },
        EnvKind::Enum { values, .. } => {
            values.iter().any(|value| value == text).then(|| Value::from(text))
        }
    };
    let Some(value) = value else {
        return Err(format!(
            "{name}'s type is invalid, expected: {}",
            type_name(field, default.is_some())
        ));
    };
    if broken.is_empty() {
        return Ok(Some(value));
    }
    Err(format!("The following constraints for {name} are not met: {}", broken.join(", ")))
}

fn default_of(kind: &EnvKind) -> Option<Value> {
    match kind {
        EnvKind::String { default, .. } | EnvKind::Enum { default, .. } => {
            default.clone().map(Value::from)
        }
        EnvKind::Number { default, .. } => default.map(number_value),
        EnvKind::Boolean { default } => default.map(Value::from),
    }
}

fn type_name(field: &EnvField, has_default: bool) -> String {
    let mut name = match &field.kind {
        EnvKind::String { .. } => "string".to_owned(),
        EnvKind::Number { .. } => "number".to_owned(),
        EnvKind::Boolean { .. } => "boolean".to_owned(),
        EnvKind::Enum { values, .. } => {
            values.iter().map(|value| format!("'{value}'")).collect::<Vec<_>>().join(" | ")
        }
    };
    if field.optional && !has_default {
        name.push_str(" | undefined");
    }
    name
}

fn string_rules(kind: &EnvKind, text: &str, broken: &mut Vec<&'static str>) {
    let EnvKind::String { max, min, length, url, includes, starts_with, ends_with, .. } = kind
    else {
        return;
    };
    // Lengths count as in JavaScript; no variable is long enough for the conversion to lose anything.
    let size = text.encode_utf16().count() as f64;
    let mut rule = |name, is_met: bool| {
        if !is_met {
            broken.push(name);
        }
    };
    rule("max", max.is_none_or(|max| size <= max));
    rule("min", min.is_none_or(|min| size >= min));
    rule("length", length.is_none_or(|length| size == length));
    rule("url", url.is_none() || ada_url::Url::can_parse(text, None));
    rule("includes", includes.as_ref().is_none_or(|part| text.contains(part.as_str())));
    rule("startsWith", starts_with.as_ref().is_none_or(|part| text.starts_with(part.as_str())));
    rule("endsWith", ends_with.as_ref().is_none_or(|part| text.ends_with(part.as_str())));
}

fn number_rules(kind: &EnvKind, number: f64, broken: &mut Vec<&'static str>) {
    let EnvKind::Number { gt, min, lt, max, int, .. } = kind else { return };
    let mut rule = |name, is_met: bool| {
        if !is_met {
            broken.push(name);
        }
    };
    rule("gt", gt.is_none_or(|gt| number > gt));
    rule("min", min.is_none_or(|min| number >= min));
    rule("lt", lt.is_none_or(|lt| number < lt));
    rule("max", max.is_none_or(|max| number <= max));
    rule("int", int.is_none_or(|int| (number.is_finite() && number.fract() == 0.0) == int));
}

/// Whole numbers without a fraction, as a script would write them.
fn number_value(number: f64) -> Value {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if number.fract() == 0.0 && number.abs() < EXACT {
        return Value::from(number as i64);
    }
    Number::from_f64(number).map_or(Value::Null, Value::Number)
}

/// JavaScript's `parseFloat` for what environments hold: the longest number at the start of the text.
fn parse_float(text: &str) -> Option<f64> {
    let text = text.trim_start();
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if unsigned.starts_with("Infinity") {
        return Some(if text.starts_with('-') { f64::NEG_INFINITY } else { f64::INFINITY });
    }
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let sign = text.len() - unsigned.len();
    let whole = digits(unsigned);
    let mut end = whole;
    if let Some(rest) = unsigned[end..].strip_prefix('.') {
        let fraction = digits(rest);
        if whole + fraction == 0 {
            return None;
        }
        end += 1 + fraction;
    } else if whole == 0 {
        return None;
    }
    if let Some(rest) = unsigned[end..].strip_prefix(['e', 'E']) {
        let exponent_sign = usize::from(rest.starts_with(['+', '-']));
        let exponent = digits(&rest[exponent_sign..]);
        if exponent > 0 {
            end += 1 + exponent_sign + exponent;
        }
    }
    text[..sign + end].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema(text: &str) -> Vec<EnvField> {
        serde_json::from_str(text).expect("valid schema")
    }

    #[track_caller]
    fn check(field: &str, text: Option<&str>, expected: Result<&str, &str>) {
        let fields =
            schema(&format!(r#"[{{"name":"V","context":"server","access":"public",{field}}}]"#));
        let found = public_values(&fields, Secrets::Ignore, |_| text.map(str::to_owned));
        let found = match &found {
            Ok(values) => Ok(values[0].1.as_ref().map_or("undefined".to_owned(), Value::to_string)),
            Err(error) => Err(error.problems.join("\n")),
        };
        assert_eq!(
            found,
            expected.map(str::to_owned).map_err(str::to_owned),
            "{field} with {text:?}"
        );
    }

    #[test]
    fn a_value_becomes_its_type_or_says_what_is_wrong() {
        check(r#""type":"string""#, Some("x"), Ok("\"x\""));
        check(r#""type":"string""#, None, Err("V is missing"));
        check(r#""type":"string""#, Some(""), Err("V is missing"));
        check(r#""type":"string","optional":true"#, None, Ok("undefined"));
        check(r#""type":"number""#, Some("12abc"), Ok("12"));
        check(r#""type":"number""#, Some("1.5e2"), Ok("150"));
        check(r#""type":"number""#, Some("abc"), Err("V's type is invalid, expected: number"));
        check(r#""type":"number","default":4000"#, None, Ok("4000"));
        check(r#""type":"boolean""#, Some("yes"), Err("V's type is invalid, expected: boolean"));
        check(
            r#""type":"boolean","optional":true"#,
            Some("1"),
            Err("V's type is invalid, expected: boolean | undefined"),
        );
        check(
            r#""type":"enum","values":["a","b"]"#,
            Some("c"),
            Err("V's type is invalid, expected: 'a' | 'b'"),
        );
        check(
            r#""type":"string","min":9,"url":true,"startsWith":"h""#,
            Some("x"),
            Err("The following constraints for V are not met: min, url, startsWith"),
        );
        check(
            r#""type":"number","gt":3,"int":true"#,
            Some("2.5"),
            Err("The following constraints for V are not met: gt, int"),
        );
    }

    #[test]
    fn the_text_of_the_error_lists_all_variables() {
        let fields = schema(
            r#"[{"name":"A","context":"server","access":"public","type":"string"},
                {"name":"S","context":"server","access":"secret","type":"string"},
                {"name":"B","context":"client","access":"public","type":"boolean"}]"#,
        );
        let error = |secrets| {
            public_values(&fields, secrets, |_| None).expect_err("nothing is set").to_string()
        };
        let start = "The following environment variables defined in `env.schema` are invalid:\n\n";
        assert_eq!(error(Secrets::Ignore), format!("{start}- A is missing\n- B is missing\n"));
        assert_eq!(
            error(Secrets::Validate),
            format!("{start}- A is missing\n- S is missing\n- B is missing\n")
        );
    }

    #[test]
    fn each_module_exports_what_belongs_to_it() {
        let fields = schema(
            r#"[{"name":"A","context":"client","access":"public","type":"string"},
                {"name":"S","context":"server","access":"secret","type":"number","min":2},
                {"name":"B","context":"server","access":"public","type":"number","optional":true}]"#,
        );
        let public = [("A".to_owned(), Some(Value::from("a\"b"))), ("B".to_owned(), None)];
        assert_eq!(
            module_source(CLIENT_MODULE, &fields, &public),
            "export const A = \"a\\\"b\";\n"
        );
        let server = module_source(SERVER_MODULE, &fields, &public);
        assert!(server.contains("export { getSecret };"), "{server}");
        assert!(server.contains("export const S = secretValue({\"name\":\"S\""), "{server}");
        assert!(
            server.contains("export const B = undefined;") && !server.contains("const A"),
            "{server}"
        );
    }

    #[test]
    fn numbers_are_read_as_parse_float_reads_them() {
        let rows = [
            ("1.", Some(1.0)),
            (".5x", Some(0.5)),
            ("-2e-1", Some(-0.2)),
            ("1e", Some(1.0)),
            (".", None),
            ("", None),
        ];
        for (text, expected) in rows {
            assert_eq!(parse_float(text), expected, "{text:?}");
        }
        assert_eq!(parse_float(" -Infinityx"), Some(f64::NEG_INFINITY));
    }
}
