//! Open files of a worker, by the numbers that script holds. A number is that of the system's descriptor, but only
//! what script itself opened can be reached by it.

use std::collections::{HashMap, HashSet};
use std::os::fd::{AsRawFd as _, OwnedFd, RawFd};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustix::fs::OFlags;
use rustix::io::Errno;
use transom_permissions::{Access, Permissions, Place, Refusal};

use super::failure::Outcome;

/// What the file operations of one worker share.
#[derive(Debug)]
pub(crate) struct Files {
    pub(crate) permissions: Arc<Permissions>,
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    files: HashMap<RawFd, OpenFile>,
    /// Realms that are gone: what is opened for them late is closed at once.
    gone: HashSet<u32>,
}

#[derive(Debug)]
struct OpenFile {
    descriptor: Arc<OwnedFd>,
    realm: u32,
}

impl Files {
    pub(crate) fn new(permissions: Arc<Permissions>) -> Self {
        Self { permissions, open: Mutex::default() }
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a file for `realm`.
    pub(crate) fn insert(&self, descriptor: OwnedFd, realm: u32) -> Outcome<RawFd> {
        let number = descriptor.as_raw_fd();
        let mut open = self.open();
        if open.gone.contains(&realm) {
            return Err(Refusal::Io(Errno::CANCELED));
        }
        open.files.insert(number, OpenFile { descriptor: Arc::new(descriptor), realm });
        Ok(number)
    }

    pub(crate) fn get(&self, number: RawFd) -> Outcome<Arc<OwnedFd>> {
        let found = self.open().files.get(&number).map(|file| Arc::clone(&file.descriptor));
        found.ok_or(Refusal::Io(Errno::BADF))
    }

    /// The file is closed when the last operation on it has ended.
    pub(crate) fn close(&self, number: RawFd) -> Outcome<()> {
        self.open().files.remove(&number).map(drop).ok_or(Refusal::Io(Errno::BADF))
    }

    /// Closes what a realm has open.
    pub(crate) fn release(&self, realm: u32) {
        let mut open = self.open();
        open.files.retain(|_, file| file.realm != realm);
        open.gone.insert(realm);
    }

    /// Leads to the file that `path` names.
    pub(crate) fn place(&self, path: &str, access: Access, follow: bool) -> Outcome<Place> {
        if path.is_empty() {
            return Err(Refusal::Io(Errno::NOENT));
        }
        self.permissions.place(path.as_ref(), access, follow)
    }

    /// Opens the file that `path` names, with the flags of open(2).
    pub(crate) fn open_path(&self, path: &str, flags: i32, mode: u32) -> Outcome<(OwnedFd, Place)> {
        let flags = OFlags::from_bits_retain(flags.cast_unsigned());
        let writes = flags.intersects(OFlags::CREATE | OFlags::TRUNC);
        let access = match flags & OFlags::RWMODE {
            mode if mode == OFlags::RDWR => Access::ReadWrite,
            mode if mode == OFlags::WRONLY => Access::Write,
            _ if writes => Access::ReadWrite,
            _ => Access::Read,
        };
        let place = self.place(path, access, !flags.contains(OFlags::NOFOLLOW))?;
        let own = self.permissions.own();
        if flags.contains(OFlags::CREATE) && own.is_strange(place.real()) {
            match place.open(flags | OFlags::EXCL, mode) {
                Ok(file) => {
                    own.add(place.real());
                    return Ok((file, place));
                }
                Err(Errno::EXIST) => {}
                Err(error) => return Err(Refusal::Io(error)),
            }
        }
        Ok((place.open(flags, mode)?, place))
    }
}
