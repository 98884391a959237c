//! A project on disk: its folders, its state folder, and the lock of a running `transom dev`.

mod build_folder;
pub(crate) mod lock;
mod state;

pub(crate) use build_folder::{BuildFolder, default_state};
pub(crate) use state::{BUILD_FOLDER, STATE_FOLDER, prepare_state_folder};

use std::io;
use std::path::{Path, PathBuf};

use transom_diag::Diagnostic;

use crate::report::Report;
use crate::settings::{Layer, file};

/// The folder whose files are served as they are.
pub(crate) const PUBLIC_FOLDER: &str = "public";

/// A project folder that exists.
#[derive(Clone, Debug)]
pub(crate) struct Project {
    root: PathBuf,
}

impl Project {
    /// Opens the project in `folder`, which may be relative.
    ///
    /// # Errors
    /// A [`Report`] when there is no such folder.
    pub(crate) fn open(folder: &Path) -> Result<Self, Report> {
        Ok(Self { root: existing_folder(folder)? })
    }

    /// Absolute path of the project folder.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The state folder when none is named.
    pub(crate) fn default_state(&self) -> PathBuf {
        self.root.join(STATE_FOLDER)
    }

    /// The build folder when none is named.
    pub(crate) fn default_build(&self) -> PathBuf {
        self.default_state().join(BUILD_FOLDER)
    }
}

/// The absolute path of a folder that must exist.
pub(crate) fn existing_folder(folder: &Path) -> Result<PathBuf, Report> {
    let root = folder.canonicalize().map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => {
            let message = format!("there is no folder `{}`", folder.display());
            Report::one("", Diagnostic::error("project/no-folder", message))
        }
        _ => Report::io("open the folder", folder, &error),
    })?;
    if root.is_dir() {
        return Ok(root);
    }
    let message = format!("`{}` is a file, not a folder", folder.display());
    Err(Report::one("", Diagnostic::error("project/not-a-folder", message)))
}

/// Reads `transom.toml` in `folder`; without one the layer is empty.
///
/// # Errors
/// A [`Report`] with everything that is wrong in the file.
pub(crate) fn read_settings_file(folder: &Path) -> Result<Layer, Report> {
    let path = folder.join(file::NAME);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Layer::default()),
        Err(error) => return Err(Report::io("read", &path, &error)),
    };
    file::parse(&text, folder).map_err(|errors| {
        let diagnostics = errors.iter().map(file::FileError::diagnostic).collect();
        Report::project(folder, diagnostics)
    })
}
