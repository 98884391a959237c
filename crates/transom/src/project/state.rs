//! The state folder (`.transom/` unless another is named), which keeps itself out of version control.

use std::fs;
use std::io;
use std::path::Path;

use crate::report::Report;

/// Name of the state folder in a project.
pub(crate) const STATE_FOLDER: &str = ".transom";
/// Name of the build folder in the project's own state folder.
pub(crate) const BUILD_FOLDER: &str = "build";

/// Makes `folder` and, if it has none, its `.gitignore`, which ignores everything in it.
///
/// # Errors
/// A [`Report`] when the folder cannot be written.
pub(crate) fn prepare_state_folder(folder: &Path) -> Result<(), Report> {
    create(folder).map_err(|error| Report::io("write to the state folder", folder, &error))
}

fn create(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let ignore = folder.join(".gitignore");
    if ignore.exists() { Ok(()) } else { fs::write(ignore, "*\n") }
}
