//! The part of the settings table that only the project's own `transom.toml` can give: what is built, and what
//! handler code may reach.

#![expect(clippy::unit_arg, reason = "a table of assignments reads best one line each")]

use transom_permissions::NetRule;

use super::RouteForm;
use super::keys::{Key, ValueKind, words};

/// Settings of the project itself.
pub(crate) const FILE_KEYS: &[Key] = &[
    Key {
        path: "routes.dir",
        flag: "",
        env: &[],
        value: ValueKind::Path,
        default: "found: `src/pages`, and the folders of a Wix project",
        bare: None,
        about: "Folder of the endpoints; no other is then looked for",
        parse: |layer, text, _| Ok(layer.routes.dir = Some(folder(text)?)),
    },
    Key {
        path: "routes.mount",
        flag: "",
        env: &[],
        value: ValueKind::Path,
        default: "`/`",
        bare: None,
        about: "Path that `routes.dir` stands for",
        parse: |layer, text, _| Ok(layer.routes.mount = Some(mount(text)?)),
    },
    Key {
        path: "routes.form",
        flag: "",
        env: &[],
        value: ValueKind::RouteForm,
        default: "`pages`",
        bare: None,
        about: "What the files of `routes.dir` are",
        parse: |layer, text, _| Ok(layer.routes.form = Some(RouteForm::parse(text)?)),
    },
    Key {
        path: "permissions.fs.read",
        flag: "",
        env: &[],
        value: ValueKind::Words,
        default: "the project, `files` in the state folder, and what handlers made in the temporary folder",
        bare: None,
        about: "Folders and files that handlers may read, relative to the project",
        parse: |layer, text, _| Ok(layer.permissions.fs_read = Some(words(text, entry)?)),
    },
    Key {
        path: "permissions.fs.write",
        flag: "",
        env: &[],
        value: ValueKind::Words,
        default: "`files` in the state folder, and the system's temporary folder",
        bare: None,
        about: "Folders and files that handlers may write, relative to the project",
        parse: |layer, text, _| Ok(layer.permissions.fs_write = Some(words(text, entry)?)),
    },
    Key {
        path: "permissions.net",
        flag: "",
        env: &[],
        value: ValueKind::Words,
        default: "every host",
        bare: None,
        about: "Hosts that handlers may connect to, such as `api.example.com`, `*.example.com:443` or `10.0.0.0/8`",
        parse: |layer, text, _| Ok(layer.permissions.net = Some(words(text, NetRule::parse)?)),
    },
    Key {
        path: "permissions.env",
        flag: "",
        env: &[],
        value: ValueKind::Words,
        default: "every variable",
        bare: None,
        about: "Variables that `process.env` shows; `*` stands for any text",
        parse: |layer, text, _| Ok(layer.permissions.env = Some(words(text, variable)?)),
    },
];

/// A folder inside of the project.
fn folder(text: &str) -> Result<String, String> {
    let parts: Vec<&str> =
        text.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    if parts.is_empty() || parts.contains(&"..") || text.starts_with('/') {
        return Err(format!("`{text}` is no folder of the project; write one such as `src/pages`"));
    }
    Ok(parts.join("/"))
}

/// The beginning of paths, without a slash at its end; empty for the root.
fn mount(text: &str) -> Result<String, String> {
    let is_path = text.starts_with('/') && !text.contains(['?', '#', '[', ']', '\\', ' ']);
    if !is_path || text.split('/').any(|part| matches!(part, "." | "..")) {
        return Err(format!("`{text}` is no path; write one such as `/api`"));
    }
    Ok(text.trim_end_matches('/').to_owned())
}

/// A folder or file of an allow-list.
fn entry(text: &str) -> Result<String, String> {
    let bare = text.trim_end_matches('*');
    if bare.contains('*') || bare.len() < text.len() && !bare.is_empty() && !bare.ends_with('/') {
        let reason = "write a folder or a file; a folder stands for everything in it";
        return Err(format!("`{text}` has a `*` inside; {reason}"));
    }
    Ok(text.to_owned())
}

/// The name of a variable, or a pattern of names.
fn variable(text: &str) -> Result<String, String> {
    if text.contains(|c: char| c.is_whitespace() || c == '=') {
        return Err(format!("`{text}` is no name of a variable; write one such as `DATABASE_URL`"));
    }
    Ok(text.to_owned())
}
