//! Operations on open files.

use std::os::fd::RawFd;

use bytes::Bytes;
use rustix::fs::{Mode, fchmod, fchown, fdatasync, fsync, ftruncate};
use rustix::io::{Errno, pread, pwrite, read, write};
use transom_permissions::Refusal;

use super::failure::Outcome;
use super::files::Files;
use super::paths::owners;
use super::stat::{Numbers, Times, set_file_times, stat_file};

/// One read brings no more than this.
const MOST_AT_ONCE: usize = 64 << 20;

impl Files {
    pub(super) fn open_file(
        &self,
        path: &str,
        flags: i32,
        mode: u32,
        realm: u32,
    ) -> Outcome<RawFd> {
        let (file, _) = self.open_path(path, flags, mode)?;
        self.insert(file, realm)
    }

    /// Up to `length` bytes from `position`, or from where the file stands.
    pub(super) fn read(&self, number: RawFd, length: u32, position: Option<f64>) -> Outcome<Bytes> {
        let file = self.get(number)?;
        let mut buffer = vec![0; (length as usize).min(MOST_AT_ONCE)];
        let got = loop {
            let got = match position {
                Some(position) => pread(&file, &mut buffer, position as u64),
                None => read(&file, &mut buffer),
            };
            if got != Err(Errno::INTR) {
                break got?;
            }
        };
        buffer.truncate(got);
        Ok(buffer.into())
    }

    /// Writes what the system takes at once, and says how much that was.
    pub(super) fn write(&self, number: RawFd, data: &[u8], position: Option<f64>) -> Outcome<u32> {
        loop {
            // The program's own output.
            let written = match number {
                1 => write(rustix::stdio::stdout(), data),
                2 => write(rustix::stdio::stderr(), data),
                _ => {
                    let file = self.get(number)?;
                    match position {
                        Some(position) => pwrite(&file, data, position as u64),
                        None => write(&file, data),
                    }
                }
            };
            match written {
                Err(Errno::INTR) => {}
                Ok(count) => return Ok(u32::try_from(count).unwrap_or(u32::MAX)),
                Err(error) => return Err(Refusal::Io(error)),
            }
        }
    }

    pub(super) fn file_stat(&self, number: RawFd) -> Outcome<Numbers> {
        match number {
            1 => stat_file(rustix::stdio::stdout()),
            2 => stat_file(rustix::stdio::stderr()),
            _ => stat_file(&*self.get(number)?),
        }
    }

    pub(super) fn file_truncate(&self, number: RawFd, length: f64) -> Outcome<()> {
        Ok(ftruncate(&*self.get(number)?, length as u64)?)
    }

    pub(super) fn file_sync(&self, number: RawFd, data_only: bool) -> Outcome<()> {
        let file = self.get(number)?;
        Ok(if data_only { fdatasync(&*file) } else { fsync(&*file) }?)
    }

    pub(super) fn file_chmod(&self, number: RawFd, mode: u32) -> Outcome<()> {
        Ok(fchmod(&*self.get(number)?, Mode::from_bits_retain(mode))?)
    }

    pub(super) fn file_chown(&self, number: RawFd, user: u32, group: u32) -> Outcome<()> {
        let (user, group) = owners(user, group);
        Ok(fchown(&*self.get(number)?, user, group)?)
    }

    pub(super) fn file_utimes(&self, number: RawFd, times: Times) -> Outcome<()> {
        set_file_times(&*self.get(number)?, times)
    }
}
