//! Operations on files by path. All go through a [`Place`]: the folder held open, and the bare name in it.

use std::fs::File;
use std::io::{Read as _, Seek as _, Write as _};
use std::os::fd::AsRawFd as _;
use std::path::Path;

use bytes::Bytes;
use rustix::fs::{
    Access as Mode_, AtFlags, Gid, Mode, OFlags, Uid, accessat, chownat, fstat, ftruncate, linkat,
    mkdirat, readlinkat, renameat, symlinkat, unlinkat,
};
use rustix::io::Errno;
use transom_permissions::{Access, Place, Refusal};

use super::failure::Outcome;
use super::files::Files;
use super::stat::{Numbers, Times, set_times, stat_at, stat_file};

/// `copyFile` fails when there is something already.
const COPY_EXCLUSIVE: u32 = 1;
/// Letters and digits that take the place of `XXXXXX`.
const NAME_LETTERS: &[u8; 62] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

impl Files {
    pub(super) fn read_file(&self, path: &str, flags: i32) -> Outcome<Bytes> {
        let (file, _) = self.open_path(path, flags, 0)?;
        let mut file = File::from(file);
        if file.metadata()?.is_dir() {
            return Err(Refusal::Io(Errno::ISDIR));
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Ok(bytes.into())
    }

    pub(super) fn write_file(&self, path: &str, data: &[u8], flags: i32, mode: u32) -> Outcome<()> {
        let (file, _) = self.open_path(path, flags, mode)?;
        Ok(File::from(file).write_all(data)?)
    }

    pub(super) fn stat(&self, path: &str, follow: bool) -> Outcome<Numbers> {
        let place = self.place(path, Access::Look, follow)?;
        stat_at(&place)
    }

    /// `mode` has the bits of access(2).
    pub(super) fn access(&self, path: &str, mode: u32) -> Outcome<()> {
        let mode = Mode_::from_bits_retain(mode);
        let wanted = match (mode.contains(Mode_::READ_OK), mode.contains(Mode_::WRITE_OK)) {
            (true, true) => Access::ReadWrite,
            (true, false) => Access::Read,
            (false, true) => Access::Write,
            (false, false) => Access::Look,
        };
        let place = self.place(path, wanted, true)?;
        Ok(accessat(place.folder(), place.name(), mode, AtFlags::empty())?)
    }

    /// Makes a folder; with `recursive` also those above it. Returns the first one that was made.
    pub(super) fn mkdir(&self, path: &str, recursive: bool, mode: u32) -> Outcome<Option<String>> {
        if recursive {
            return self.mkdir_all(Path::new(path), mode);
        }
        let place = self.place(path, Access::Write, true)?;
        self.make_folder(&place, mode)?;
        Ok(None)
    }

    fn make_folder(&self, place: &Place, mode: u32) -> Outcome<()> {
        mkdirat(place.folder(), place.name(), Mode::from_bits_retain(mode))?;
        self.permissions.own().add(place.real());
        Ok(())
    }

    fn mkdir_all(&self, path: &Path, mode: u32) -> Outcome<Option<String>> {
        let text = path.to_string_lossy();
        let missing = match self.place(&text, Access::Look, true) {
            Ok(place) => match stat_at(&place) {
                Ok(found) if found.is_folder() => return Ok(None),
                Ok(_) => return Err(Refusal::Io(Errno::EXIST)),
                Err(Refusal::Io(Errno::NOENT)) => false,
                Err(other) => return Err(other),
            },
            Err(Refusal::Io(Errno::NOENT)) => true,
            // Not to be looked at, but perhaps to be made.
            Err(other) => return Err(other),
        };
        // May it be made at all? Asked first, so that nothing is made halfway.
        match self.place(&text, Access::Write, true) {
            Ok(_) | Err(Refusal::Io(Errno::NOENT)) => {}
            Err(other) => return Err(other),
        }
        let mut first = None;
        if missing && let Some(above) = path.parent().filter(|above| *above != Path::new("")) {
            first = self.mkdir_all(above, mode)?;
        }
        let place = self.place(&text, Access::Write, true)?;
        match self.make_folder(&place, mode) {
            Ok(()) => Ok(first.or_else(|| Some(place.real().to_string_lossy().into_owned()))),
            // Somebody else was quicker.
            Err(Refusal::Io(Errno::EXIST)) => Ok(first),
            Err(other) => Err(other),
        }
    }

    /// Makes a folder with a new name that begins with `prefix`.
    pub(super) fn mkdtemp(&self, prefix: &str) -> Outcome<String> {
        for _ in 0..100 {
            let letter = || char::from(NAME_LETTERS[fastrand::usize(..NAME_LETTERS.len())]);
            let path: String =
                prefix.chars().chain(std::iter::repeat_with(letter).take(6)).collect();
            match self.mkdir(&path, false, 0o700) {
                Ok(_) => return Ok(path),
                Err(Refusal::Io(Errno::EXIST)) => {}
                Err(other) => return Err(other),
            }
        }
        Err(Refusal::Io(Errno::EXIST))
    }

    pub(super) fn unlink(&self, path: &str) -> Outcome<()> {
        let place = self.place(path, Access::Write, false)?;
        unlinkat(place.folder(), place.name(), AtFlags::empty())?;
        self.permissions.own().remove(place.real());
        Ok(())
    }

    pub(super) fn rmdir(&self, path: &str) -> Outcome<()> {
        let place = self.place(path, Access::Write, false)?;
        self.permissions.check_removal(place.real())?;
        unlinkat(place.folder(), place.name(), AtFlags::REMOVEDIR)?;
        self.permissions.own().remove(place.real());
        Ok(())
    }

    pub(super) fn rename(&self, from: &str, to: &str) -> Outcome<()> {
        let from = self.place(from, Access::ReadWrite, false)?;
        let to = self.place(to, Access::Write, false)?;
        self.permissions.check_removal(from.real())?;
        self.permissions.check_removal(to.real())?;
        renameat(from.folder(), from.name(), to.folder(), to.name())?;
        self.permissions.own().remove(from.real());
        self.permissions.own().add(to.real());
        Ok(())
    }

    pub(super) fn copy_file(&self, from: &str, to: &str, mode: u32) -> Outcome<()> {
        let (source, _) = self.open_path(from, OFlags::RDONLY.bits().cast_signed(), 0)?;
        let mut source = File::from(source);
        let metadata = source.metadata()?;
        if metadata.is_dir() {
            return Err(Refusal::Io(Errno::ISDIR));
        }
        let mut flags = OFlags::WRONLY | OFlags::CREATE;
        if mode & COPY_EXCLUSIVE != 0 {
            flags |= OFlags::EXCL;
        }
        let bits = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions());
        let (target, _) = self.open_path(to, flags.bits().cast_signed(), bits)?;
        let (one, other) = (fstat(&source)?, fstat(&target)?);
        if (one.st_dev, one.st_ino) == (other.st_dev, other.st_ino) {
            return Ok(()); // Onto itself.
        }
        let mut target = File::from(target);
        target.set_len(0)?;
        target.rewind()?;
        std::io::copy(&mut source, &mut target)?;
        Ok(())
    }

    pub(super) fn link(&self, existing: &str, path: &str) -> Outcome<()> {
        let from = self.place(existing, Access::ReadWrite, false)?;
        let to = self.place(path, Access::Write, false)?;
        linkat(from.folder(), from.name(), to.folder(), to.name(), AtFlags::empty())?;
        self.permissions.own().add(to.real());
        Ok(())
    }

    /// A link may only point to what may be read: others than this program follow it too.
    pub(super) fn symlink(&self, target: &str, path: &str) -> Outcome<()> {
        let place = self.place(path, Access::Write, false)?;
        let above = place.real().parent().unwrap_or(Path::new("/"));
        let leads_to = above.join(target);
        match self.permissions.place(&leads_to, Access::Read, true) {
            Ok(_) | Err(Refusal::Io(_)) => {}
            Err(denied) => return Err(denied),
        }
        symlinkat(target, place.folder(), place.name())?;
        self.permissions.own().add(place.real());
        Ok(())
    }

    pub(super) fn readlink(&self, path: &str) -> Outcome<String> {
        let place = self.place(path, Access::Read, false)?;
        let target = readlinkat(place.folder(), place.name(), Vec::new())?;
        Ok(target.to_string_lossy().into_owned())
    }

    pub(super) fn realpath(&self, path: &str) -> Outcome<String> {
        let place = self.place(path, Access::Look, true)?;
        stat_at(&place)?;
        Ok(place.real().to_string_lossy().into_owned())
    }

    pub(super) fn truncate(&self, path: &str, length: f64) -> Outcome<()> {
        let (file, _) = self.open_path(path, OFlags::WRONLY.bits().cast_signed(), 0)?;
        Ok(ftruncate(file, length as u64)?)
    }

    pub(super) fn chmod(&self, path: &str, mode: u32) -> Outcome<()> {
        let place = self.place(path, Access::Write, true)?;
        // Only a descriptor says which file is meant, and one that may not be read has no other.
        let file = place.open(OFlags::PATH, 0)?;
        if stat_file(&file)?.is_link() {
            return Err(Refusal::Io(Errno::LOOP));
        }
        let name = format!("/proc/self/fd/{}", file.as_raw_fd());
        Ok(rustix::fs::chmod(name, Mode::from_bits_retain(mode))?)
    }

    /// An identifier of 2^32 - 1 stays as it is.
    pub(super) fn chown(&self, path: &str, user: u32, group: u32, follow: bool) -> Outcome<()> {
        let place = self.place(path, Access::Write, follow)?;
        let (user, group) = owners(user, group);
        let flags = AtFlags::SYMLINK_NOFOLLOW;
        Ok(chownat(place.folder(), place.name(), user, group, flags)?)
    }

    pub(super) fn utimes(&self, path: &str, times: Times, follow: bool) -> Outcome<()> {
        let place = self.place(path, Access::Write, follow)?;
        set_times(&place, times)
    }

    /// Type, block size, blocks, free blocks, available blocks, files and free files of a file system.
    pub(super) fn statfs(&self, path: &str) -> Outcome<Vec<f64>> {
        let place = self.place(path, Access::Look, true)?;
        let found = rustix::fs::fstatfs(place.open(OFlags::PATH, 0)?)?;
        Ok(vec![
            found.f_type as f64,
            found.f_bsize as f64,
            found.f_blocks as f64,
            found.f_bfree as f64,
            found.f_bavail as f64,
            found.f_files as f64,
            found.f_ffree as f64,
        ])
    }
}

pub(super) fn owners(user: u32, group: u32) -> (Option<Uid>, Option<Gid>) {
    let is_given = |id: &u32| *id != u32::MAX;
    (
        Some(user).filter(is_given).map(Uid::from_raw),
        Some(group).filter(is_given).map(Gid::from_raw),
    )
}
