//! What of a `transom.toml` may be shown beside an error: everything but the values of secrets, and but texts of keys that
//! are not known, which may be secrets under a misspelt name.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::file::all_keys;
use super::{ValueKind, collections, issuers};

/// The text with the same length and lines, and asterisks where there is something to hide.
pub(crate) fn without_secrets(text: &str) -> String {
    let mut hidden = Vec::new();
    match DeTable::parse(text) {
        Ok(document) => of_table("", document.get_ref(), &mut hidden),
        Err(_) => of_lines(text, &mut hidden),
    }
    let is_hidden = |at: usize| hidden.iter().any(|span: &Range<usize>| span.contains(&at));
    let mut shown = String::with_capacity(text.len());
    for (at, letter) in text.char_indices() {
        if letter != '\n' && is_hidden(at) {
            shown.extend(std::iter::repeat_n('*', letter.len_utf8()));
        } else {
            shown.push(letter);
        }
    }
    shown
}

/// The places in a table; `prefix` is its path with a final dot, or empty.
fn of_table(prefix: &str, table: &DeTable<'_>, hidden: &mut Vec<Range<usize>>) {
    for (name, value) in table {
        let path = format!("{prefix}{}", name.get_ref());
        let inner = format!("{path}.");
        let key = all_keys().find(|key| key.path == path);
        let what = match key {
            Some(key) if key.value == ValueKind::Secret => What::All,
            None if path != issuers::PATH && path != collections::PATH => What::Texts,
            _ => What::Addresses,
        };
        match value.get_ref() {
            DeValue::Table(table) if all_keys().any(|key| key.path.starts_with(&inner)) => {
                of_table(&inner, table, hidden);
            }
            _ => of_value(value, what, hidden),
        }
    }
}

/// What of a value is hidden.
#[derive(Clone, Copy, PartialEq)]
enum What {
    /// Addresses with a password, of what is known to be no secret.
    Addresses,
    /// Every text, of what may be a secret.
    Texts,
    /// The whole of a secret.
    All,
}

/// The places in a value.
fn of_value(value: &Spanned<DeValue<'_>>, what: What, hidden: &mut Vec<Range<usize>>) {
    let is_hidden = match value.get_ref() {
        DeValue::Table(table) => {
            return table.iter().for_each(|(_, value)| of_value(value, what, hidden));
        }
        DeValue::Array(list) => {
            return list.iter().for_each(|value| of_value(value, what, hidden));
        }
        DeValue::String(text) => what != What::Addresses || names_somebody(text),
        _ => what == What::All,
    };
    if is_hidden {
        hidden.push(value.span());
    }
}

fn names_somebody(text: &str) -> bool {
    text.split_once("://").is_some_and(|(_, rest)| rest.contains('@'))
}

/// The places in a text that is no TOML: what stands behind a word that can be the name of a secret, and addresses with
/// a password. Rather too much than too little.
fn of_lines(text: &str, hidden: &mut Vec<Range<usize>>) {
    let secrets = all_keys().filter(|key| key.value == ValueKind::Secret);
    let words: Vec<&str> =
        secrets.map(|key| key.path.rsplit(['.', '_']).next().unwrap_or(key.path)).collect();
    let mut open: Option<&str> = None;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let lower = line.to_ascii_lowercase();
        let word = words.iter().filter_map(|word| Some(lower.find(word)? + word.len())).min();
        let from = match word {
            _ if open.is_some() => Some(0),
            None if names_somebody(line) => line.find("://"),
            word => word,
        };
        if let Some(from) = from {
            hidden.push(start + from..start + line.len());
            for quotes in ["\"\"\"", "'''"] {
                let is_odd = line[from..].matches(quotes).count() % 2 == 1;
                match open {
                    None if is_odd => open = Some(quotes),
                    Some(begun) if begun == quotes && is_odd => open = None,
                    _ => {}
                }
            }
        }
        start += line.len();
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use transom_diag::{Color, render};

    use super::*;
    use crate::settings::file;

    /// What is printed about a file.
    fn told(text: &str) -> String {
        let errors = file::parse(text, Path::new("/p")).expect_err(text);
        let shown = without_secrets(text);
        assert_eq!(shown.len(), text.len(), "{text}");
        let diagnostics = errors.iter().map(file::FileError::diagnostic);
        diagnostics.map(|told| render(&told, Color::Never, |_| Some(shown.as_str()))).collect()
    }

    #[test]
    fn handlers_see_no_variable_of_a_secret() {
        let secrets = all_keys().filter(|key| key.value == ValueKind::Secret);
        for variable in secrets.flat_map(|key| key.env) {
            assert!(transom_permissions::SECRET_VARIABLES.contains(variable), "{variable}");
        }
    }

    /// Each row: a file with `SECTION` and `KEY` in place of the names of a secret.
    #[test]
    fn no_error_shows_a_secret() {
        let secrets: Vec<&str> =
            all_keys().filter(|key| key.value == ValueKind::Secret).map(|key| key.path).collect();
        assert_eq!(secrets, ["identity.client_secret", "store.url"]);
        for path in secrets {
            let (section, key) = path.split_once('.').expect("it is in a table");
            for text in [
                "[SECTION]\nKEY = \"postgres://u:s3cret@127.0.0.1:bad/x y\"",
                "[SECTION]\nKEY = [\"s3cret\"]",
                "[SECTION]\nKEY = { x = \"s3cret\" }",
                "[SECTION.KEY]\nx = \"s3cret\"",
                "SECTION = { KEY = \"postgres://u:s3cret@h/x\", conections = 3 }",
                "SECTION = \"postgres://u:s3cret@h/x\"",
                "[SECTION]\nx_KEY = \"s3cret\"",
                "[SCETION]\nKEY = \"s3cret\"",
                "SCETION.KEY = \"s3cret\"",
                "[SECTION]\nKEY = \"s3cret",
                "[SECTION]\nKEY \"s3cret\"",
                "[SECTION]\nKEY = \"\"\"\ns3cret\\q\n\"\"\"",
                "[SECTION]\nother = \"postgres://u:s3cret@h",
                "[SECTION]\nKEY = s3cret",
            ] {
                let text = text.replace("SECTION", section).replace("KEY", key);
                let told = told(&text);
                assert!(!told.contains("s3cret"), "{text}\n{told}");
                assert!(told.contains("transom.toml"), "{text}\n{told}");
            }
        }
    }

    #[test]
    fn what_is_no_secret_is_shown() {
        let found = told("[server]\nport = \"eighty\"\n[store]\nurl = \"postgres://h/x\"\n");
        assert!(found.contains("port = \"eighty\""), "{found}");
        let found = told("[server]\nprot = 80\n");
        assert!(found.contains("prot = 80"), "{found}");
    }
}
