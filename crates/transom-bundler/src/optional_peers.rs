//! Packages that a package loads by a name that only running it tells, such as the driver of a database. They are
//! its optional peers: those that are installed are bundled with the file that asks, and run when it does.

use std::path::Path;

use serde_json::Value;

use crate::import_meta_env::quote;
use crate::own_require::has_computed_require;

/// The text of the module `id` of a package with its installed optional peers; `None` when there is nothing to add.
pub(crate) fn named(id: &str, code: &str) -> Option<String> {
    let (before, inside) = id.rsplit_once("/node_modules/")?;
    if !has_computed_require(code) || code.contains("import.meta") {
        return None;
    }
    let scoped = usize::from(inside.starts_with('@'));
    let name: Vec<&str> = inside.split('/').take(1 + scoped).collect();
    let folder = Path::new(before).join("node_modules").join(name.join("/"));
    let text = std::fs::read_to_string(folder.join("package.json")).ok()?;
    let description: Value = serde_json::from_str(&text).ok()?;
    let optional = description.get("peerDependenciesMeta")?.as_object()?.iter();
    let calls: String = optional
        .filter(|(_, meta)| meta.get("optional").and_then(Value::as_bool) == Some(true))
        .filter(|(peer, _)| is_installed(&folder, peer))
        .map(|(peer, _)| format!(" require({});", quote(peer)))
        .collect();
    // What is named is bundled, and run by whoever asks for it. Never true, which the bundler cannot know.
    (!calls.is_empty())
        .then(|| format!("{code}\n;if (globalThis[\"transom:never\"]) {{{calls} }}\n"))
}

fn is_installed(folder: &Path, peer: &str) -> bool {
    folder
        .ancestors()
        .any(|above| above.join("node_modules").join(peer).join("package.json").is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn installed_optional_peers_are_named() {
        let root = tempfile::tempdir().expect("a folder");
        let write = |path: &str, text: &str| {
            let path = root.path().join(path);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            std::fs::write(path, text).expect("a file");
        };
        let meta = r#"{ "peerDependenciesMeta": { "pg": { "optional": true }, "no": { "optional": true }, "x": {} } }"#;
        write("node_modules/orm/package.json", meta);
        for peer in ["pg", "x"] {
            write(&format!("node_modules/{peer}/package.json"), "{}");
        }
        let id = root.path().join("node_modules/orm/lib/load.js");
        let id = id.to_str().expect("a path");
        let found = named(id, "module.exports = (name) => require(name)").expect("a peer");
        assert!(found.ends_with("]) { require(\"pg\"); }\n"), "{found}");
        assert_eq!(named(id, "module.exports = require('a')"), None);
        assert_eq!(named("/p/src/a.js", "require(name)"), None);
    }
}
