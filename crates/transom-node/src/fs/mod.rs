//! Native half of `node:fs`. Every operation comes twice: `fs_x` works on the blocking pool and answers with a promise,
//! `fs_x_sync` works on the worker's own thread. Paths go through the project's permissions, in `files.rs`.
//! Reference: <https://nodejs.org/docs/latest-v22.x/api/fs.html>

mod descriptors;
pub(crate) mod failure;
mod files;
mod folders;
mod paths;
mod stat;
mod watch;

use std::rc::Rc;
use std::sync::Arc;

use bytes::Bytes;
use tokio::task::spawn_blocking;
use transom_engine::{Op, OpError, RealmNumber};
use transom_permissions::Permissions;

use failure::{Outcome, exception};
use files::Files;
use stat::Times;
use watch::Watchers;

/// The JavaScript modules of this folder.
pub(crate) const MODULES: &[(&str, &str)] = &[
    ("node:fs", include_str!("fs.js")),
    ("node:fs/promises", include_str!("promises.js")),
    ("transom:internal/node/fs/arguments", include_str!("arguments.js")),
    ("transom:internal/node/fs/call", include_str!("call.js")),
    ("transom:internal/node/fs/constants", include_str!("constants.js")),
    ("transom:internal/node/fs/cp", include_str!("cp.js")),
    ("transom:internal/node/fs/dir", include_str!("dir.js")),
    ("transom:internal/node/fs/fetch_file", include_str!("fetch_file.js")),
    ("transom:internal/node/fs/file_handle", include_str!("file_handle.js")),
    ("transom:internal/node/fs/glob", include_str!("glob.js")),
    ("transom:internal/node/fs/plans", include_str!("plans.js")),
    ("transom:internal/node/fs/stats", include_str!("stats.js")),
    ("transom:internal/node/fs/steps", include_str!("steps.js")),
    ("transom:internal/node/fs/streams", include_str!("streams.js")),
    ("transom:internal/node/fs/watchers", include_str!("watchers.js")),
];

/// The open files and watchers of one worker.
pub(crate) struct FileSystem {
    files: Arc<Files>,
    watchers: Rc<Watchers>,
}

impl FileSystem {
    pub(crate) fn new(permissions: Arc<Permissions>) -> Self {
        Self { files: Arc::new(Files::new(permissions)), watchers: Rc::default() }
    }

    /// Closes what a realm has open.
    pub(crate) fn release(&self, realm: u32) {
        self.files.release(realm);
        self.watchers.release(realm);
    }
}

/// Runs `work` on the blocking pool.
async fn aside<T: Send + 'static>(
    files: Arc<Files>,
    work: impl FnOnce(&Files) -> Outcome<T> + Send + 'static,
) -> Result<T, OpError> {
    let done = spawn_blocking(move || work(&files)).await;
    done.map_err(|_| OpError::error("the file operation was interrupted"))?.map_err(exception)
}

/// Both forms of operations: `"name" => |files, argument: Type, …| result;`
macro_rules! both {
    ($ops:ident, $files:ident; $($name:literal => |$f:ident $(, $argument:ident : $type:ty)*| $body:expr;)*) => {$(
        let shared = Arc::clone($files);
        $ops.push(Op::future($name, move |$($argument: $type),*| {
            aside(Arc::clone(&shared), move |$f| $body)
        }));
        let shared = Arc::clone($files);
        $ops.push(Op::new(concat!($name, "_sync"), move |$($argument: $type),*| {
            let $f: &Files = &shared;
            $body.map_err(exception)
        }));
    )*};
}

/// The operations of this module.
pub(crate) fn ops(system: &FileSystem) -> Vec<Op> {
    let files = &system.files;
    let mut ops = watch::ops(files, &system.watchers);
    both! { ops, files;
        "fs_access" => |files, path: String, mode: u32| files.access(&path, mode);
        "fs_chmod" => |files, path: String, mode: u32| files.chmod(&path, mode);
        "fs_chown" => |files, path: String, user: u32, group: u32, follow: bool| files.chown(&path, user, group, follow);
        "fs_copy_file" => |files, from: String, to: String, mode: u32| files.copy_file(&from, &to, mode);
        "fs_link" => |files, from: String, to: String| files.link(&from, &to);
        "fs_mkdir" => |files, path: String, recursive: bool, mode: u32| files.mkdir(&path, recursive, mode);
        "fs_mkdtemp" => |files, prefix: String| files.mkdtemp(&prefix);
        "fs_read_file" => |files, path: String, flags: i32| files.read_file(&path, flags);
        "fs_read_folder" => |files, path: String| files.read_folder(&path);
        "fs_readlink" => |files, path: String| files.readlink(&path);
        "fs_realpath" => |files, path: String| files.realpath(&path);
        "fs_remove" => |files, path: String, recursive: bool| files.remove(&path, recursive);
        "fs_rename" => |files, from: String, to: String| files.rename(&from, &to);
        "fs_rmdir" => |files, path: String| files.rmdir(&path);
        "fs_stat" => |files, path: String, follow: bool| files.stat(&path, follow);
        "fs_statfs" => |files, path: String| files.statfs(&path);
        "fs_symlink" => |files, target: String, path: String| files.symlink(&target, &path);
        "fs_truncate" => |files, path: String, length: f64| files.truncate(&path, length);
        "fs_unlink" => |files, path: String| files.unlink(&path);
        "fs_utimes" => |files, path: String, read: f64, written: f64, follow: bool| files.utimes(&path, Times(read, written), follow);
        "fs_write_file" => |files, path: String, data: Bytes, flags: i32, mode: u32| files.write_file(&path, &data, flags, mode);
    }
    descriptor_ops(&mut ops, files);
    ops
}

fn descriptor_ops(ops: &mut Vec<Op>, files: &Arc<Files>) {
    both! { ops, files;
        "fs_open" => |files, path: String, flags: i32, mode: u32, realm: RealmNumber| files.open_file(&path, flags, mode, realm.0);
        "fs_close" => |files, number: i32| files.close(number);
        "fs_read" => |files, number: i32, length: u32, position: Option<f64>| files.read(number, length, position);
        "fs_write" => |files, number: i32, data: Bytes, position: Option<f64>| files.write(number, &data, position);
        "fs_fchmod" => |files, number: i32, mode: u32| files.file_chmod(number, mode);
        "fs_fchown" => |files, number: i32, user: u32, group: u32| files.file_chown(number, user, group);
        "fs_fstat" => |files, number: i32| files.file_stat(number);
        "fs_fsync" => |files, number: i32, data_only: bool| files.file_sync(number, data_only);
        "fs_ftruncate" => |files, number: i32, length: f64| files.file_truncate(number, length);
        "fs_futimes" => |files, number: i32, read: f64, written: f64| files.file_utimes(number, Times(read, written));
    }
}
