//! From file names to routes, without looking at a disk.
//!
//! Spec: `astro-endpoints.md` section 1.1. `discover.rs` finds the names.

use transom_diag::{Diagnostic, Place};

use crate::error::{NameSpan, RouteError};
use crate::route::{Route, RouteKind};
use crate::segment::{Segment, Source, parse_segment};

/// Extensions of files with handlers.
const ENDPOINTS: &[&str] = &["ts", "js"];

/// Extensions of pages, which Astro (with its usual integrations) would render.
const PAGES: &[&str] = &["astro", "md", "markdown", "mdown", "mkdn", "mkd", "mdwn", "html", "mdx"];

/// Extensions of components that people take for pages.
const NEARLY_PAGES: &[&str] = &["tsx", "jsx", "vue", "svelte"];

/// What the name of a file makes of it.
#[derive(Debug)]
pub enum FileEntry {
    /// A route.
    Route(Route),
    /// Nothing, and its author may not expect that.
    Unsupported(Diagnostic),
    /// Nothing.
    Skipped,
}

/// Whether a file or folder of this name is left out, with everything below it.
pub fn is_left_out(name: &str) -> bool {
    name.starts_with('_') || (name.starts_with('.') && name != ".well-known")
}

/// What becomes of the file `path` below the folder `pages`, both with forward slashes and relative
/// to the project: `("src/pages", "users/[id].ts")`.
///
/// # Errors
/// If the file, or one of the folders it is in, has a name that cannot be a route.
pub fn read_file_name(pages: &str, path: &str) -> Result<FileEntry, RouteError> {
    if path.split('/').any(is_left_out) {
        return Ok(FileEntry::Skipped);
    }
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let (stem, extension) = match name.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() => (stem, extension),
        _ => (name, ""),
    };
    let kind = match extension {
        _ if ENDPOINTS.contains(&extension) => RouteKind::Endpoint,
        _ if PAGES.contains(&extension) => RouteKind::Page,
        _ if NEARLY_PAGES.contains(&extension) => {
            return Ok(FileEntry::Unsupported(unsupported(&format!("{pages}/{path}"))));
        }
        _ => return Ok(FileEntry::Skipped),
    };
    let mut segments = read_folder_names(pages, folders)?;
    let file = format!("{pages}/{path}");
    let segment = read_segment(&file, stem, file.len() - name.len(), extension == "astro")?;
    if stem != "index" {
        segments.push(segment);
    }
    Ok(FileEntry::Route(Route::new(segments, &file, kind)))
}

/// The segments of the folders `path` below `pages`; none for the empty path.
///
/// # Errors
/// If one of them has a name that cannot be part of a route.
pub(crate) fn read_folder_names(pages: &str, path: &str) -> Result<Vec<Segment>, RouteError> {
    let mut segments = Vec::new();
    let mut end = 0;
    for name in path.split('/').filter(|name| !name.is_empty()) {
        let start = end;
        end = start + name.len();
        let folder = format!("{pages}/{}", &path[..end]);
        segments.push(read_segment(&folder, name, pages.len() + 1 + start, false)?);
        end += 1;
    }
    Ok(segments)
}

fn read_segment(
    file: &str,
    text: &str,
    offset: usize,
    rest_alone: bool,
) -> Result<Segment, RouteError> {
    if let Some((start, end)) = unreachable_characters(text) {
        let at = NameSpan::new(offset + start, offset + end);
        let what = text[start..end].to_owned();
        return Err(RouteError::UnreachableName { file: file.into(), at, what });
    }
    parse_segment(text, Source { file, offset, rest_alone })
}

/// A backslash, which URLs turn into a slash, or an escape, which is decoded before matching.
fn unreachable_characters(text: &str) -> Option<(usize, usize)> {
    let is_escape = |rest: &[u8]| matches!(rest, [b'%', a, b, ..] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit());
    let bytes = text.as_bytes();
    (0..bytes.len()).find_map(|at| match bytes[at] {
        b'\\' => Some((at, at + 1)),
        b'%' if is_escape(&bytes[at..]) => Some((at, at + 3)),
        _ => None,
    })
}

fn unsupported(file: &str) -> Diagnostic {
    let message = format!("Unsupported file type {file} found in pages directory");
    Diagnostic::warning("route/unsupported-file-type", message)
        .label(file, Place::File, "")
        .hint("Prefix filename with an underscore (`_`) to ignore this warning")
        .hint("or move the file outside of the pages directory")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &str, expected: &str) {
        let found = match read_file_name("src/pages", path) {
            Ok(FileEntry::Route(route)) => match route.kind() {
                RouteKind::Page => format!("page {}", route.name()),
                _ => route.name().to_owned(),
            },
            Ok(FileEntry::Unsupported(_)) => "warning".to_owned(),
            Ok(FileEntry::Skipped) => "skipped".to_owned(),
            Err(error) => error.to_string(),
        };
        assert_eq!(found, expected, "{path}");
    }

    #[test]
    fn file_names_become_routes() {
        check("index.ts", "/");
        check("users.ts", "/users");
        check("users.js", "/users");
        check("n/users.json.ts", "/n/users.json");
        check("nested/index.js", "/nested");
        check("feed/index.xml.ts", "/feed/index.xml");
        check("x.test.ts", "/x.test");
        check("types.d.ts", "/types.d");
        check("[lang]/[...rest].json.ts", "/[lang]/[...rest].json");
        check("idx.dir/index.ts", "/idx.dir");
        check(".well-known/x.json.ts", "/.well-known/x.json");
        check("n/sp ace.ts", "/n/sp ace");
        check("about.astro", "page /about");
        check("posts/one.md", "page /posts/one");
    }

    #[test]
    fn other_files_are_left_out() {
        for path in ["_private.ts", "_dir/a.ts", ".hidden.ts", "n/.hid/a.ts", "a/_b/c/d.ts"] {
            check(path, "skipped");
        }
        for path in ["m.mjs", "m.mts", "m.cjs", "m.cts", "data.json", "noext", "a.", "a.TS"] {
            check(path, "skipped");
        }
        for path in ["x.tsx", "x.jsx", "x.vue", "x.svelte"] {
            check(path, "warning");
        }
        check("_x.tsx", "skipped");
        check("[_id].ts", "/[_id]");
    }

    #[test]
    fn faults_name_the_file_or_folder() {
        check("[a][b].ts", "Invalid route src/pages/[a][b].ts — parameters must be separated");
        check("x/[a/c.ts", "Invalid route src/pages/x/[a — brackets are unbalanced");
        check(
            "[a-b].ts",
            "Invalid route src/pages/[a-b].ts — parameter name must match /^[a-zA-Z0-9_$]+$/",
        );
        check("pre-[...s].ts", "/pre-[...s]");
        check(
            "pre-[...s].astro",
            "Invalid route src/pages/pre-[...s].astro — rest parameter must be a standalone segment",
        );
        check("a\\b.ts", "Invalid route src/pages/a\\b.ts — no request can reach a name with `\\`");
        check(
            "a%20b.ts",
            "Invalid route src/pages/a%20b.ts — no request can reach a name with `%20`",
        );
        check("100%.ts", "/100%");
    }
}
