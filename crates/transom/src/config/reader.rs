//! Checked access to the config's values; collects what is wrong and what is ignored.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use transom_diag::{Diagnostic, Place, Span};
use transom_manifest::ProjectConfig;

use super::ConfigFile;
use super::record::is_opaque;

/// Reads values and remembers every fault. Paths are those of the file, such as `server.port`.
pub(super) struct Reader<'a> {
    file: ConfigFile<'a>,
    faults: Vec<Diagnostic>,
    ignored: Vec<String>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(file: ConfigFile<'a>) -> Self {
        Self { file, faults: Vec::new(), ignored: Vec::new() }
    }

    /// The configuration, unless something was wrong.
    pub(super) fn finish(
        self,
        mut config: ProjectConfig,
    ) -> Result<ProjectConfig, Vec<Diagnostic>> {
        if !self.faults.is_empty() {
            return Err(self.faults);
        }
        config.ignored = self.ignored;
        Ok(config)
    }

    /// Records a fault at the option `path`; an empty path is the file as a whole.
    pub(super) fn fault(&mut self, path: &str, message: impl std::fmt::Display) {
        let place = locate(self.file.text, path).map_or(Place::File, Place::Text);
        let diagnostic = Diagnostic::error("config/invalid-option", message);
        self.faults.push(diagnostic.label(self.file.name, place, ""));
    }

    /// Records an option that has no effect here.
    pub(super) fn ignore(&mut self, path: &str) {
        self.ignored.push(path.to_owned());
    }

    pub(super) fn object<'v>(
        &mut self,
        path: &str,
        value: &'v Value,
    ) -> Option<&'v Map<String, Value>> {
        self.expect(path, value, "an object", value.as_object().filter(|_| !is_opaque(value)))
    }

    pub(super) fn array<'v>(&mut self, path: &str, value: &'v Value) -> Option<&'v Vec<Value>> {
        self.expect(path, value, "an array", value.as_array())
    }

    pub(super) fn text(&mut self, path: &str, value: &Value) -> Option<String> {
        self.expect(path, value, "a string", value.as_str().map(str::to_owned))
    }

    pub(super) fn boolean(&mut self, path: &str, value: &Value) -> Option<bool> {
        self.expect(path, value, "`true` or `false`", value.as_bool())
    }

    pub(super) fn whole_number(&mut self, path: &str, value: &Value) -> Option<u64> {
        self.expect(path, value, "a whole number", value.as_u64())
    }

    /// An absolute URL, kept as written.
    pub(super) fn url(&mut self, path: &str, value: &Value) -> Option<String> {
        let url = value.as_str().filter(|text| ada_url::Url::can_parse(text, None));
        self.expect(path, value, "a URL such as `https://example.com`", url.map(str::to_owned))
    }

    /// One of some words, each of which is the serialised form of a variant of `T`.
    pub(super) fn choice<T: DeserializeOwned>(
        &mut self,
        path: &str,
        value: &Value,
        words: &[&str],
    ) -> Option<T> {
        let known = value.as_str().filter(|word| words.contains(word));
        let choice = known.and_then(|_| serde_json::from_value(value.clone()).ok());
        self.expect(path, value, &format!("one of `{}`", words.join("`, `")), choice)
    }

    /// Hands `found` on. Where it is `None`, records that `value`, at the option `path`, is not what is
    /// expected; a value that only running a package would give is ignored instead, so that every
    /// config loads with nothing installed.
    pub(super) fn expect<T>(
        &mut self,
        path: &str,
        value: &Value,
        expected: &str,
        found: Option<T>,
    ) -> Option<T> {
        if found.is_some() {
            return found;
        }
        if is_opaque(value) {
            self.ignore(if path.is_empty() { "default" } else { path });
        } else if path.is_empty() {
            self.fault(path, format_args!("the config must be {expected}"));
        } else {
            self.fault(path, format_args!("`{path}` must be {expected}"));
        }
        found
    }
}

/// The place of an option in the file's text: each name of the path is searched, as a key, after the
/// one before it. A config that is put together from other files gives no place, or a near one.
fn locate(text: &str, path: &str) -> Option<Span> {
    let mut found = None;
    let mut start = 0;
    for name in path.split('.').filter(|name| !name.is_empty()) {
        let at = start + find_key(&text[start..], name)?;
        start = at + name.len();
        found = Some(Span::new(at, start));
    }
    found
}

/// Offset of `name` where it stands as an object key: not inside a longer word, and with a colon after it.
fn find_key(text: &str, name: &str) -> Option<usize> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    text.match_indices(name).map(|(at, _)| at).find(|at| {
        let after = text[at + name.len()..].trim_start_matches(['"', '\'']).trim_start();
        !text[..*at].ends_with(is_word) && after.starts_with(':')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_option_is_found_in_the_text() {
        let text =
            "export default {\n  sites: 1, // site\n  server: { port: 'x' },\n  'a-b': 2,\n};";
        let check = |path: &str, expected: Option<&str>| {
            let found = locate(text, path).map(|span| &text[span.start..]);
            assert_eq!(
                found.map(|rest| &rest[..rest.find([',', '}']).unwrap_or(0)]),
                expected,
                "{path}"
            );
        };
        check("server.port", Some("port: 'x' "));
        check("a-b", Some("a-b': 2"));
        check("site", None);
        check("", None);
    }
}
