//! A file that is there when it is whole, and not before.
//!
//! It is written without a name, so that the system removes what an interrupted command has written, however the
//! command ends. Where the file system knows no nameless files it has a name of its own beside the final one.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, CWD, Mode, OFlags};
use tempfile::NamedTempFile;

/// A file that is being written, for its owner alone.
#[derive(Debug)]
pub(super) struct NewFile {
    path: PathBuf,
    folder: PathBuf,
    written: Written,
}

#[derive(Debug)]
enum Written {
    Nameless(File),
    Named(NamedTempFile),
}

impl NewFile {
    /// Begins the file that will be at `path`.
    ///
    /// # Errors
    /// What the system says, and [`io::ErrorKind::AlreadyExists`] when there is a file at `path`.
    pub(super) fn begin(path: &Path) -> io::Result<Self> {
        if path.symlink_metadata().is_ok() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let folder = match path.parent() {
            Some(folder) if folder != Path::new("") => folder.to_owned(),
            _ => PathBuf::from("."),
        };
        let written = match nameless(&folder) {
            Some(file) => Written::Nameless(file),
            None => Written::Named(NamedTempFile::new_in(&folder)?),
        };
        Ok(Self { path: path.to_owned(), folder, written })
    }

    /// Gives the file its name, once all of it is on disk.
    ///
    /// # Errors
    /// What the system says, and [`io::ErrorKind::AlreadyExists`] when another file has taken the name meanwhile.
    pub(super) fn finish(self) -> io::Result<()> {
        match self.written {
            Written::Nameless(file) => {
                file.sync_all()?;
                rustix::fs::linkat(CWD, link_of(&file), CWD, &self.path, AtFlags::SYMLINK_FOLLOW)?;
            }
            Written::Named(file) => {
                file.as_file().sync_all()?;
                file.persist_noclobber(&self.path)?;
            }
        }
        File::open(&self.folder)?.sync_all()
    }
}

impl Write for NewFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.written {
            Written::Nameless(file) => file.write(bytes),
            Written::Named(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(()) // Nothing is kept back here.
    }
}

/// A file without a name in `folder`, where the system can make one and give it a name later.
fn nameless(folder: &Path) -> Option<File> {
    let flags = OFlags::TMPFILE | OFlags::WRONLY | OFlags::CLOEXEC;
    let file = File::from(rustix::fs::open(folder, flags, Mode::RUSR | Mode::WUSR).ok()?);
    link_of(&file).exists().then_some(file)
}

fn link_of(file: &File) -> PathBuf {
    PathBuf::from(format!("/proc/self/fd/{}", file.as_raw_fd()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes `text` to `path`, in the way that the system has or in the other one.
    fn write(path: &Path, text: &str, named: bool) -> io::Result<()> {
        let mut file = NewFile::begin(path)?;
        if named {
            file.written = Written::Named(NamedTempFile::new_in(&file.folder)?);
        }
        file.write_all(text.as_bytes())?;
        assert!(!path.exists(), "it is not whole");
        file.finish()
    }

    #[test]
    fn a_file_is_there_when_it_is_whole_and_never_in_place_of_another() {
        use std::os::unix::fs::PermissionsExt;
        for named in [false, true] {
            let folder = tempfile::tempdir().expect("a temporary folder");
            let path = folder.path().join("a.backup");
            write(&path, "one", named).expect("the folder is writable");
            assert_eq!(std::fs::read_to_string(&path).expect("it is there"), "one");
            let mode = std::fs::metadata(&path).expect("it is there").permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
            let again = write(&path, "two", named).expect_err("it is there");
            assert_eq!(again.kind(), io::ErrorKind::AlreadyExists);
            let mut left = NewFile::begin(&folder.path().join("b")).expect("it is new");
            left.write_all(b"half").expect("the folder is writable");
            drop(left);
            let late = folder.path().join("c");
            let begun = NewFile::begin(&late).expect("it is new");
            std::fs::write(&late, "other").expect("the folder is writable");
            let refused = begun.finish().expect_err("another one was quicker");
            assert_eq!(refused.kind(), io::ErrorKind::AlreadyExists);
            let names = std::fs::read_dir(folder.path()).expect("a folder").count();
            assert_eq!(names, 2, "nothing is left of what was not finished");
        }
    }
}
