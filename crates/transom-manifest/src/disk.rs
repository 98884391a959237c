//! Reading and writing `manifest.json`.
//!
//! Not here: making a whole build folder appear at once, which is the bundler's.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use serde::Deserialize;

use crate::{FORMAT, Manifest};

/// Name of the manifest inside a build folder.
pub const MANIFEST_FILE: &str = "manifest.json";
/// Compiled code of the modules and of transom's own, so that a start need not parse them. It may be missing.
pub const CODE_FILE: &str = "code.bin";
/// Folder of the server modules inside a build folder.
pub const SERVER_DIR: &str = "server";
/// Folder of the public files inside a build folder.
pub const CLIENT_DIR: &str = "client";

/// Why a build cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ManifestError {
    /// The folder holds no manifest.
    #[error("no build in `{}`, run `transom build`", dir.display())]
    Missing {
        /// The build folder that was asked for.
        dir: PathBuf,
    },
    /// The manifest was written by a transom with another format.
    #[error("the build in `{}` has format {found}, this transom reads format {FORMAT}; run `transom build` again", dir.display())]
    Format {
        /// The build folder.
        dir: PathBuf,
        /// Format number found.
        found: u64,
    },
    /// The manifest is not valid.
    #[error("`{}` is damaged ({source}); run `transom build` again", file.display())]
    Corrupt {
        /// The manifest file.
        file: PathBuf,
        /// What the JSON reader said.
        source: serde_json::Error,
    },
    /// The file system refused.
    #[error("cannot access `{}`: {source}", file.display())]
    Io {
        /// The manifest file.
        file: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// The one member that must be understood in every format.
#[derive(Deserialize)]
struct Header {
    format: u64,
}

impl Manifest {
    /// Reads `manifest.json` of the build folder `dir`.
    ///
    /// # Errors
    /// [`ManifestError::Missing`] when there is no such file, [`ManifestError::Format`] for a manifest of another
    /// format, [`ManifestError::Corrupt`] for anything that is not a manifest, [`ManifestError::Io`] otherwise.
    pub fn read(dir: &Path) -> Result<Self, ManifestError> {
        let file = dir.join(MANIFEST_FILE);
        let bytes = match fs::read(&file) {
            Ok(bytes) => bytes,
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
                ) =>
            {
                return Err(ManifestError::Missing { dir: dir.to_path_buf() });
            }
            Err(source) => return Err(ManifestError::Io { file, source }),
        };
        // The format is looked at alone first: another format may have other members.
        let header: Header = match serde_json::from_slice(&bytes) {
            Ok(header) => header,
            Err(source) => return Err(ManifestError::Corrupt { file, source }),
        };
        if header.format != u64::from(FORMAT) {
            return Err(ManifestError::Format { dir: dir.to_path_buf(), found: header.format });
        }
        serde_json::from_slice(&bytes).map_err(|source| ManifestError::Corrupt { file, source })
    }

    /// Writes `manifest.json` into the existing folder `dir`.
    ///
    /// # Errors
    /// [`ManifestError::Io`] when the file cannot be written.
    pub fn write(&self, dir: &Path) -> Result<(), ManifestError> {
        let file = dir.join(MANIFEST_FILE);
        let mut text = match serde_json::to_vec_pretty(self) {
            Ok(text) => text,
            Err(source) => return Err(ManifestError::Corrupt { file, source }),
        };
        text.push(b'\n');
        fs::write(&file, text).map_err(|source| ManifestError::Io { file, source })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Module, Route};

    #[test]
    fn what_was_written_is_read() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let manifest = Manifest {
            mode: "production".to_owned(),
            routes: vec![Route {
                route: "/api/[id]".to_owned(),
                file: "src/pages/api/[id].ts".to_owned(),
                module: "entries/api-_id_.js".to_owned(),
                exports: vec!["GET".to_owned()],
                ..Route::default()
            }],
            modules: vec![Module { file: "entries/api-_id_.js".to_owned(), map: None }],
            ..Manifest::default()
        };
        manifest.write(dir.path()).expect("the folder is writable");
        assert_eq!(Manifest::read(dir.path()).expect("just written"), manifest);
    }

    #[test]
    fn a_bad_build_folder_is_explained() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let check = |text: Option<&str>, expected: &str| {
            if let Some(text) = text {
                fs::write(dir.path().join(MANIFEST_FILE), text).expect("the folder is writable");
            }
            let message = Manifest::read(dir.path()).expect_err(expected).to_string();
            assert!(message.contains(expected), "{message}");
            assert!(message.contains("run `transom build`"), "{message}");
        };
        check(None, "no build in");
        check(Some(""), "is damaged");
        check(Some("{}"), "missing field `format`");
        check(Some(r#"{"format":1,"routes":7}"#), "is damaged");
        check(Some(r#"{"format":99,"routes":7}"#), "has format 99");
    }
}
