//! Public files: the tree below one folder, as Astro's Node adapter serves it with npm `send`.
//! Spec: sections 0 (step 3), 1.6 (a) and 7 of the Astro endpoint specification.
//!
//! Invariants: the tree is indexed in memory, so a request that is no file costs one hash lookup
//! and no system call. Only files that lie below the root after all links are resolved are in the
//! index, and that is checked again when a file is opened. Dot files are not in it, except below
//! `/.well-known/`. A decoded path is a key of the index and never part of a path on disk.
//!
//! How a file becomes a reply is in `static_files/reply.rs`, its type in `static_files/media_type.rs`.
//! Redirects between `/dir` and `/dir/` are the caller's: [`Found`] gives the facts.

mod media_type;
mod reply;

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use http::HeaderValue;
use percent_encoding::percent_decode_str;
use rustc_hash::FxHashMap;

/// The folder whose dot files are public: <https://www.rfc-editor.org/rfc/rfc8615>.
const WELL_KNOWN: &str = ".well-known";

/// Files below this folder have their content in their name, so they never change.
const HASHED_PREFIX: &str = "_astro/";

/// The public files of one build or project; shared by all workers.
#[derive(Debug)]
pub struct StaticFiles {
    root: PathBuf,
    index: RwLock<Arc<Index>>,
    /// Counts the indexes, so that readers notice a new one without a lock.
    version: AtomicU64,
}

/// Its keys are the files; clients only look them up, so the hash need not withstand them.
type Index = FxHashMap<Box<str>, Entry>;

#[derive(Debug, Clone)]
enum Entry {
    File(PublicFile),
    Directory,
}

/// One public file.
#[derive(Debug, Clone)]
pub struct PublicFile(Arc<Description>);

#[derive(Debug)]
struct Description {
    root: PathBuf,
    path: PathBuf,
    content_type: HeaderValue,
    cache_control: HeaderValue,
}

/// What is at a path of the public tree.
#[derive(Debug, Clone)]
pub enum Found {
    /// A file.
    File(PublicFile),
    /// A folder, with or without a slash at the end of the path.
    Directory {
        /// Its `index.html`.
        index: Option<PublicFile>,
    },
    /// Nothing public.
    Nothing,
}

impl StaticFiles {
    /// Indexes the files below `root`. A folder that does not exist is an empty tree.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn open(root: &Path) -> io::Result<Arc<Self>> {
        let index = RwLock::new(Arc::new(build(root)?));
        Ok(Arc::new(Self { root: root.to_owned(), index, version: AtomicU64::new(0) }))
    }

    /// Indexes the tree again after it has changed. Files whose content changes need no refresh.
    ///
    /// # Errors
    /// When the folder cannot be read; the old index stays.
    pub fn refresh(&self) -> io::Result<()> {
        let index = Arc::new(build(&self.root)?);
        *self.index.write().unwrap_or_else(PoisonError::into_inner) = index;
        self.version.fetch_add(1, Ordering::Release);
        Ok(())
    }

    /// A view for one worker, which looks up without locks.
    pub fn reader(self: &Arc<Self>) -> StaticReader {
        let reader = StaticReader {
            files: Arc::clone(self),
            version: Cell::new(self.version.load(Ordering::Acquire)),
            index: RefCell::default(),
        };
        reader.load();
        reader
    }
}

/// One worker's view of [`StaticFiles`].
#[derive(Debug)]
pub struct StaticReader {
    files: Arc<StaticFiles>,
    version: Cell<u64>,
    index: RefCell<Arc<Index>>,
}

impl StaticReader {
    fn load(&self) {
        let index = self.files.index.read().unwrap_or_else(PoisonError::into_inner);
        self.index.replace(Arc::clone(&index));
    }

    /// Whether there is no file at all: then nothing need be looked up.
    pub fn is_empty(&self) -> bool {
        self.refresh();
        self.index.borrow().is_empty()
    }

    /// Reads the index anew when it has changed.
    fn refresh(&self) {
        let version = self.files.version.load(Ordering::Acquire);
        if version != self.version.get() {
            self.version.set(version);
            self.load();
        }
    }

    /// Looks up the raw path of a request target: with its percent escapes, without query and
    /// without the project's base. Escapes are decoded once, `.` and `..` are resolved and repeated
    /// slashes count as one, as in `send`.
    pub fn find(&self, path: &str) -> Found {
        self.refresh();
        let index = self.index.borrow();
        if index.is_empty() {
            return Found::Nothing;
        }
        let Some(key) = key(path) else { return Found::Nothing };
        let (key, slash) = match key.strip_suffix('/') {
            Some(key) => (key, true),
            None => (&*key, key.is_empty()),
        };
        match index.get(key) {
            Some(Entry::File(file)) if !slash => Found::File(file.clone()),
            Some(Entry::Directory) => {
                let name = if key.is_empty() {
                    Cow::Borrowed("index.html")
                } else {
                    Cow::Owned(format!("{key}/index.html"))
                };
                let index = match index.get(&*name) {
                    Some(Entry::File(file)) => Some(file.clone()),
                    _ => None,
                };
                Found::Directory { index }
            }
            _ => Found::Nothing,
        }
    }
}

/// The key of a raw path: decoded, resolved, without its first slash, with its last slash kept.
/// Nothing when it cannot be decoded or climbs above the root.
fn key(path: &str) -> Option<Cow<'_, str>> {
    let path = path.strip_prefix('/').unwrap_or(path);
    let mut previous = b'/';
    let is_plain = path.bytes().all(|byte| {
        let plain = byte != b'%' && byte != 0 && !(previous == b'/' && matches!(byte, b'/' | b'.'));
        previous = byte;
        plain
    });
    if is_plain {
        return Some(Cow::Borrowed(path));
    }
    let decoded = percent_decode_str(path).decode_utf8().ok()?;
    if decoded.contains('\0') {
        return None;
    }
    let mut segments: Vec<&str> = Vec::new();
    for segment in decoded.split('/') {
        match segment {
            "" | "." => {}
            ".." => drop(segments.pop()?),
            name => segments.push(name),
        }
    }
    let mut key = segments.join("/");
    if !key.is_empty() && decoded.ends_with('/') {
        key.push('/');
    }
    Some(Cow::Owned(key))
}

fn build(root: &Path) -> io::Result<Index> {
    let mut index = Index::default();
    let root = match root.canonicalize() {
        Ok(root) => root,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(index),
        Err(error) => return Err(error),
    };
    index.insert("".into(), Entry::Directory);
    // Folders that are still to be read: their keys, and the way to them from the root.
    let mut folders = vec![(String::new(), vec![root.clone()])];
    while let Some((prefix, way)) = folders.pop() {
        let Some(folder) = way.last() else { continue };
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            // A name that is not UTF-8 cannot be asked for.
            let Ok(name) = entry.file_name().into_string() else { continue };
            let is_public = prefix.starts_with(WELL_KNOWN)
                || !name.starts_with('.')
                || prefix.is_empty() && name == WELL_KNOWN;
            // A dangling link is nothing.
            let Some(path) = entry.path().canonicalize().ok().filter(|_| is_public) else {
                continue;
            };
            if !path.starts_with(&root) {
                continue;
            }
            let key = format!("{prefix}{name}");
            if path.is_file() {
                let file = describe(&root, path, &key);
                index.insert(key.into(), Entry::File(file));
            } else if path.is_dir() && !way.contains(&path) {
                // A link back to a folder on the way would have no end.
                let way = way.iter().cloned().chain([path]).collect();
                folders.push((format!("{key}/"), way));
                index.insert(key.into(), Entry::Directory);
            }
        }
    }
    Ok(index)
}

fn describe(root: &Path, path: PathBuf, key: &str) -> PublicFile {
    let cache_control = if key.starts_with(HASHED_PREFIX) {
        HeaderValue::from_static("public, max-age=31536000, immutable")
    } else {
        HeaderValue::from_static("public, max-age=0")
    };
    let content_type = media_type::content_type(key);
    PublicFile(Arc::new(Description { root: root.to_owned(), path, content_type, cache_control }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &str, expected: Option<&str>) {
        assert_eq!(key(path).as_deref(), expected, "{path}");
    }

    #[test]
    fn a_path_is_decoded_once_and_cannot_leave_the_root() {
        check("/", Some(""));
        check("/a/b.txt", Some("a/b.txt"));
        check("/a/", Some("a/"));
        check("//a//b/", Some("a/b/"));
        check("/a%20b", Some("a b"));
        check("/a%2520", Some("a%20"));
        check("/a/../b", Some("b"));
        check("/a/%2e%2e/b/.", Some("b")); // As `path.normalize` does.
        check("/..", None);
        check("/..%2fpackage.json", None);
        check("/a/../../b", None);
        check("/%00", None);
        check("/%ff", None);
        check("/a\\..\\b", Some("a\\..\\b"));
    }
}
