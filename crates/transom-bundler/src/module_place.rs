//! Where a module lies: `__dirname`, `__filename`, and `url`, `dirname` and `filename` of `import.meta` are those of its
//! source file, in development and in production, so that a package finds the files beside it.
//!
//! A bundled module has no place of its own at run time. Its chunk's `import.meta.url` is the address of the project's
//! folder (`transom-runtime` sees to that), and what is written here leads on from there: a project may be moved with its
//! build. A module outside the project has the place that it had when it was bundled.

use std::path::Path;

use crate::import_meta_env::quote;

/// The names for which [`defines`] has values, and what becomes one of them (`own_require.rs`).
const NAMES: [&str; 4] = ["import.meta", "__dirname", "__filename", "require.resolve"];

/// The address of the project's folder, with a slash at the end, at run time.
const PROJECT_URL: &str = "import.meta.url";
/// The path of the project's folder, with a slash at the end, at run time.
const PROJECT_PATH: &str = "decodeURIComponent(import.meta.url.slice(7))";

/// Whether a module with this text may ask for its place.
pub(crate) fn is_asked_for(source: &str) -> bool {
    NAMES.iter().any(|name| source.contains(name))
}

/// What stands for the place of the module `id` of the project in `root`: global expressions and their values.
pub(crate) fn defines(root: &Path, id: &str) -> Vec<(String, String)> {
    let file = Path::new(id.split_once('?').map_or(id, |(path, _)| path));
    if !file.is_absolute() {
        return Vec::new();
    }
    let Ok(inside) = file.strip_prefix(root) else { return of_file(file) };
    let folder = inside.parent().unwrap_or(Path::new("")).to_string_lossy();
    let inside = inside.to_string_lossy();
    named(
        format!("({PROJECT_URL} + {})", quote(&encoded(&inside))),
        format!("({PROJECT_PATH} + {})", quote(&inside)),
        match folder.as_ref() {
            "" => format!("{PROJECT_PATH}.slice(0, -1)"),
            folder => format!("({PROJECT_PATH} + {})", quote(folder)),
        },
    )
}

/// The same for a module that stays where it is: the file with this absolute path.
pub(crate) fn of_file(file: &Path) -> Vec<(String, String)> {
    let folder = file.parent().unwrap_or(file).to_string_lossy();
    let file = file.to_string_lossy();
    named(quote(&format!("file://{}", encoded(&file))), quote(&file), quote(&folder))
}

fn named(url: String, filename: String, dirname: String) -> Vec<(String, String)> {
    let resolve = format!(
        "((specifier) => process.getBuiltinModule(\"node:module\")._resolveImport(specifier, {url}))"
    );
    [
        ("import.meta.resolve", resolve),
        ("import.meta.url", url),
        ("import.meta.filename", filename.clone()),
        ("import.meta.dirname", dirname.clone()),
        ("__filename", filename),
        ("__dirname", dirname),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

/// The path as part of an address.
fn encoded(path: &str) -> String {
    let mut text = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_lead_on_from_the_project() {
        let of = |id: &str, name: &str| {
            let found = defines(Path::new("/p"), id);
            found.into_iter().find(|(key, _)| key == name).expect("it is defined").1
        };
        assert_eq!(of("/p/a b/c.js", "import.meta.url"), r#"(import.meta.url + "a%20b/c.js")"#);
        assert!(of("/p/a b/c.js", "__filename").ends_with(r#" + "a b/c.js")"#));
        assert!(of("/p/a b/c.js", "__dirname").ends_with(r#" + "a b")"#));
        assert!(of("/p/c.js", "import.meta.dirname").ends_with(".slice(0, -1)"));
        assert_eq!(of("/q/ü#.js", "import.meta.url"), r#""file:///q/%C3%BC%23.js""#);
        assert_eq!(of("/q/ü.js", "__dirname"), r#""/q""#);
        assert!(of("/p/c.js", "import.meta.resolve").contains(r#"import.meta.url + "c.js""#));
        assert!(defines(Path::new("/p"), "\0virtual").is_empty());
        assert!(is_asked_for("__dirname") && !is_asked_for("nothing of that"));
    }
}
