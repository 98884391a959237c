//! The build that `transom start` serves: that of a project folder, or a build folder itself.

use std::path::{Path, PathBuf};

use transom_data::Collections;
use transom_diag::Diagnostic;
use transom_manifest::{MANIFEST_FILE, Manifest, ManifestError};

use super::{BUILD_FOLDER, STATE_FOLDER, existing_folder, read_settings_file};
use crate::report::Report;

/// A readable build.
#[derive(Debug)]
pub(crate) struct BuildFolder {
    /// Absolute path of the folder with `manifest.json`.
    pub(crate) path: PathBuf,
    /// Folder whose `transom.toml` counts: the project, or the build folder itself.
    pub(crate) settings_folder: PathBuf,
    /// State folder when none is named.
    pub(crate) default_state: PathBuf,
    pub(crate) manifest: Manifest,
}

impl BuildFolder {
    /// Finds the build in `folder`: a build folder is recognised by its manifest, everything else is
    /// taken for a project.
    ///
    /// # Errors
    /// A [`Report`] when there is no such folder, no build in it, or one that cannot be used.
    pub(crate) fn open(folder: &Path) -> Result<Self, Report> {
        let root = existing_folder(folder)?;
        let path =
            if is_build(&root) { root.clone() } else { root.join(STATE_FOLDER).join(BUILD_FOLDER) };
        let default_state = default_state(&root);
        let manifest = Manifest::read(&path).map_err(|error| unusable(folder, &error))?;
        Ok(Self { path, settings_folder: root, default_state, manifest })
    }

    /// The collections that its `transom.toml` declares at this moment.
    ///
    /// # Errors
    /// A [`Report`] with everything that is wrong in the file.
    pub(crate) fn collections(&self) -> Result<Collections, Report> {
        Ok(read_settings_file(&self.settings_folder)?.collections)
    }
}

/// The state folder of a project, or of a copied build, when none is named: that of a build is in the current folder,
/// since a build may be read-only and is replaced as a whole.
pub(crate) fn default_state(root: &Path) -> PathBuf {
    if is_build(root) { PathBuf::from(STATE_FOLDER) } else { root.join(STATE_FOLDER) }
}

fn is_build(root: &Path) -> bool {
    root.join(MANIFEST_FILE).is_file()
}

fn unusable(folder: &Path, error: &ManifestError) -> Report {
    let diagnostic = match error {
        ManifestError::Missing { .. } => {
            let place = if folder == Path::new(".") {
                String::new()
            } else {
                format!(" {}", folder.display())
            };
            let message = format!("there is no build of `{}`", folder.display());
            Diagnostic::error("start/no-build", message)
                .hint(format!("run `transom build{place}` first"))
        }
        other => Diagnostic::error("start/unusable-build", other),
    };
    Report::one("", diagnostic)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_project_and_a_copied_build_are_told_apart() {
        let project = tempfile::tempdir().expect("a temporary folder");
        let root = project.path().canonicalize().expect("it exists");
        let missing = BuildFolder::open(&root).expect_err("nothing is built");
        assert_eq!(missing.diagnostics[0].code, "start/no-build");

        let build = root.join(".transom/build");
        std::fs::create_dir_all(&build).expect("the folder is writable");
        Manifest::default().write(&build).expect("the folder is writable");
        let of_project = BuildFolder::open(&root).expect("built");
        assert_eq!(of_project.path, build);
        assert_eq!(of_project.settings_folder, root);
        assert_eq!(of_project.default_state, root.join(".transom"));

        let copied = BuildFolder::open(&build).expect("a build folder");
        assert_eq!((copied.path, copied.settings_folder), (build.clone(), build));
        assert_eq!(copied.default_state, Path::new(".transom"));
    }
}
