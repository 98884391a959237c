//! What a caller asks the bundler to bundle. Plain data; nothing here touches the disk.

use std::path::PathBuf;

use crate::import_meta_env::ImportMetaEnv;

/// Everything one bundle depends on, apart from the files it reads.
#[derive(Debug, Clone, Default)]
pub struct BundleOptions {
    /// Project folder: the base of relative paths in messages and source maps, and where packages are looked up.
    pub root: PathBuf,
    /// Modules that become entry chunks, one per route (and the middleware, if there is one).
    pub entries: Vec<Entry>,
    /// What happens when one entry cannot be bundled.
    pub mode: Mode,
    /// Values of `import.meta.env`, inlined at build time.
    pub env: ImportMetaEnv,
    /// Modules that exist only inside the binary, such as `astro:middleware`.
    pub virtual_modules: Vec<VirtualModule>,
    /// Specifier prefixes that stay imports, such as `transom:internal/`. `node:` modules always stay.
    pub externals: Vec<String>,
}

/// One module to bundle on its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Unique name, by which [`crate::Bundle::entry`] finds the chunk: a route, for example. Any text will do.
    pub name: String,
    /// Source file, absolute or relative to the project.
    pub file: PathBuf,
}

impl Entry {
    /// An entry called `name` made from `file`.
    pub fn new(name: impl Into<String>, file: impl Into<PathBuf>) -> Self {
        Self { name: name.into(), file: file.into() }
    }
}

/// A module that the caller supplies as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VirtualModule {
    /// The specifier that imports it. One with a colon (`astro:env/server`) is always virtual; any other
    /// (`astro/config`) only as long as no installed package answers it.
    pub specifier: String,
    /// ECMAScript source.
    pub source: String,
}

impl VirtualModule {
    /// A virtual module.
    pub fn new(specifier: impl Into<String>, source: impl Into<String>) -> Self {
        Self { specifier: specifier.into(), source: source.into() }
    }
}

/// What a failing entry means.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Mode {
    /// The other entries are bundled, the failing ones are listed in [`crate::Bundle::failed`].
    Development,
    /// Any error fails the whole bundle.
    #[default]
    Production,
}
