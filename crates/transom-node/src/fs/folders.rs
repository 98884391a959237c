//! Folders: their entries, and removing what is in them.

use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags, openat, unlinkat};
use rustix::io::Errno;
use std::os::fd::BorrowedFd;
use std::path::Path;

use super::failure::Outcome;
use super::files::Files;
use super::stat::stat_at;
use transom_permissions::{Access, Refusal};

const FOLDER: OFlags =
    OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

impl Files {
    /// Names and kinds (the numbers of `UV_DIRENT_*`), one after the other.
    pub(super) fn read_folder(&self, path: &str) -> Outcome<Vec<String>> {
        let place = self.place(path, Access::Read, true)?;
        let folder = place.open(OFlags::RDONLY | OFlags::DIRECTORY, 0)?;
        let mut flat = Vec::new();
        for (name, kind) in entries(&folder)? {
            flat.push(name);
            flat.push(kind_number(kind).to_owned());
        }
        Ok(flat)
    }

    /// Removes a file or, with `recursive`, a folder and all that is in it. Whatever the rules protect stays, and with
    /// it the folders it is in.
    pub(super) fn remove(&self, path: &str, recursive: bool) -> Outcome<()> {
        let place = self.place(path, Access::Write, false)?;
        if !stat_at(&place)?.is_folder() {
            unlinkat(place.folder(), place.name(), AtFlags::empty())?;
        } else if recursive {
            self.permissions.check_removal(place.real())?;
            self.remove_folder(place.folder(), Path::new(place.name()), place.real())?;
        } else {
            return Err(Refusal::Io(Errno::ISDIR));
        }
        self.permissions.own().remove(place.real());
        Ok(())
    }

    /// `real` is where `name` in `above` is.
    fn remove_folder(&self, above: BorrowedFd<'_>, name: &Path, real: &Path) -> Outcome<()> {
        let folder = openat(above, name, FOLDER, Mode::empty())?;
        for (name, kind) in entries(&folder)? {
            let (name, real) = (Path::new(&name), real.join(&name));
            self.permissions.check_file(&real, Access::Write)?;
            let is_folder = match kind {
                FileType::Unknown => openat(&folder, name, FOLDER, Mode::empty()).is_ok(),
                kind => kind == FileType::Directory,
            };
            if is_folder {
                self.remove_folder(std::os::fd::AsFd::as_fd(&folder), name, &real)?;
            } else {
                match unlinkat(&folder, name, AtFlags::empty()) {
                    Ok(()) | Err(Errno::NOENT) => {}
                    Err(error) => return Err(Refusal::Io(error)),
                }
            }
        }
        Ok(unlinkat(above, name, AtFlags::REMOVEDIR)?)
    }
}

fn entries(folder: &std::os::fd::OwnedFd) -> Outcome<Vec<(String, FileType)>> {
    let mut found = Vec::new();
    for entry in Dir::read_from(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy();
        if name != "." && name != ".." {
            found.push((name.into_owned(), entry.file_type()));
        }
    }
    Ok(found)
}

fn kind_number(kind: FileType) -> &'static str {
    match kind {
        FileType::RegularFile => "1",
        FileType::Directory => "2",
        FileType::Symlink => "3",
        FileType::Fifo => "4",
        FileType::Socket => "5",
        FileType::CharacterDevice => "6",
        FileType::BlockDevice => "7",
        _ => "0",
    }
}
