//! Bundling again after a change.

use std::{collections::HashSet, path::PathBuf};

use crate::{
    bundle::Bundle, bundler::Bundler, error::BundleErrors, options::BundleOptions, watch::Changes,
};

/// Bundles a project over and over, and knows which changes are worth it.
#[derive(Debug)]
pub struct Rebuilder {
    bundler: Bundler,
    used: HashSet<PathBuf>,
    is_broken: bool,
}

impl Rebuilder {
    /// A rebuilder that has not bundled yet.
    pub fn new(options: BundleOptions) -> Self {
        Self { bundler: Bundler::new(options), used: HashSet::new(), is_broken: true }
    }

    /// The options; changes (a new entry, another environment) hold from the next bundle on.
    pub fn options_mut(&mut self) -> &mut BundleOptions {
        self.bundler.options_mut()
    }

    /// Bundles the project as it is now. See [`Bundler::bundle`] for runtime and errors.
    ///
    /// # Errors
    /// As [`Bundler::bundle`].
    pub async fn rebuild(&mut self) -> Result<Bundle, BundleErrors> {
        let result = self.bundler.bundle().await;
        match &result {
            Ok(bundle) => {
                self.used = bundle.watch_files.iter().cloned().collect();
                self.is_broken = !bundle.failed.is_empty();
            }
            Err(_) => self.is_broken = true,
        }
        result
    }

    /// Whether the last bundle may be out of date after `changes`: a file of it changed, a script came or went
    /// (an import may now mean another file), or something was broken and anything may have mended it.
    ///
    /// Changes of the config, of `.env` files and of the set of routes are the caller's to notice.
    pub fn affects(&self, changes: &Changes) -> bool {
        self.is_broken
            || changes.rescan
            || changes.list.iter().any(|change| {
                let extension = change.path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
                self.used.contains(&change.path)
                    // A folder that was removed or renamed has no file name to judge by.
                    || matches!(extension, "" | "ts" | "js" | "mts" | "mjs" | "cts" | "cjs" | "tsx" | "jsx" | "json")
            })
    }
}
