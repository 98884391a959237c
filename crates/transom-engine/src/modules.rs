//! Where modules come from: the embedder's answer to an `import`.

use std::rc::Rc;
use std::sync::Arc;

use crate::raw::SharedCode;

/// Finds the text of modules. All answers are immediate: modules live in memory.
pub trait ModuleLoader {
    /// Resolves `specifier` as written in the module `referrer` (empty for the embedder itself).
    ///
    /// # Errors
    /// A message for the author when there is no such module; script sees it as a `TypeError`.
    fn load(&self, specifier: &str, referrer: &str) -> Result<ModuleSource, String>;
}

/// A module that a [`ModuleLoader`] found.
#[derive(Clone)]
pub struct ModuleSource {
    /// The module's identity in its realm; also the file name in stack traces.
    pub specifier: Rc<str>,
    /// What `import.meta.url` is.
    pub url: Rc<str>,
    /// The text, compiled at most once per process.
    pub code: Arc<SharedCode>,
}
