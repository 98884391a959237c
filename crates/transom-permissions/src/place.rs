//! The way from a path to a file.
//!
//! A path is walked name by name, and every symbolic link on the way is replaced by what it points to; what is left is
//! the real path, and that is what the rules are asked about. The folder of the file is then opened by its real path
//! with the condition that no link is met (`RESOLVE_NO_SYMLINKS`, or name by name where the system cannot), and the
//! file is reached from there by its bare name. So whoever swaps a folder for a link between the two steps gets an
//! error, and never another file.

use std::collections::VecDeque;
use std::ffi::{OsStr, OsString};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStringExt as _;
use std::path::{Component, Path, PathBuf};

use rustix::fs::{CWD, Mode, OFlags, ResolveFlags, openat, openat2, readlinkat};
use rustix::io::Errno;

use crate::denied::{Denied, Refusal};

/// As many as Linux follows.
const MOST_LINKS: usize = 40;
/// A path is looked at anew when it changed under our hands.
const ATTEMPTS: usize = 3;

/// A file, there or not: the folder it is in, held open, and its name in it.
#[derive(Debug)]
pub struct Place {
    folder: OwnedFd,
    name: OsString,
    real: PathBuf,
}

impl Place {
    pub(crate) fn find(
        path: &Path,
        follow: bool,
        check: impl Fn(&Path) -> Result<(), Denied>,
    ) -> Result<Self, Refusal> {
        let mut last = Errno::LOOP;
        for _ in 0..ATTEMPTS {
            let walked = walk(path, follow);
            check(&walked.real)?;
            if let Some(error) = walked.error {
                return Err(Refusal::Io(error));
            }
            let real = walked.real;
            let (folder, name) = match (real.parent(), real.file_name()) {
                (Some(folder), Some(name)) => (folder, name.to_owned()),
                _ => (Path::new("/"), OsString::from(".")),
            };
            match open_folder(folder) {
                Ok(folder) => return Ok(Self { folder, name, real }),
                // A link where none was: somebody changes the path.
                Err(Errno::LOOP) => last = Errno::LOOP,
                Err(error) => return Err(Refusal::Io(error)),
            }
        }
        Err(Refusal::Io(last))
    }

    /// The folder.
    pub fn folder(&self) -> BorrowedFd<'_> {
        self.folder.as_fd()
    }

    /// The name in the folder. It stands for itself: whoever opens it must not follow links.
    pub fn name(&self) -> &OsStr {
        &self.name
    }

    /// The whole path, without symbolic links but for the last name.
    pub fn real(&self) -> &Path {
        &self.real
    }

    /// Opens the file, never through a link.
    ///
    /// # Errors
    /// The system's; `ELOOP` when the name has become a link.
    pub fn open(&self, flags: OFlags, mode: u32) -> Result<OwnedFd, Errno> {
        let flags = flags | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        openat(&self.folder, &self.name, flags, Mode::from_bits_retain(mode))
    }
}

/// Where a path leads. With an error, `real` is as far as the path could be followed, and the rest of it as it is.
struct Walked {
    real: PathBuf,
    error: Option<Errno>,
}

/// `path` without symbolic links, as far as it exists.
pub(crate) fn real_path(path: &Path) -> PathBuf {
    walk(path, true).real
}

fn walk(path: &Path, follow: bool) -> Walked {
    let absolute = match std::path::absolute(path) {
        // `absolute` keeps `..`; a slash at the end asks for a folder, which the call itself finds out.
        Ok(absolute) => absolute,
        Err(error) => {
            let error = Errno::from_io_error(&error).unwrap_or(Errno::NOENT);
            return Walked { real: path.to_owned(), error: Some(error) };
        }
    };
    let asks_for_folder = path.as_os_str().as_encoded_bytes().ends_with(b"/");
    let mut rest: VecDeque<OsString> = names(&absolute).collect();
    let mut real = PathBuf::from("/");
    let mut links = 0;
    while let Some(name) = rest.pop_front() {
        if name == ".." {
            real.pop();
            continue;
        }
        let is_last = rest.is_empty();
        let next = real.join(&name);
        if is_last && !follow && !asks_for_folder {
            real = next;
            break;
        }
        match readlinkat(CWD, &next, Vec::new()) {
            Ok(target) => {
                links += 1;
                if links > MOST_LINKS {
                    return failed(next, rest, Errno::LOOP);
                }
                let target = PathBuf::from(OsString::from_vec(target.into_bytes()));
                if target.is_absolute() {
                    real = PathBuf::from("/");
                }
                for name in names(&target).collect::<Vec<_>>().into_iter().rev() {
                    rest.push_front(name);
                }
            }
            Err(Errno::INVAL) => real = next, // No link.
            Err(Errno::NOENT) if is_last => real = next,
            Err(error) => return failed(next, rest, error),
        }
    }
    Walked { real, error: None }
}

fn failed(mut real: PathBuf, rest: VecDeque<OsString>, error: Errno) -> Walked {
    for name in rest {
        if name == ".." {
            real.pop();
        } else {
            real.push(name);
        }
    }
    Walked { real, error: Some(error) }
}

fn names(path: &Path) -> impl Iterator<Item = OsString> + '_ {
    path.components().filter_map(|part| match part {
        Component::Normal(name) => Some(name.to_owned()),
        Component::ParentDir => Some(OsString::from("..")),
        _ => None,
    })
}

/// Opens a folder by its real path; `ELOOP` when there is a link in it after all.
fn open_folder(real: &Path) -> Result<OwnedFd, Errno> {
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    match openat2(CWD, real, flags, Mode::empty(), ResolveFlags::NO_SYMLINKS) {
        // Kernels before 5.6, and sandboxes that do not know the call.
        Err(Errno::NOSYS | Errno::PERM) => {}
        other => return other,
    }
    let mut folder = openat(CWD, "/", flags, Mode::empty())?;
    for name in names(real) {
        folder = openat(&folder, &name, flags | OFlags::NOFOLLOW, Mode::empty()).map_err(
            // `O_DIRECTORY` complains first of a link that is not followed.
            |error| if error == Errno::NOTDIR { Errno::LOOP } else { error },
        )?;
    }
    Ok(folder)
}

#[cfg(test)]
#[path = "place_tests.rs"]
mod tests;
