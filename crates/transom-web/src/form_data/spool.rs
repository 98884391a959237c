//! Temporary files behind the `File` objects of large uploads.
//!
//! Invariants: a file has no name in the directory (the system removes it with its last handle, also
//! when the process is killed); it goes away when script releases it or when the request it came with
//! is finished, whichever is first; all reading and copying happens off the worker's thread.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use bytes::Bytes;
use tokio::io::AsyncWriteExt;
use tokio::task::spawn_blocking;
use transom_engine::{Op, OpError};

/// Bytes that one step of a copy holds in memory.
const COPY_BUFFER_BYTES: usize = 1 << 20;

/// The temporary files of one worker.
#[derive(Debug)]
pub struct Spool {
    directory: PathBuf,
    next_handle: Cell<f64>,
    files: RefCell<HashMap<u64, Spooled>>,
}

#[derive(Debug)]
struct Spooled {
    file: Arc<File>,
    size: u64,
    /// The request whose end also ends the file.
    request_id: f64,
}

/// A temporary file that is being filled.
#[derive(Debug)]
pub(crate) struct SpoolWriter {
    file: tokio::fs::File,
    size: u64,
}

impl SpoolWriter {
    pub(crate) async fn write(&mut self, chunk: &[u8]) -> io::Result<()> {
        self.size += chunk.len() as u64;
        self.file.write_all(chunk).await
    }
}

impl Spool {
    /// Files are made in `directory`, which comes into being with the first of them.
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Self { directory: directory.into(), next_handle: Cell::new(1.0), files: RefCell::default() }
    }

    /// Drops every file that came with the request.
    pub fn release_request(&self, request_id: f64) {
        if !self.files.borrow().is_empty() {
            self.files.borrow_mut().retain(|_, spooled| spooled.request_id != request_id);
        }
    }

    /// Writes the content to a file at `path`, created or truncated as any written file is.
    ///
    /// # Errors
    /// `NotFound` for a released handle, else what opening and writing the file says.
    pub async fn copy_to(&self, handle: f64, path: PathBuf) -> io::Result<()> {
        let (file, size) = self.get(handle)?;
        blocking(move || copy(&file, size, &path)).await
    }

    pub(crate) async fn create(&self) -> io::Result<SpoolWriter> {
        let directory = self.directory.clone();
        let file = blocking(move || {
            tempfile::tempfile_in(&directory).or_else(|_| {
                std::fs::create_dir_all(&directory)?;
                tempfile::tempfile_in(&directory)
            })
        })
        .await?;
        Ok(SpoolWriter { file: tokio::fs::File::from_std(file), size: 0 })
    }

    /// Finishes `writer`; the result is the handle that script gets and the size in bytes.
    pub(crate) async fn keep(
        &self,
        mut writer: SpoolWriter,
        request_id: f64,
    ) -> io::Result<(f64, f64)> {
        writer.file.flush().await?;
        let file = Arc::new(writer.file.into_std().await);
        let handle = self.next_handle.get();
        self.next_handle.set(handle + 1.0);
        let spooled = Spooled { file, size: writer.size, request_id };
        self.files.borrow_mut().insert(handle.to_bits(), spooled);
        Ok((handle, writer.size as f64))
    }

    async fn read(&self, handle: f64, offset: u64, length: usize) -> io::Result<Bytes> {
        let (file, size) = self.get(handle)?;
        let length = length.min(usize::try_from(size.saturating_sub(offset)).unwrap_or(usize::MAX));
        blocking(move || {
            let mut buffer = vec![0; length];
            file.read_exact_at(&mut buffer, offset)?;
            Ok(Bytes::from(buffer))
        })
        .await
    }

    fn get(&self, handle: f64) -> io::Result<(Arc<File>, u64)> {
        let files = self.files.borrow();
        let spooled = files.get(&handle.to_bits()).ok_or(io::ErrorKind::NotFound)?;
        Ok((Arc::clone(&spooled.file), spooled.size))
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    spawn_blocking(work).await.map_err(io::Error::other)?
}

fn copy(source: &File, size: u64, path: &Path) -> io::Result<()> {
    let mut target = File::create(path)?;
    let mut buffer = vec![0; COPY_BUFFER_BYTES.min(usize::try_from(size).unwrap_or(usize::MAX))];
    let mut offset = 0;
    while offset < size {
        let step = buffer.len().min(usize::try_from(size - offset).unwrap_or(usize::MAX));
        source.read_exact_at(&mut buffer[..step], offset)?;
        target.write_all(&buffer[..step])?;
        offset += step as u64;
    }
    Ok(())
}

pub(crate) fn ops(spool: &Rc<Spool>) -> Vec<Op> {
    let (reader, releaser, copier) = (Rc::clone(spool), Rc::clone(spool), Rc::clone(spool));
    vec![
        Op::future("spool_read", move |handle: f64, offset: f64, length: f64| {
            let spool = Rc::clone(&reader);
            async move {
                spool
                    .read(handle, offset as u64, length as usize)
                    .await
                    .map_err(|error| read_error(&error))
            }
        }),
        Op::new("spool_release", move |handle: f64| {
            releaser.files.borrow_mut().remove(&handle.to_bits());
        }),
        Op::future("spool_persist", move |handle: f64, path: String| {
            let spool = Rc::clone(&copier);
            async move {
                let result = spool.copy_to(handle, PathBuf::from(&path)).await;
                result.map_err(|error| write_error(&error, &path))
            }
        }),
    ]
}

fn read_error(error: &io::Error) -> OpError {
    let message = match error.kind() {
        io::ErrorKind::NotFound => "The uploaded file is gone: its request is finished".to_owned(),
        _ => format!("The uploaded file could not be read: {error}"),
    };
    OpError::dom("NotReadableError", message)
}

/// Worded and coded as Node words a failed `fs` call.
fn write_error(error: &io::Error, path: &str) -> OpError {
    let (code, reason) = match error.kind() {
        io::ErrorKind::NotFound => ("ENOENT", "no such file or directory"),
        io::ErrorKind::PermissionDenied => ("EACCES", "permission denied"),
        io::ErrorKind::IsADirectory => ("EISDIR", "illegal operation on a directory"),
        io::ErrorKind::NotADirectory => ("ENOTDIR", "not a directory"),
        io::ErrorKind::StorageFull => ("ENOSPC", "no space left on device"),
        io::ErrorKind::ReadOnlyFilesystem => ("EROFS", "read-only file system"),
        _ => ("EIO", "i/o error"),
    };
    OpError::error(format!("{code}: {reason}, open '{path}'")).code(code)
}

#[cfg(test)]
mod tests {
    use super::Spool;

    #[tokio::test]
    async fn a_spooled_file_is_read_copied_and_gone_with_its_request() {
        let directory = tempfile::tempdir().expect("a temporary folder");
        let spool = Spool::new(directory.path().join("made/on/demand"));
        let mut writer = spool.create().await.expect("the file is made");
        writer.write(b"hello ").await.expect("written");
        writer.write(b"world").await.expect("written");
        let (handle, size) = spool.keep(writer, 7.0).await.expect("kept");
        assert_eq!(size, 11.0);
        assert_eq!(&spool.read(handle, 6, 100).await.expect("read")[..], b"world");
        assert_eq!(spool.read(handle, 50, 1).await.expect("nothing there").len(), 0);

        let target = directory.path().join("copy.txt");
        spool.copy_to(handle, target.clone()).await.expect("copied");
        assert_eq!(std::fs::read(&target).expect("readable"), b"hello world");
        let missing = spool.copy_to(handle, directory.path().join("no/such/folder")).await;
        assert_eq!(missing.expect_err("no folder").kind(), std::io::ErrorKind::NotFound);

        let visible =
            std::fs::read_dir(directory.path().join("made/on/demand")).expect("listed").count();
        assert_eq!(visible, 0, "a spooled file has no name");

        spool.release_request(8.0);
        assert!(spool.read(handle, 0, 1).await.is_ok(), "another request's end changes nothing");
        spool.release_request(7.0);
        assert!(spool.read(handle, 0, 1).await.is_err());
    }
}
