//! Where session data lives: one file per session below the state folder. Sessions are behind three operations, so
//! that another store can take their place.

use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::task::spawn_blocking;
use transom_engine::{Op, OpError};

/// Sessions as files: the first line is the time of expiry in milliseconds since 1970 (or `-`), the rest is data.
struct Files(PathBuf);

impl Files {
    /// Session ids are UUIDs; anything else is no file name of ours.
    fn path(&self, id: &str) -> Option<PathBuf> {
        let plain =
            id.len() == 36 && id.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
        plain.then(|| self.0.join(id))
    }
}

fn now_ms() -> u128 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO).as_millis()
}

fn read(path: &Path) -> io::Result<Option<String>> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let Some((expiry, data)) = text.split_once('\n') else { return Ok(None) };
    let expired = expiry.parse::<u128>().is_ok_and(|expiry| expiry <= now_ms());
    if expired {
        remove(path)?;
        return Ok(None);
    }
    Ok(Some(data.to_owned()))
}

/// Writes a sibling and renames it, so that a reader sees the old data or the new, never a part.
fn write(path: &Path, data: &str, ttl_ms: Option<f64>) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let expiry = ttl_ms.map_or("-".to_owned(), |ttl| (now_ms() + ttl.max(0.0) as u128).to_string());
    let part = path
        .with_extension(format!("{:?}.part", std::thread::current().id()).replace(['(', ')'], ""));
    std::fs::write(&part, format!("{expiry}\n{data}"))?;
    std::fs::rename(&part, path)
}

fn remove(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

async fn off_thread<T: Send + 'static>(
    path: Option<PathBuf>,
    absent: T,
    work: impl FnOnce(&Path) -> io::Result<T> + Send + 'static,
) -> Result<T, OpError> {
    let Some(path) = path else { return Ok(absent) };
    let done = spawn_blocking(move || work(&path)).await;
    done.map_err(|_| OpError::error("the session store failed"))?
        .map_err(|error| OpError::error(format!("the session store failed: {error}")))
}

/// The ops of sessions, kept in `folder`.
pub(crate) fn ops(folder: PathBuf) -> Vec<Op> {
    let files = Rc::new(Files(folder));
    let [for_read, for_write, for_delete] = std::array::from_fn(|_| Rc::clone(&files));
    vec![
        Op::future("session_read", move |id: String| off_thread(for_read.path(&id), None, read)),
        Op::future("session_write", move |id: String, data: String, ttl_ms: Option<f64>| {
            off_thread(for_write.path(&id), (), move |path| write(path, &data, ttl_ms))
        }),
        Op::future("session_delete", move |id: String| {
            off_thread(for_delete.path(&id), (), remove)
        }),
    ]
}
