//! What is known of a file, and setting its times.

use std::os::fd::AsFd;

use rustix::fs::{
    AtFlags, FileType, Statx, StatxFlags, Timespec, Timestamps, UTIME_OMIT, futimens, makedev,
    statx, utimensat,
};
use transom_engine::{IntoJs, OpError, Scope, Value};
use transom_permissions::Place;

use super::failure::Outcome;

/// The members of Node's `Stats`, times as seconds and nanoseconds.
#[derive(Debug)]
pub(super) struct Numbers(Statx);

impl Numbers {
    pub(super) fn is_folder(&self) -> bool {
        self.kind() == FileType::Directory
    }

    pub(super) fn is_link(&self) -> bool {
        self.kind() == FileType::Symlink
    }

    fn kind(&self) -> FileType {
        FileType::from_raw_mode(self.0.stx_mode.into())
    }
}

/// In the order that `stats.js` reads.
impl IntoJs for Numbers {
    fn into_js<'s>(self, scope: &mut Scope<'s>) -> Result<Value<'s>, OpError> {
        let stat = self.0;
        let mut numbers = vec![
            makedev(stat.stx_dev_major, stat.stx_dev_minor) as f64,
            f64::from(stat.stx_mode),
            f64::from(stat.stx_nlink),
            f64::from(stat.stx_uid),
            f64::from(stat.stx_gid),
            makedev(stat.stx_rdev_major, stat.stx_rdev_minor) as f64,
            f64::from(stat.stx_blksize),
            stat.stx_ino as f64,
            stat.stx_size as f64,
            stat.stx_blocks as f64,
        ];
        for time in [stat.stx_atime, stat.stx_mtime, stat.stx_ctime, stat.stx_btime] {
            numbers.push(time.tv_sec as f64);
            numbers.push(f64::from(time.tv_nsec));
        }
        numbers.into_js(scope)
    }
}

/// Of what stands at a place, a link included.
pub(super) fn stat_at(place: &Place) -> Outcome<Numbers> {
    let flags = AtFlags::SYMLINK_NOFOLLOW;
    let wanted = StatxFlags::BASIC_STATS | StatxFlags::BTIME;
    Ok(Numbers(statx(place.folder(), place.name(), flags, wanted)?))
}

/// Of an open file.
pub(super) fn stat_file(file: impl AsFd) -> Outcome<Numbers> {
    let wanted = StatxFlags::BASIC_STATS | StatxFlags::BTIME;
    Ok(Numbers(statx(file, "", AtFlags::EMPTY_PATH, wanted)?))
}

/// Seconds since 1970 of access and modification; what is no number stays as it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Times(pub(super) f64, pub(super) f64);

impl Times {
    fn stamps(self) -> Timestamps {
        let stamp = |seconds: f64| {
            if seconds.is_nan() {
                return Timespec { tv_sec: 0, tv_nsec: UTIME_OMIT };
            }
            let whole = seconds.floor();
            // Node counts in microseconds here.
            let micros = ((seconds - whole) * 1e6).round();
            Timespec { tv_sec: whole as i64, tv_nsec: (micros * 1e3).min(999_999_999.0) as i64 }
        };
        Timestamps { last_access: stamp(self.0), last_modification: stamp(self.1) }
    }
}

pub(super) fn set_times(place: &Place, times: Times) -> Outcome<()> {
    let flags = AtFlags::SYMLINK_NOFOLLOW;
    Ok(utimensat(place.folder(), place.name(), &times.stamps(), flags)?)
}

pub(super) fn set_file_times(file: impl AsFd, times: Times) -> Outcome<()> {
    Ok(futimens(file, &times.stamps())?)
}
