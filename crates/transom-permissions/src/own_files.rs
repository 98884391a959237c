//! What programs made in the temporary folder. Others use that folder too, so a program may read there only what is its
//! own.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::place::real_path;

/// How many files and folders are remembered; what is in a remembered folder needs no entry.
const MOST: usize = 100_000;

/// The files and folders that programs of this process made.
#[derive(Debug)]
pub struct OwnFiles {
    temporary: PathBuf,
    made: Mutex<HashSet<PathBuf>>,
}

impl Default for OwnFiles {
    fn default() -> Self {
        Self { temporary: real_path(&std::env::temp_dir()), made: Mutex::default() }
    }
}

impl OwnFiles {
    /// The temporary folder of the system.
    pub(crate) fn temporary(&self) -> &Path {
        &self.temporary
    }

    /// Whether it matters who made `real`: it is in the temporary folder, and not known to be a program's own.
    pub fn is_strange(&self, real: &Path) -> bool {
        real.starts_with(&self.temporary) && !self.contain(real)
    }

    /// Notes that a program made `real`.
    pub fn add(&self, real: &Path) {
        if self.is_strange(real) {
            let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
            if made.len() < MOST {
                made.insert(real.to_owned());
            }
        }
    }

    /// Notes that `real` is gone.
    pub fn remove(&self, real: &Path) {
        if real.starts_with(&self.temporary) {
            self.made.lock().unwrap_or_else(PoisonError::into_inner).remove(real);
        }
    }

    /// Whether a program made `real`, or a folder that it is in.
    pub fn contain(&self, real: &Path) -> bool {
        if !real.starts_with(&self.temporary) {
            return false;
        }
        let made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        real.ancestors().any(|folder| made.contains(folder))
    }
}
