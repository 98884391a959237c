//! Writing a build folder so that nobody ever sees half of one.
//!
//! Everything is written beside the destination first and then swapped in: in one step where the system can
//! exchange two names, else by two renames. A crash leaves the old build, and at worst a folder named
//! `.NAME.new-PID`, which the next build removes.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use transom_manifest::{CLIENT_DIR, MANIFEST_FILE, Manifest, ManifestError, Module, SERVER_DIR};

use crate::bundle::Bundle;

/// Deepest folder copied from `public/`; deeper ones are taken for a circle of links.
const MAX_DEPTH: usize = 64;

/// Why a build could not be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EmitError {
    /// The destination holds something else.
    #[error("`{}` is not empty and not a build of transom; choose another folder", dir.display())]
    NotABuild {
        /// The destination.
        dir: PathBuf,
    },
    /// The file system refused.
    #[error("cannot write `{}`: {source}", path.display())]
    Io {
        /// File or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The manifest could not be written.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
}

/// What a build's `client/` gets beside the assets of the bundle.
#[derive(Debug, Clone, Copy)]
pub struct ClientFiles<'a> {
    /// Folder whose files are copied, if it exists.
    pub public: &'a Path,
    /// Further files: path below `client/`, with `/` on every platform, and contents.
    pub written: &'a [(String, Vec<u8>)],
}

/// Writes `bundle`, `manifest`, the client files and those `beside` the manifest (name and contents) as the build folder
/// `out`, and answers the manifest as written: with its `modules` and `client_files` filled in.
///
/// # Errors
/// [`EmitError::NotABuild`] when `out` has other contents; whatever the file system says. The old build is then
/// still in place.
pub fn emit(
    out: &Path,
    bundle: &Bundle,
    manifest: Manifest,
    client: ClientFiles<'_>,
    beside: &[(&str, &[u8])],
) -> Result<Manifest, EmitError> {
    refuse_foreign_folder(out)?;
    let staged = Staged::create(out)?;
    let mut manifest = manifest;
    manifest.modules = write_chunks(&staged.dir.join(SERVER_DIR), bundle)?;
    manifest.client_files = write_client(&staged.dir.join(CLIENT_DIR), bundle, client)?;
    for (name, contents) in beside {
        write(&staged.dir.join(name), contents)?;
    }
    manifest.write(&staged.dir)?;
    staged.replace(out)?;
    Ok(manifest)
}

fn refuse_foreign_folder(out: &Path) -> Result<(), EmitError> {
    let mut entries = match fs::read_dir(out) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(source) => return Err(EmitError::Io { path: out.to_path_buf(), source }),
    };
    if entries.next().is_some() && !out.join(MANIFEST_FILE).exists() {
        return Err(EmitError::NotABuild { dir: out.to_path_buf() });
    }
    Ok(())
}

fn write_chunks(dir: &Path, bundle: &Bundle) -> Result<Vec<Module>, EmitError> {
    create_dir(dir)?;
    bundle
        .chunks
        .iter()
        .map(|chunk| {
            write(&dir.join(&chunk.file), chunk.code.as_bytes())?;
            let map = chunk.map.as_ref().map(|_| format!("{}.map", chunk.file));
            if let (Some(text), Some(name)) = (&chunk.map, &map) {
                write(&dir.join(name), text.as_bytes())?;
            }
            Ok(Module { file: chunk.file.clone(), map })
        })
        .collect()
}

fn write_client(dir: &Path, bundle: &Bundle, client: ClientFiles<'_>) -> Result<u32, EmitError> {
    create_dir(dir)?;
    let mut count = 0;
    if client.public.is_dir() {
        copy_folder(client.public, dir, 0, &mut count)?;
    }
    for (path, contents) in client.written {
        write(&dir.join(path), contents)?;
        count += 1;
    }
    for asset in &bundle.assets {
        let target = dir.join(&asset.file);
        create_parent(&target)?;
        fs::copy(&asset.source, &target).map_err(at(&asset.source))?;
        count += 1;
    }
    Ok(count)
}

fn copy_folder(from: &Path, to: &Path, depth: usize, count: &mut u32) -> Result<(), EmitError> {
    if depth > MAX_DEPTH {
        let source = io::Error::other("too many folders inside each other");
        return Err(EmitError::Io { path: from.to_path_buf(), source });
    }
    for entry in fs::read_dir(from).map_err(at(from))? {
        let entry = entry.map_err(at(from))?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        // Links are followed: the build has to work where their targets are not.
        let kind = fs::metadata(&source).map_err(at(&source))?;
        if kind.is_dir() {
            create_dir(&target)?;
            copy_folder(&source, &target, depth + 1, count)?;
        } else if kind.is_file() {
            fs::copy(&source, &target).map_err(at(&source))?;
            *count += 1;
        }
    }
    Ok(())
}

/// A folder beside the destination; removed when it is dropped before it took the destination's place.
struct Staged {
    dir: PathBuf,
}

impl Staged {
    fn create(out: &Path) -> Result<Self, EmitError> {
        let name = out.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let parent =
            out.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        create_dir(parent)?;
        if parent.file_name().is_some_and(|name| name == ".transom") {
            ignore_by_git(parent)?;
        }
        remove_leftovers(parent, &format!(".{name}.new-"));
        let dir = parent.join(format!(".{name}.new-{}", std::process::id()));
        create_dir(&dir)?;
        Ok(Self { dir })
    }

    fn replace(self, out: &Path) -> Result<(), EmitError> {
        if fs::rename(&self.dir, out).is_ok() {
            return Ok(()); // There was nothing, or an empty folder.
        }
        if exchange(&self.dir, out).is_ok() {
            return Ok(()); // Dropping removes the old build, which now has the other name.
        }
        let old = self.dir.with_extension("old");
        fs::rename(out, &old).map_err(at(out))?;
        if let Err(source) = fs::rename(&self.dir, out) {
            let _ = fs::rename(&old, out);
            return Err(EmitError::Io { path: out.to_path_buf(), source });
        }
        // The new build is in place; an old one that cannot be removed is only litter.
        let _ = fs::remove_dir_all(&old);
        Ok(())
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.dir);
    }
}

#[cfg(target_os = "linux")]
fn exchange(a: &Path, b: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    Ok(renameat_with(CWD, a, CWD, b, RenameFlags::EXCHANGE)?)
}

#[cfg(not(target_os = "linux"))]
fn exchange(_a: &Path, _b: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Removes what crashed builds left behind. Nothing depends on it.
fn remove_leftovers(parent: &Path, prefix: &str) {
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(prefix) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

fn ignore_by_git(dir: &Path) -> Result<(), EmitError> {
    let file = dir.join(".gitignore");
    if file.exists() { Ok(()) } else { write(&file, b"*\n") }
}

fn create_dir(dir: &Path) -> Result<(), EmitError> {
    fs::create_dir_all(dir).map_err(at(dir))
}

fn create_parent(file: &Path) -> Result<(), EmitError> {
    file.parent().map_or(Ok(()), create_dir)
}

fn write(file: &Path, bytes: &[u8]) -> Result<(), EmitError> {
    create_parent(file)?;
    fs::write(file, bytes).map_err(at(file))
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> EmitError {
    let path = path.to_path_buf();
    move |source| EmitError::Io { path, source }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bundle::Chunk;

    fn public(folder: &Path) -> ClientFiles<'_> {
        ClientFiles { public: folder, written: &[] }
    }

    fn bundle(code: &str) -> Bundle {
        let chunk = Chunk {
            file: "entries/a.js".to_owned(),
            code: code.to_owned(),
            map: Some("{}".to_owned()),
            ..Chunk::default()
        };
        Bundle { chunks: vec![chunk], ..Bundle::default() }
    }

    #[test]
    fn a_build_replaces_the_one_before() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let (out, folder) = (dir.path().join(".transom/build"), dir.path().join("public"));
        fs::create_dir_all(folder.join("img/.hidden")).expect("writable");
        fs::write(folder.join("img/.hidden/a b.png"), "png").expect("writable");
        let first = emit(&out, &bundle("first"), Manifest::default(), public(&folder), &[])
            .expect("written");
        assert_eq!((first.client_files, first.modules.len()), (1, 1));
        fs::remove_dir_all(&folder).expect("writable");
        let beside = [("notes.txt", &b"beside"[..])];
        emit(&out, &bundle("second"), Manifest::default(), public(&folder), &beside)
            .expect("written");
        assert_eq!(fs::read(out.join("notes.txt")).expect("written"), b"beside");
        assert_eq!(fs::read_to_string(out.join("server/entries/a.js")).expect("there"), "second");
        assert!(out.join("server/entries/a.js.map").exists());
        assert!(!out.join("client/img").exists(), "nothing of the old build stays");
        let mut left: Vec<String> = fs::read_dir(dir.path().join(".transom"))
            .expect("there")
            .map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned())
            .collect();
        left.sort();
        assert_eq!(left, [".gitignore", "build"]);
        assert_eq!(
            Manifest::read(&out).expect("valid").modules[0].map.as_deref(),
            Some("entries/a.js.map")
        );
    }

    #[test]
    fn a_folder_with_other_contents_is_left_alone() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        fs::write(dir.path().join("thesis.txt"), "years of work").expect("writable");
        let error =
            emit(dir.path(), &bundle(""), Manifest::default(), public(Path::new("none")), &[])
                .expect_err("refused");
        assert!(matches!(error, EmitError::NotABuild { .. }), "{error}");
        assert!(dir.path().join("thesis.txt").exists());
    }

    #[test]
    fn a_failed_build_leaves_the_old_one() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let out = dir.path().join("out");
        emit(&out, &bundle("first"), Manifest::default(), public(Path::new("none")), &[])
            .expect("written");
        let broken = Bundle {
            assets: vec![crate::bundle::Asset {
                source: dir.path().join("gone"),
                file: "x".to_owned(),
            }],
            ..bundle("second")
        };
        emit(&out, &broken, Manifest::default(), public(Path::new("none")), &[])
            .expect_err("the asset is gone");
        assert_eq!(fs::read_to_string(out.join("server/entries/a.js")).expect("there"), "first");
        assert_eq!(
            fs::read_dir(dir.path()).expect("there").count(),
            1,
            "nothing is left beside it"
        );
    }
}
