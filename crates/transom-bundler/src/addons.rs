//! Native addons: machine code for Node, which nothing else can run. What asks for one gets a module that throws and
//! names the package; a package that has a way without its addon catches that and takes it.

/// Packages whose only purpose is to find the addon of their importer.
const LOADERS: [&str; 5] = [
    "bindings",
    "node-gyp-build",
    "node-pre-gyp",
    "@mapbox/node-pre-gyp",
    "node-gyp-build-optional-packages",
];

/// Packages with an addon, and what does the same in JavaScript or WebAssembly.
const ALTERNATIVES: [(&str, &str); 24] = [
    ("argon2", "hash-wasm"),
    ("bcrypt", "bcryptjs"),
    ("better-sqlite3", "sql.js"),
    ("bson-ext", "bson"),
    ("canvas", "pureimage"),
    ("farmhash", "farmhash-modern"),
    ("grpc", "@grpc/grpc-js"),
    ("iconv", "iconv-lite"),
    ("leveldown", "memory-level"),
    ("libpq", "pg"),
    ("libxmljs", "fast-xml-parser"),
    ("libxmljs2", "fast-xml-parser"),
    ("lz4", "lz4js"),
    ("node-expat", "saxes"),
    ("node-rsa", "node:crypto"),
    ("node-sass", "sass"),
    ("oracledb", "oracledb in its thin mode"),
    ("pg-native", "pg"),
    ("re2", "the RegExp of the language"),
    ("sharp", "jimp"),
    ("snappy", "snappyjs"),
    ("sqlite3", "sql.js"),
    ("usb", "a service of its own"),
    ("xxhash", "xxhash-wasm"),
];

/// Whether `specifier` is a package that loads addons.
pub(crate) fn is_loader(specifier: &str) -> bool {
    LOADERS.contains(&specifier)
}

/// The package that `file` belongs to: the name behind the last `node_modules`.
pub(crate) fn package_of(file: &str) -> Option<&str> {
    let (_, below) = file.rsplit_once("node_modules/")?;
    let mut ends = below.match_indices('/').map(|(at, _)| at);
    let end = if below.starts_with('@') { ends.nth(1) } else { ends.next() };
    Some(&below[..end.unwrap_or(below.len())])
}

/// What an author is told.
fn message(package: Option<&str>) -> String {
    let Some(package) = package else {
        return "a native addon (a file `.node`) cannot be loaded: transom runs JavaScript and WebAssembly".to_owned();
    };
    let advice = match ALTERNATIVES.iter().find(|(name, _)| *name == package) {
        Some((_, alternative)) => format!("use `{alternative}` instead"),
        None => "look for a package in JavaScript or WebAssembly that does the same".to_owned(),
    };
    format!(
        "the package `{package}` needs a native addon, which cannot be loaded: transom runs JavaScript and WebAssembly; {advice}"
    )
}

/// The text of the module in place of an addon: it throws when it is loaded.
pub(crate) fn addon(package: Option<&str>) -> String {
    format!("module.exports = undefined;\n{}", throwing(package))
}

/// The text of the module in place of a loader: what it exports throws when it is called.
pub(crate) fn loader(package: Option<&str>) -> String {
    format!(
        "module.exports = function load() {{\n{}}};\nmodule.exports.path = module.exports.resolve = module.exports.find = module.exports;\n",
        throwing(package)
    )
}

fn throwing(package: Option<&str>) -> String {
    let text = serde_json::Value::String(message(package));
    format!("throw Object.assign(new Error({text}), {{ code: \"ERR_DLOPEN_FAILED\" }});\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_package_of_a_file_is_the_innermost() {
        for (file, expected) in [
            ("/p/node_modules/bcrypt/lib/a.js", Some("bcrypt")),
            ("/p/node_modules/@a/b/c.js", Some("@a/b")),
            ("/p/node_modules/.pnpm/x@1/node_modules/x/i.js", Some("x")),
            ("/p/src/a.js", None),
        ] {
            assert_eq!(package_of(file), expected, "{file}");
        }
    }

    #[test]
    fn a_known_package_has_an_alternative() {
        assert!(message(Some("bcrypt")).ends_with("use `bcryptjs` instead"));
        assert!(message(Some("other")).contains("`other`"));
    }
}
