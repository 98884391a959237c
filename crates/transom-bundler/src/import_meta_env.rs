//! `import.meta.env`: values that are inlined while bundling (`astro-endpoints.md` section 6.1).
//!
//! `import.meta.env.NAME` becomes the literal, an unknown name `undefined`. The whole object becomes a literal
//! with the built-in members, every `PUBLIC_` variable, and those private variables whose names occur in the
//! text of the module, as in Astro. `process.env` is not touched.

use std::{borrow::Cow, fmt::Write as _, sync::Arc};

use oxc::{
    semantic::SemanticBuilder,
    transformer_plugins::{ReplaceGlobalDefines, ReplaceGlobalDefinesConfig},
};
use rolldown_ecmascript::{EcmaAst, WithMutFields};

/// Prefix of the variables that client code may see.
pub const PUBLIC_PREFIX: &str = "PUBLIC_";

/// The text that a module must contain to be looked at.
const NEEDLE: &str = "import.meta";

/// Values of `import.meta.env`. The default has mode `production` and base `/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportMetaEnv {
    /// `MODE`.
    pub mode: String,
    /// `PROD`, and the opposite of `DEV`.
    pub prod: bool,
    /// `BASE_URL`, as configured.
    pub base_url: String,
    /// `SITE`.
    pub site: Option<String>,
    /// `ASSETS_PREFIX`.
    pub assets_prefix: Option<String>,
    /// Every variable known at build time: `.env` files and the process environment, in any order.
    pub variables: Arc<Vec<(String, String)>>,
}

impl Default for ImportMetaEnv {
    fn default() -> Self {
        Self {
            mode: "production".to_owned(),
            prod: true,
            base_url: "/".to_owned(),
            site: None,
            assets_prefix: None,
            variables: Arc::default(),
        }
    }
}

/// Replaces expressions of one project's modules. Built once per bundle.
#[derive(Debug)]
pub(crate) struct Inliner {
    builtin: Vec<(&'static str, String)>,
    public: Vec<(String, String)>,
    private: Vec<(String, String)>,
}

impl Inliner {
    pub fn new(env: &ImportMetaEnv) -> Self {
        let optional = |value: &Option<String>| value.as_deref().map_or_else(undefined, quote);
        let builtin = vec![
            ("MODE", quote(&env.mode)),
            ("PROD", env.prod.to_string()),
            ("DEV", (!env.prod).to_string()),
            ("SSR", "true".to_owned()),
            ("BASE_URL", quote(&env.base_url)),
            ("SITE", optional(&env.site)),
            ("ASSETS_PREFIX", optional(&env.assets_prefix)),
        ];
        let mut public = Vec::new();
        let mut private = Vec::new();
        for (name, value) in env.variables.iter() {
            if builtin.iter().any(|(builtin, _)| builtin == name) {
                continue;
            }
            let list = if name.starts_with(PUBLIC_PREFIX) { &mut public } else { &mut private };
            list.push((name.clone(), quote(value)));
        }
        Self { builtin, public, private }
    }

    /// What stands for `import.meta.env` in a module with this text; nothing when it does not occur.
    pub fn defines(&self, source: &str) -> Vec<(String, String)> {
        if !source.contains(NEEDLE) {
            return Vec::new();
        }
        let known = |list: &[(String, String)]| -> Vec<(String, String)> {
            list.iter().filter(|(name, _)| source.contains(name.as_str())).cloned().collect()
        };
        let builtin = self.builtin.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
        let private = known(&self.private);
        let mut object = "({".to_owned();
        for (name, value) in
            builtin.clone().chain(self.public.iter().cloned()).chain(private.iter().cloned())
        {
            if value != "undefined" {
                let _ = write!(object, "{}:{value},", quote(&name));
            }
        }
        object.push_str("})");
        builtin
            .chain(known(&self.public))
            .chain(private)
            .filter(|(name, _)| is_identifier(name))
            .map(|(name, value)| (format!("import.meta.env.{name}"), value))
            .chain([
                ("import.meta.env.*".to_owned(), undefined()),
                ("import.meta.env".to_owned(), object),
            ])
            .collect()
    }
}

/// Replaces global expressions (`import.meta.url`, `__dirname`, …) by the given source texts.
pub(crate) fn replace(mut ast: EcmaAst, defines: &[(String, String)]) -> EcmaAst {
    // Every key and value is written by this crate, so a failure would be ours; the module then stays as it is.
    let Ok(config) = ReplaceGlobalDefinesConfig::new(defines) else { return ast };
    ast.program.with_mut(|WithMutFields { program, allocator, .. }| {
        let scoping = SemanticBuilder::new().build(program).semantic.into_scoping();
        let _ = ReplaceGlobalDefines::new(allocator, config).build(scoping, program);
    });
    ast
}

/// A JavaScript string literal.
pub(crate) fn quote(text: &str) -> String {
    let quoted = serde_json::Value::String(text.to_owned()).to_string();
    // Valid in JSON and in ECMAScript, but some tools count them as line breaks.
    let safe: Cow<'_, str> = if quoted.contains(['\u{2028}', '\u{2029}']) {
        quoted.replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029").into()
    } else {
        quoted.into()
    };
    safe.into_owned()
}

fn undefined() -> String {
    "undefined".to_owned()
}

fn is_identifier(name: &str) -> bool {
    !name.starts_with(|c: char| c.is_ascii_digit())
        && !name.is_empty()
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '$')
}
