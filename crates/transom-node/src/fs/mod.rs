//! Native half of `node:fs/promises`. All work happens on the blocking pool, never on the worker's thread.
//! Reference: <https://nodejs.org/docs/latest-v22.x/api/fs.html#promises-api>

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt};
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

use bytes::Bytes;
use tokio::task::spawn_blocking;
use transom_engine::{Op, OpError};

/// Specifier and source of the modules in this folder.
pub(crate) const MODULES: &[(&str, &str)] = &[("node:fs/promises", include_str!("promises.js"))];

/// Open files of a worker, by the number that script holds.
#[derive(Default)]
struct Handles {
    last: Cell<u32>,
    open: RefCell<HashMap<u32, Arc<File>>>,
}

impl Handles {
    fn insert(&self, file: File) -> u32 {
        let number = self.last.get() + 1;
        self.last.set(number);
        self.open.borrow_mut().insert(number, Arc::new(file));
        number
    }

    fn get(&self, number: u32, call: &'static str) -> Result<Arc<File>, OpError> {
        let found = self.open.borrow().get(&number).cloned();
        found.ok_or_else(|| {
            OpError::error(format!("EBADF: bad file descriptor, {call}")).code("EBADF")
        })
    }
}

/// Node's form of a system error: `ENOENT: no such file or directory, open 'x'`.
fn failure(error: &io::Error, call: &str, path: Option<&str>) -> OpError {
    let (code, text) = match error.raw_os_error() {
        Some(1) => ("EPERM", "operation not permitted"),
        Some(2) => ("ENOENT", "no such file or directory"),
        Some(5) => ("EIO", "i/o error"),
        Some(9) => ("EBADF", "bad file descriptor"),
        Some(13) => ("EACCES", "permission denied"),
        Some(17) => ("EEXIST", "file already exists"),
        Some(18) => ("EXDEV", "cross-device link not permitted"),
        Some(20) => ("ENOTDIR", "not a directory"),
        Some(21) => ("EISDIR", "illegal operation on a directory"),
        Some(22) => ("EINVAL", "invalid argument"),
        Some(24) => ("EMFILE", "too many open files"),
        Some(28) => ("ENOSPC", "no space left on device"),
        Some(30) => ("EROFS", "read-only file system"),
        Some(36) => ("ENAMETOOLONG", "name too long"),
        Some(39) => ("ENOTEMPTY", "directory not empty"),
        Some(40) => ("ELOOP", "too many symbolic links encountered"),
        _ => ("EIO", "i/o error"),
    };
    let path = path.map_or_else(String::new, |path| format!(" '{path}'"));
    OpError::error(format!("{code}: {text}, {call}{path}")).code(code)
}

/// Runs `work` on the blocking pool.
async fn blocking<T: Send + 'static>(
    call: &'static str,
    path: Option<String>,
    work: impl FnOnce(&str) -> io::Result<T> + Send + 'static,
) -> Result<T, OpError> {
    let done = spawn_blocking(move || {
        let outcome = work(path.as_deref().unwrap_or(""));
        outcome.map_err(|error| failure(&error, call, path.as_deref()))
    });
    done.await.map_err(|_| {
        OpError::error(format!("the file system operation `{call}` was interrupted"))
    })?
}

/// Options for Node's flags `r`, `r+`, `w`, `wx`, `a`, `ax` and their `+` forms.
fn options(flags: &str) -> Option<OpenOptions> {
    let mut options = OpenOptions::new();
    let plus = flags.contains('+');
    let exclusive = flags.contains('x');
    match flags.chars().next()? {
        'r' => options.read(true).write(plus),
        'w' => options
            .write(true)
            .read(plus)
            .create(!exclusive)
            .truncate(!exclusive)
            .create_new(exclusive),
        'a' => options.append(true).read(plus).create(!exclusive).create_new(exclusive),
        _ => return None,
    };
    Some(options)
}

fn open(path: &str, flags: &str, mode: u32) -> io::Result<File> {
    options(flags).ok_or(io::Error::from_raw_os_error(22))?.mode(mode).open(path)
}

/// Size, times and kind, in the order that `promises.js` reads.
fn stat_numbers(metadata: &fs::Metadata) -> Vec<f64> {
    let milliseconds =
        |seconds: i64, nanoseconds: i64| seconds as f64 * 1000.0 + nanoseconds as f64 / 1e6;
    let born =
        metadata.created().ok().and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
    vec![
        f64::from(metadata.mode()),
        metadata.size() as f64,
        milliseconds(metadata.atime(), metadata.atime_nsec()),
        milliseconds(metadata.mtime(), metadata.mtime_nsec()),
        milliseconds(metadata.ctime(), metadata.ctime_nsec()),
        born.map_or(0.0, |since| since.as_secs_f64() * 1000.0),
        metadata.ino() as f64,
        metadata.nlink() as f64,
        f64::from(metadata.uid()),
        f64::from(metadata.gid()),
    ]
}

/// The operations of this module.
pub(crate) fn ops() -> Vec<Op> {
    let mut ops = path_ops();
    ops.extend(handle_ops(&Rc::new(Handles::default())));
    ops
}

fn path_ops() -> Vec<Op> {
    vec![
        Op::future("fs_read_file", |path: String| async move {
            blocking("open", Some(path), |path| fs::read(path).map(Bytes::from)).await
        }),
        Op::future(
            "fs_write_file",
            |path: String, data: Bytes, flags: String, mode: u32| async move {
                blocking("open", Some(path), move |path| open(path, &flags, mode)?.write_all(&data))
                    .await
            },
        ),
        Op::future("fs_mkdir", |path: String, recursive: bool| async move {
            blocking("mkdir", Some(path), move |path| {
                if !recursive {
                    return fs::create_dir(path).map(|()| None);
                }
                let missing =
                    Path::new(path).ancestors().take_while(|folder| !folder.exists()).last();
                let first = missing.map(|folder| folder.to_string_lossy().into_owned());
                fs::create_dir_all(path).map(|()| first)
            })
            .await
        }),
        Op::future("fs_stat", |path: String, follow: bool| async move {
            let call = if follow { "stat" } else { "lstat" };
            blocking(call, Some(path), move |path| {
                let metadata = if follow { fs::metadata(path) } else { fs::symlink_metadata(path) };
                metadata.map(|metadata| stat_numbers(&metadata))
            })
            .await
        }),
        Op::future("fs_unlink", |path: String| async move {
            blocking("unlink", Some(path), |path| fs::remove_file(path)).await
        }),
        Op::future("fs_rmdir", |path: String| async move {
            blocking("rmdir", Some(path), |path| fs::remove_dir(path)).await
        }),
        Op::future("fs_rm", |path: String, recursive: bool| async move {
            blocking("rm", Some(path), move |path| {
                let is_folder = fs::symlink_metadata(path)?.is_dir();
                match (is_folder, recursive) {
                    (true, true) => fs::remove_dir_all(path),
                    (true, false) => Err(io::Error::from_raw_os_error(21)),
                    (false, _) => fs::remove_file(path),
                }
            })
            .await
        }),
        Op::future("fs_rename", |from: String, to: String| async move {
            blocking("rename", Some(from), move |from| fs::rename(from, to)).await
        }),
        Op::future("fs_copy_file", |from: String, to: String| async move {
            blocking("copyfile", Some(from), move |from| fs::copy(from, to).map(|_| ())).await
        }),
        Op::future("fs_read_folder", |path: String| async move {
            blocking("scandir", Some(path), |path| {
                let mut names = Vec::new();
                for entry in fs::read_dir(path)? {
                    let entry = entry?;
                    let kind = if entry.file_type()?.is_dir() { "d" } else { "f" };
                    names.push(format!("{kind}{}", entry.file_name().to_string_lossy()));
                }
                names.sort_by(|a, b| a[1..].cmp(&b[1..]));
                Ok(names)
            })
            .await
        }),
    ]
}

fn handle_ops(handles: &Rc<Handles>) -> Vec<Op> {
    let [opened, written, read, stat, closed] = std::array::from_fn(|_| Rc::clone(handles));
    vec![
        Op::future("fs_open", move |path: String, flags: String, mode: u32| {
            let handles = Rc::clone(&opened);
            async move {
                let file =
                    blocking("open", Some(path), move |path| open(path, &flags, mode)).await?;
                Ok(handles.insert(file))
            }
        }),
        // position: null appends at the file's own position.
        Op::future("fs_write", move |number: u32, data: Bytes, position: Option<f64>| {
            let file = written.get(number, "write");
            async move {
                let file = file?;
                blocking("write", None, move |_| match position {
                    Some(position) => file.write_all_at(&data, position as u64),
                    None => (&*file).write_all(&data),
                })
                .await
            }
        }),
        Op::future("fs_read", move |number: u32, length: f64, position: Option<f64>| {
            let file = read.get(number, "read");
            async move {
                let file = file?;
                blocking("read", None, move |_| {
                    let mut buffer = vec![0; (length as usize).min(64 << 20)];
                    let got = match position {
                        Some(position) => file.read_at(&mut buffer, position as u64)?,
                        None => (&*file).read(&mut buffer)?,
                    };
                    buffer.truncate(got);
                    Ok(Bytes::from(buffer))
                })
                .await
            }
        }),
        Op::future("fs_handle_stat", move |number: u32| {
            let file = stat.get(number, "fstat");
            async move {
                let file = file?;
                blocking("fstat", None, move |_| {
                    file.metadata().map(|metadata| stat_numbers(&metadata))
                })
                .await
            }
        }),
        Op::new("fs_close", move |number: u32| drop(closed.open.borrow_mut().remove(&number))),
    ]
}
