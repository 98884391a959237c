//! `transom.toml` as a source of settings.
//!
//! The document is walked by hand over the parser's spans rather than through serde, so that every
//! problem is found in one pass and each has its place in the file.

use std::ops::Range;
use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};
use transom_diag::{Diagnostic, Span};

use super::{FILE_KEYS, KEYS, Key, Layer, SERVICE_KEYS, ValueKind, collections, issuers};

/// Name of the file in a project folder.
pub(crate) const NAME: &str = "transom.toml";

/// Something wrong in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FileError {
    /// Stable code of the diagnostic.
    pub(crate) code: &'static str,
    /// One sentence without a full stop.
    pub(crate) message: String,
    /// Byte range in the file.
    pub(crate) span: Range<usize>,
    /// What to do.
    pub(crate) hint: Option<String>,
}

impl FileError {
    /// The error with its place in the project's `transom.toml`.
    pub(crate) fn diagnostic(&self) -> Diagnostic {
        let span = Span::new(self.span.start, self.span.end);
        let diagnostic = Diagnostic::error(self.code, &self.message).label(NAME, span, "");
        match &self.hint {
            Some(hint) => diagnostic.hint(hint),
            None => diagnostic,
        }
    }
}

/// Reads the text of a `transom.toml`; relative paths in it are relative to `folder`.
///
/// # Errors
/// Everything that is wrong, in the order of the file.
pub(crate) fn parse(text: &str, folder: &Path) -> Result<Layer, Vec<FileError>> {
    let document = DeTable::parse(text).map_err(|error| {
        vec![FileError {
            code: "settings/syntax",
            message: format!("`{NAME}` is not valid TOML: {}", error.message()),
            span: error.span().unwrap_or(0..0),
            hint: None,
        }]
    })?;
    let mut walk = Walk { folder, layer: Layer::default(), errors: Vec::new() };
    walk.table("", document.get_ref());
    walk.errors.sort_by_key(|error| error.span.start);
    if walk.errors.is_empty() { Ok(walk.layer) } else { Err(walk.errors) }
}

/// Everything that may stand in the file.
pub(super) fn all_keys() -> impl Iterator<Item = &'static Key> {
    KEYS.iter().chain(SERVICE_KEYS).chain(FILE_KEYS)
}

struct Walk<'a> {
    folder: &'a Path,
    layer: Layer,
    errors: Vec<FileError>,
}

impl Walk<'_> {
    /// Reads one table; `prefix` is its path with a final dot, or empty.
    fn table(&mut self, prefix: &str, table: &DeTable<'_>) {
        for (name, value) in table {
            let path = format!("{prefix}{}", name.get_ref());
            let inner = format!("{path}.");
            if let Some(key) = all_keys().find(|key| key.path == path) {
                self.value(key, value);
            } else if path == issuers::PATH {
                self.issuers(value);
            } else if path == collections::PATH {
                match collections::parse(value) {
                    Ok(collections) => self.layer.collections = collections,
                    Err(errors) => self.errors.extend(errors),
                }
            } else if !all_keys().any(|key| key.path.starts_with(&inner)) {
                self.errors.push(unknown_key(prefix, name.get_ref(), name.span()));
            } else if let DeValue::Table(table) = value.get_ref() {
                self.table(&inner, table);
            } else {
                self.errors.push(FileError {
                    code: "settings/not-a-table",
                    message: format!("`{path}` must be a table"),
                    span: value.span(),
                    hint: Some(format!("write its keys below `[{path}]`")),
                });
            }
        }
    }

    fn issuers(&mut self, value: &Spanned<DeValue<'_>>) {
        match issuers::parse(value, self.folder) {
            Ok(issuers) => self.layer.identity.issuers = issuers,
            Err((message, span)) => {
                let code = "settings/invalid-value";
                self.errors.push(FileError { code, message, span, hint: None });
            }
        }
    }

    /// Reads the value of one setting.
    fn value(&mut self, key: &Key, value: &Spanned<DeValue<'_>>) {
        let outcome = as_text(key.value, value.get_ref())
            .and_then(|text| key.set(&mut self.layer, &text, Some(self.folder)));
        if let Err(complaint) = outcome {
            self.errors.push(FileError {
                code: "settings/invalid-value",
                message: format!("`{}` is wrong: {complaint}", key.path),
                span: value.span(),
                hint: None,
            });
        }
    }
}

/// The value in the notation of flags and variables, when TOML's type fits the setting.
fn as_text(kind: ValueKind, value: &DeValue<'_>) -> Result<String, String> {
    use ValueKind as Kind;
    match (kind, value) {
        (Kind::Switch, DeValue::Boolean(value)) => Ok(value.to_string()),
        (Kind::Words, DeValue::Array(words)) => {
            let text = |word: &Spanned<DeValue<'_>>| match word.get_ref() {
                DeValue::String(text) => Ok(text.to_string()),
                _ => Err("write a list of texts in quotes".to_owned()),
            };
            Ok(words.iter().map(text).collect::<Result<Vec<_>, _>>()?.join(","))
        }
        (Kind::Words, _) => Err("write a list such as `[\"one\", \"two\"]`".to_owned()),
        (Kind::Switch, _) => Err("write `true` or `false`".to_owned()),
        (Kind::Port | Kind::Count | Kind::Size | Kind::Address, DeValue::Integer(number)) => {
            // Underscores and other radixes are TOML's business.
            let digits = i64::from_str_radix(number.as_str(), number.radix());
            digits
                .map(|number| number.to_string())
                .map_err(|_| "the number is too large".to_owned())
        }
        (Kind::Port | Kind::Count, _) => Err("write a whole number, without quotes".to_owned()),
        (Kind::Duration, DeValue::Integer(number)) => {
            Err(format!("the unit is missing; write for example `\"{}s\"`", number.as_str()))
        }
        (_, DeValue::String(text)) => Ok(text.to_string()),
        _ => Err("write a text in quotes".to_owned()),
    }
}

/// The complaint about a key that is in no row of the table, with the nearest that is.
fn unknown_key(prefix: &str, name: &str, span: Range<usize>) -> FileError {
    let table = prefix.trim_end_matches('.');
    let message = if table.is_empty() {
        format!("unknown key `{name}`")
    } else {
        format!("unknown key `{name}` in `[{table}]`")
    };
    FileError { code: "settings/unknown-key", message, span, hint: suggestion(prefix, name) }
}

/// Names the nearest key of the same table, else the place where a key of this very name belongs,
/// else every key of the table.
fn suggestion(prefix: &str, name: &str) -> Option<String> {
    let mut siblings: Vec<&str> = Vec::new();
    for path in all_keys().map(|key| key.path).chain([issuers::PATH, collections::PATH]) {
        if let Some(rest) = path.strip_prefix(prefix) {
            let sibling = rest.split('.').next().unwrap_or(rest);
            if !siblings.contains(&sibling) {
                siblings.push(sibling);
            }
        }
    }
    let normal = name.to_ascii_lowercase().replace('-', "_");
    let nearest = siblings
        .iter()
        .map(|sibling| (strsim::damerau_levenshtein(&normal, sibling), *sibling))
        .min()
        .filter(|(distance, sibling)| *distance <= sibling.len().max(name.len()) / 3);
    if let Some((_, sibling)) = nearest {
        return Some(format!("did you mean `{sibling}`?"));
    }
    let elsewhere = all_keys().find(|key| key.path.rsplit('.').next() == Some(normal.as_str()));
    if let Some(table) = elsewhere.and_then(|key| key.path.rsplit_once('.')).map(|(table, _)| table)
    {
        return Some(format!("`{normal}` belongs below `[{table}]`"));
    }
    Some(format!("known here: `{}`", siblings.join("`, `")))
}
