//! Modules that were not found where only running the program tells whether they are needed: in a `require`, which a
//! package may try, and in the `import()` of a package. In their place stands a module that throws what Node throws.

use crate::translate::{is_path, package_name};

/// Id prefix of such a module. What is missing, ` from ` and who asks follow.
pub(crate) const MISSING: &str = "\0transom:missing:";
/// The same for `import()`.
pub(crate) const MISSING_IMPORT: &str = "\0transom:missing-import:";

const FROM: &str = " from ";

/// The id of the module in place of `specifier`, which the file `importer` (as it is shown) asks for.
pub(crate) fn id(is_import: bool, specifier: &str, importer: &str) -> String {
    let prefix = if is_import { MISSING_IMPORT } else { MISSING };
    format!("{prefix}{specifier}{FROM}{importer}")
}

/// The text of the module `id`, or `None` when it is not one of these.
pub(crate) fn source(id: &str) -> Option<String> {
    let (what, code, rest) = match id.strip_prefix(MISSING) {
        Some(rest) => ("module", "MODULE_NOT_FOUND", rest),
        None => ("package", "ERR_MODULE_NOT_FOUND", id.strip_prefix(MISSING_IMPORT)?),
    };
    let (specifier, importer) = rest.split_once(FROM)?;
    let advice = if is_path(specifier) || specifier.starts_with('#') {
        String::new()
    } else {
        format!("; if it is needed, run `npm install {}` and build again", package_name(specifier))
    };
    let what = if is_path(specifier) { "module" } else { what };
    let message = format!("Cannot find {what} '{specifier}' imported from {importer}{advice}");
    let [message, importer] = [message.as_str(), importer].map(serde_json::Value::from);
    Some(format!(
        "module.exports = undefined;\nthrow Object.assign(new Error({message}), {{ code: \"{code}\", requireStack: [{importer}] }});\n"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_says_who_asks_and_what_to_do() {
        let text = source(&id(false, "@a/b/c", "src/x.js")).expect("it is one");
        assert!(text.contains("Cannot find module '@a/b/c' imported from src/x.js"), "{text}");
        assert!(text.contains("npm install @a/b`") && text.contains("MODULE_NOT_FOUND"), "{text}");
        let text = source(&id(true, "./d", "src/x.js")).expect("it is one");
        assert!(!text.contains("npm install") && text.contains("ERR_MODULE_NOT_FOUND"), "{text}");
        assert_eq!(source("\0other"), None);
    }
}
