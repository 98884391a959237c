//! From rolldown's diagnostics to [`BundleError`].
//!
//! rolldown tells kind, message, module id and the start of the first label; the end of the marked text is found
//! again in the source. What it calls a warning may be an error here: an import that nothing answers.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use rolldown_error::{BuildDiagnostic, DiagnosticOptions, EventKind};

use crate::error::{BundleError, Place, project_path};

/// An error with the module it belongs to, by which the failing entries are found.
#[derive(Debug, Clone)]
pub(crate) struct ModuleError {
    /// Absolute path (or virtual id) of the module, if known.
    pub module: Option<String>,
    pub error: BundleError,
}

/// Translates diagnostics of one project.
pub(crate) struct Translator<'a> {
    pub root: &'a Path,
}

impl Translator<'_> {
    /// An error of a failed bundle.
    pub fn error(&self, diagnostic: &BuildDiagnostic) -> ModuleError {
        let options = DiagnosticOptions { cwd: self.root.to_path_buf() };
        let shown = diagnostic.to_diagnostic_with(&options);
        let location = shown.get_primary_location();
        let module = diagnostic
            .id()
            .or_else(|| location.as_ref().map(|(file, ..)| file.clone()))
            .map(|id| self.absolute(&id));
        let place = match (&location, &module) {
            (Some((file, _, _, utf16)), _) => self.place(file, *utf16),
            (None, Some(id)) if !id.starts_with('\0') => {
                Some(Place::file(project_path(self.root, Path::new(id))))
            }
            _ => None,
        };
        let title = diagnostic.to_message_with(&options);
        let (code, message, hint) = match diagnostic.kind() {
            EventKind::ParseError
            | EventKind::TransformError
            | EventKind::IllegalReassignmentError => ("bundle/syntax", sentence(&title), None),
            EventKind::MissingExportError => {
                let (message, hint) = missing_export(&title);
                ("bundle/missing-export", message, hint)
            }
            EventKind::UnresolvedImport | EventKind::ResolveError => {
                let specifier = diagnostic.exporter().unwrap_or_default();
                unresolved(&specifier, diagnostic.kind())
            }
            EventKind::UnresolvedEntry => ("bundle/missing-file", sentence(&title), None),
            EventKind::UnloadableDependencyError => {
                ("bundle/unreadable-file", sentence(&title), None)
            }
            EventKind::AssignToImportError => ("bundle/assign-to-import", sentence(&title), None),
            EventKind::RequireTlaError => {
                ("bundle/require-of-async-module", sentence(&title), None)
            }
            _ => ("bundle/failed", sentence(&title), None),
        };
        ModuleError {
            module,
            error: BundleError { code, message, place: place.map(Box::new), hint },
        }
    }

    /// The error hidden in a warning about an unresolved import.
    pub fn unresolved_import(&self, warning: &BuildDiagnostic) -> Option<ModuleError> {
        matches!(warning.kind(), EventKind::UnresolvedImport).then(|| self.error(warning))
    }

    /// The errors of those of `ids` that are invalid JSON files. rolldown names no file for some of them.
    pub fn json_errors<'a>(&self, ids: impl IntoIterator<Item = &'a str>) -> Vec<ModuleError> {
        let check = |id: &str| {
            let source = fs::read_to_string(id).ok()?;
            let error = serde_json::from_str::<serde_json::Value>(&source).err()?;
            let shown = project_path(self.root, Path::new(id));
            let offset = line_offset(&source, error.line()) + error.column().saturating_sub(1);
            let text = error.to_string();
            let message =
                format!("invalid JSON: {}", text.split(" at line ").next().unwrap_or(&text));
            let place = Some(Place::token(shown, &source, offset));
            let error = BundleError {
                code: "bundle/json",
                message,
                place: place.map(Box::new),
                hint: None,
            };
            Some(ModuleError { module: Some(id.to_owned()), error })
        };
        let ids: BTreeSet<&str> = ids.into_iter().filter(|id| id.ends_with(".json")).collect();
        ids.into_iter().filter_map(check).collect()
    }

    /// The error of importing over the network.
    pub fn url_import(&self, importer: &str, specifier: &str) -> ModuleError {
        let (code, message, hint) = unresolved(specifier, EventKind::UnresolvedImport);
        let place = self.place_of(importer, specifier);
        ModuleError {
            module: Some(importer.to_owned()),
            error: BundleError { code, message, place: place.map(Box::new), hint },
        }
    }

    /// The string literal of `importer` that ends with `text`.
    fn place_of(&self, importer: &str, text: &str) -> Option<Place> {
        let source = fs::read_to_string(importer).ok()?;
        let at = source.find(text)?;
        let start = source[..at].rfind(['"', '\'', '`']).unwrap_or(at);
        Some(Place::token(project_path(self.root, Path::new(importer)), &source, start))
    }

    /// The error of importing a file of a type that means nothing to a server.
    pub fn unsupported(&self, id: &str, importer: Option<&str>) -> ModuleError {
        let (path, query) = id.split_once('?').unwrap_or((id, ""));
        let shown = project_path(self.root, Path::new(path));
        let name = Path::new(path).file_name().unwrap_or_default().to_string_lossy();
        let place = importer.and_then(|importer| self.place_of(importer, &name));
        let message = if query.is_empty() {
            format!("an endpoint cannot import `{}`", shown.display())
        } else {
            format!("`?{query}` is not a known way to import `{}`", shown.display())
        };
        let hint = Some("add `?raw` for its text or `?url` for its address".to_owned());
        ModuleError {
            module: Some(id.to_owned()),
            error: BundleError {
                code: "bundle/unsupported-file",
                message,
                place: place.map(Box::new),
                hint,
            },
        }
    }

    /// Text of a warning worth showing.
    pub fn warning(&self, warning: &BuildDiagnostic) -> String {
        let error = self.error(warning).error;
        error.to_string()
    }

    fn absolute(&self, id: &str) -> String {
        if id.starts_with('\0') || Path::new(id).is_absolute() {
            return id.to_owned();
        }
        self.root.join(id).to_string_lossy().into_owned()
    }

    fn place(&self, file: &str, utf16_offset: usize) -> Option<Place> {
        let path = self.root.join(file);
        let shown = project_path(self.root, &normalize(&path));
        let Ok(source) = fs::read_to_string(&path) else { return Some(Place::file(shown)) };
        Some(Place::token(shown, &source, byte_offset(&source, utf16_offset)))
    }
}

/// Message, code and hint for an import that leads nowhere.
fn unresolved(specifier: &str, kind: EventKind) -> (&'static str, String, Option<String>) {
    if specifier.starts_with("http://")
        || specifier.starts_with("https://")
        || specifier.starts_with("//")
    {
        let hint = "install it as a package, or fetch it at run time".to_owned();
        return (
            "bundle/url-import",
            format!("`{specifier}` cannot be imported over the network"),
            Some(hint),
        );
    }
    if is_path(specifier) || specifier.starts_with('#') {
        return ("bundle/unresolved-import", format!("cannot find `{specifier}`"), None);
    }
    let package = package_name(specifier);
    if matches!(kind, EventKind::ResolveError) {
        let message = format!("package `{package}` does not offer `{specifier}`");
        let hint = format!("see `exports` in the package.json of `{package}`");
        return ("bundle/unresolved-import", message, Some(hint));
    }
    let message = format!("package `{package}` is not installed");
    ("bundle/missing-package", message, Some(format!("run `npm install {package}`")))
}

fn missing_export(title: &str) -> (String, Option<String>) {
    // `"NAME" is not exported by "FILE", imported by "FILE".`
    let parts: Vec<&str> = title.split('"').collect();
    let [_, name, _, exporter, ..] = parts.as_slice() else { return (sentence(title), None) };
    let exporter = exporter.trim_start_matches("\\0");
    let hint = format!("if `{name}` is a type, import it with `import type`");
    (format!("`{exporter}` has no export `{name}`"), Some(hint))
}

/// The package part of a bare specifier.
pub(crate) fn package_name(specifier: &str) -> &str {
    let mut slashes = specifier.match_indices('/').map(|(at, _)| at);
    let end = if specifier.starts_with('@') { slashes.nth(1) } else { slashes.next() };
    &specifier[..end.unwrap_or(specifier.len())]
}

/// True for `./a`, `../a`, `/a` and `.`.
pub(crate) fn is_path(specifier: &str) -> bool {
    specifier == "."
        || specifier == ".."
        || ["./", "../", "/"].iter().any(|p| specifier.starts_with(p))
}

/// First line without the full stop, as house style wants messages.
fn sentence(text: &str) -> String {
    text.lines().next().unwrap_or_default().trim_end().trim_end_matches('.').to_owned()
}

fn byte_offset(text: &str, utf16_offset: usize) -> usize {
    let mut units = 0;
    for (at, c) in text.char_indices() {
        if units >= utf16_offset {
            return at;
        }
        units += c.len_utf16();
    }
    text.len()
}

/// Offset of a line, counted from 1.
pub(crate) fn line_offset(text: &str, line: usize) -> usize {
    text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum()
}

/// Removes `.` and `..` without touching the disk.
pub(crate) fn normalize(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir => {
                out.pop();
            }
            part => out.push(part),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn package_names() {
        for (specifier, expected) in
            [("a", "a"), ("a/b/c", "a"), ("@s/a", "@s/a"), ("@s/a/b", "@s/a"), ("@s", "@s")]
        {
            assert_eq!(package_name(specifier), expected);
        }
    }

    #[test]
    fn an_unresolved_import_says_what_to_do() {
        let check = |specifier: &str, code: &str, text: &str| {
            let (found, message, hint) = unresolved(specifier, EventKind::UnresolvedImport);
            assert_eq!(found, code);
            let all = format!("{message} {}", hint.unwrap_or_default());
            assert!(all.contains(text), "{all}");
        };
        check("./a", "bundle/unresolved-import", "cannot find `./a`");
        check("#x", "bundle/unresolved-import", "cannot find `#x`");
        check("@s/a/b", "bundle/missing-package", "npm install @s/a");
        check("https://x.test/a.js", "bundle/url-import", "over the network");
    }
}
