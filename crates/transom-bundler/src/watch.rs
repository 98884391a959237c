//! Watching a project: which paths changed, in batches.
//!
//! A batch is sent once nothing has happened for [`QUIET`], so that an editor's save (write to a temporary file,
//! rename over the old one) is one change of one file. What happened in between does not matter: a path is
//! *written* if it exists at the end and *removed* if it does not.
//!
//! Not here: what a change means. A batch may name files that no bundle uses; see [`crate::Rebuilder::affects`].

use std::{
    collections::{BTreeMap, HashSet},
    fs, io,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    },
    thread,
    time::{Duration, Instant},
};

use notify::{
    Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _,
    event::{AccessKind, AccessMode},
};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::watch_filter::Filter;

/// A batch ends after this long without an event: longer than an editor's gap between write and rename, short
/// beside the 100 ms in which an edit has to answer.
const QUIET: Duration = Duration::from_millis(15);
/// A batch ends after this long in any case, so that a file that is written all the time cannot hold others up.
const LONGEST: Duration = Duration::from_millis(150);

/// One batch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// Changed paths in order, each once. A removed or renamed folder is named itself, not its files.
    pub list: Vec<Change>,
    /// True when the system lost events: anything may have changed.
    pub rescan: bool,
}

/// One changed path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// Absolute path.
    pub path: PathBuf,
    /// What became of it.
    pub kind: ChangeKind,
}

/// What became of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChangeKind {
    /// New, changed, or replaced by another file.
    Written,
    /// Deleted or renamed away.
    Removed,
}

/// Why watching failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WatchError {
    /// The system's limit on watched folders is reached.
    #[error(
        "too many folders are being watched on this system; raise `fs.inotify.max_user_watches`"
    )]
    Limit,
    /// A folder cannot be watched.
    #[error("cannot watch `{}`: {source}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: notify::Error,
    },
    /// No thread or no watcher can be had.
    #[error("cannot watch files: {0}")]
    System(#[from] io::Error),
}

/// Watches until dropped.
#[derive(Debug)]
pub struct Watcher {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    system: Mutex<Option<RecommendedWatcher>>,
    filter: Mutex<Filter>,
}

impl Watcher {
    /// Watches the project `root`: its configuration files, and `src`, `public` and the further `folders` (relative
    /// or absolute, existing or not) with everything below them.
    ///
    /// # Errors
    /// When the system refuses to watch `root` or one of the folders.
    pub fn start(
        root: &Path,
        folders: &[PathBuf],
    ) -> Result<(Self, UnboundedReceiver<Changes>), WatchError> {
        let root = root.canonicalize()?;
        let (raw, events) = channel();
        let system = notify::recommended_watcher(raw_sender(raw))
            .map_err(|error| translate(&root, error))?;
        let shared = Arc::new(Shared {
            system: Mutex::new(Some(system)),
            filter: Mutex::new(Filter::new(root.clone(), folders)),
        });
        shared.watch(&root, RecursiveMode::NonRecursive)?;
        let existing: Vec<PathBuf> = lock(&shared.filter).folders().to_vec();
        for folder in existing.iter().filter(|folder| folder.is_dir()) {
            shared.watch(folder, RecursiveMode::Recursive)?;
        }
        let (sender, receiver) = unbounded_channel();
        let weak = Arc::downgrade(&shared);
        thread::Builder::new()
            .name("transom-watch".to_owned())
            .spawn(move || collect(&events, &weak, &sender))?;
        Ok((Self { shared }, receiver))
    }

    /// Watches further files, those of a bundle for example. Files of packages are left out: they change by an
    /// installation, which writes a lock file.
    ///
    /// # Errors
    /// When the system refuses to watch a folder that exists.
    pub fn add_files<'a>(
        &self,
        files: impl IntoIterator<Item = &'a PathBuf>,
    ) -> Result<(), WatchError> {
        let new: HashSet<PathBuf> = lock(&self.shared.filter).add_files(files);
        for dir in new {
            if dir.is_dir() {
                self.shared.watch(&dir, RecursiveMode::NonRecursive)?;
            }
        }
        Ok(())
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        // Ends the event channel, and with it the thread.
        *lock(&self.shared.system) = None;
    }
}

impl Shared {
    fn watch(&self, path: &Path, mode: RecursiveMode) -> Result<(), WatchError> {
        match lock(&self.system).as_mut() {
            Some(system) => system.watch(path, mode).map_err(|error| translate(path, error)),
            None => Ok(()),
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn translate(path: &Path, source: notify::Error) -> WatchError {
    match source.kind {
        notify::ErrorKind::MaxFilesWatch => WatchError::Limit,
        _ => WatchError::Folder { path: path.to_path_buf(), source },
    }
}

/// Passes on what can have changed something; errors count as lost events.
fn raw_sender(raw: Sender<Event>) -> impl FnMut(notify::Result<Event>) {
    move |event| {
        let event = event
            .unwrap_or_else(|_| Event::new(EventKind::Other).set_flag(notify::event::Flag::Rescan));
        let is_change = match event.kind {
            EventKind::Access(kind) => kind == AccessKind::Close(AccessMode::Write),
            _ => true,
        };
        if is_change || event.need_rescan() {
            // The thread ends only together with this sender.
            let _ = raw.send(event);
        }
    }
}

/// Turns events into batches until the watcher is dropped.
fn collect(events: &Receiver<Event>, shared: &Weak<Shared>, batches: &UnboundedSender<Changes>) {
    while let Ok(first) = events.recv() {
        let begun = Instant::now();
        let mut batch = vec![first];
        loop {
            let left = LONGEST.saturating_sub(begun.elapsed());
            match events.recv_timeout(QUIET.min(left)) {
                Ok(event) => batch.push(event),
                Err(RecvTimeoutError::Timeout) => break,
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
        let Some(shared) = shared.upgrade() else { return };
        let changes = settle(&shared, &batch);
        if (changes.rescan || !changes.list.is_empty()) && batches.send(changes).is_err() {
            return;
        }
    }
}

/// What the events of one batch come to.
fn settle(shared: &Shared, batch: &[Event]) -> Changes {
    let rescan = batch.iter().any(Event::need_rescan);
    let mut paths: BTreeMap<PathBuf, ChangeKind> = BTreeMap::new();
    for path in batch.iter().flat_map(|event| &event.paths) {
        if !lock(&shared.filter).is_relevant(path) || paths.contains_key(path) {
            continue;
        }
        let Ok(found) = fs::metadata(path) else {
            paths.insert(path.clone(), ChangeKind::Removed);
            continue;
        };
        if found.is_dir() {
            // Files may have been put into a new folder before it was watched.
            if lock(&shared.filter).is_folder(path) {
                let _ = shared.watch(path, RecursiveMode::Recursive);
            }
            add_files_below(shared, path, &mut paths);
        } else {
            paths.insert(path.clone(), ChangeKind::Written);
        }
    }
    Changes { list: paths.into_iter().map(|(path, kind)| Change { path, kind }).collect(), rescan }
}

fn add_files_below(shared: &Shared, dir: &Path, paths: &mut BTreeMap<PathBuf, ChangeKind>) {
    let Ok(entries) = fs::read_dir(dir) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if !lock(&shared.filter).is_relevant(&path) {
            continue;
        }
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            add_files_below(shared, &path, paths);
        } else {
            paths.insert(path, ChangeKind::Written);
        }
    }
}
