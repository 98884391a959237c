//! What a bundle is: chunks of JavaScript, held in memory.

use std::path::PathBuf;

use crate::error::BundleError;

/// The outcome of bundling a project.
#[derive(Debug, Clone, Default)]
pub struct Bundle {
    /// Every chunk, entries first and then shared ones, each in name order.
    pub chunks: Vec<Chunk>,
    /// Entries that could not be bundled; only in [`crate::Mode::Development`].
    pub failed: Vec<FailedEntry>,
    /// What is worth telling and did not stop the bundle. Packages are not judged.
    pub warnings: Vec<String>,
    /// Files that went into the bundle, packages included; a change of one of them needs a new bundle.
    pub watch_files: Vec<PathBuf>,
    /// Files imported with `?url`, to be copied into `client/`.
    pub assets: Vec<Asset>,
}

impl Bundle {
    /// The chunk of an entry.
    pub fn entry(&self, name: &str) -> Option<&Chunk> {
        self.chunks.iter().find(|chunk| chunk.entry_name.as_deref() == Some(name))
    }
}

/// One ES module.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chunk {
    /// Path of the module, such as `entries/api-users.js`. Chunks import each other by relative paths.
    pub file: String,
    /// ECMAScript source without a source map comment.
    pub code: String,
    /// Source map as JSON; its sources are relative to the project.
    pub map: Option<String>,
    /// True when the chunk belongs to an entry.
    pub is_entry: bool,
    /// Name of the entry.
    pub entry_name: Option<String>,
    /// Export names of an entry, sorted, `export *` included. Empty for shared chunks.
    pub exports: Vec<String>,
    /// Files whose code is in the chunk.
    pub modules: Vec<PathBuf>,
}

/// An entry that could not be bundled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedEntry {
    /// Name of the entry.
    pub name: String,
    /// Why; never empty.
    pub errors: Vec<BundleError>,
}

/// A file that is served as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    /// Where the file is.
    pub source: PathBuf,
    /// Path below `client/`.
    pub file: String,
}
