//! `fs.watch` over the crate `notify`: each watcher keeps its events until script fetches them.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use notify::event::{EventKind, ModifyKind};
use notify::{RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::{Mutex, Notify, mpsc};
use transom_engine::{Op, OpError, RealmNumber};
use transom_permissions::Access;

use super::failure::{exception, io_number};
use super::files::Files;

/// The watchers of one worker.
#[derive(Default)]
pub(super) struct Watchers {
    last: Cell<u32>,
    open: RefCell<HashMap<u32, Rc<Watcher>>>,
}

struct Watcher {
    realm: u32,
    events: Mutex<mpsc::UnboundedReceiver<notify::Result<notify::Event>>>,
    closed: Notify,
    /// The folder that names are relative to; of a watched file the folder it is in.
    base: PathBuf,
    _system: RecommendedWatcher,
}

impl Watchers {
    fn start(
        &self,
        files: &Files,
        path: &str,
        recursive: bool,
        realm: u32,
    ) -> Result<u32, OpError> {
        let place = files.place(path, Access::Read, true).map_err(exception)?;
        let real = place.real().to_owned();
        let is_folder =
            std::fs::symlink_metadata(&real).map_err(|error| io_number(&error))?.is_dir();
        let (sender, events) = mpsc::unbounded_channel();
        let mut system = notify::recommended_watcher(move |event| drop(sender.send(event)))
            .map_err(|error| failed(&error))?;
        let mode = if recursive { RecursiveMode::Recursive } else { RecursiveMode::NonRecursive };
        system.watch(&real, mode).map_err(|error| failed(&error))?;
        let base = match real.parent() {
            Some(above) if !is_folder => above.to_owned(),
            _ => real,
        };
        let number = self.last.get() + 1;
        self.last.set(number);
        let watcher = Watcher {
            realm,
            events: Mutex::new(events),
            closed: Notify::new(),
            base,
            _system: system,
        };
        self.open.borrow_mut().insert(number, Rc::new(watcher));
        Ok(number)
    }

    fn close(&self, number: u32) {
        if let Some(watcher) = self.open.borrow_mut().remove(&number) {
            watcher.closed.notify_one();
        }
    }

    pub(super) fn release(&self, realm: u32) {
        self.open.borrow_mut().retain(|_, watcher| {
            let stays = watcher.realm != realm;
            if !stays {
                watcher.closed.notify_one();
            }
            stays
        });
    }
}

/// The next change: Node's name for it, and which file; `None` when the watcher is closed.
async fn next(watcher: Option<Rc<Watcher>>) -> Result<Option<(String, String)>, OpError> {
    let Some(watcher) = watcher else { return Ok(None) };
    let mut events = watcher.events.lock().await;
    loop {
        let event = tokio::select! {
            event = events.recv() => event,
            () = watcher.closed.notified() => None,
        };
        let Some(event) = event else { return Ok(None) };
        let event = event.map_err(|error| failed(&error))?;
        let kind = match event.kind {
            EventKind::Access(_) => continue,
            EventKind::Create(_)
            | EventKind::Remove(_)
            | EventKind::Modify(ModifyKind::Name(_)) => "rename",
            _ => "change",
        };
        let Some(path) = event.paths.last() else { continue };
        return Ok(Some((kind.to_owned(), relative(path, &watcher.base))));
    }
}

fn relative(path: &Path, base: &Path) -> String {
    path.strip_prefix(base).unwrap_or(path).to_string_lossy().into_owned()
}

fn failed(error: &notify::Error) -> OpError {
    match &error.kind {
        notify::ErrorKind::Io(error) => io_number(error),
        notify::ErrorKind::MaxFilesWatch => OpError::error("too many watched files").code("28"),
        _ => OpError::error(error.to_string()),
    }
}

pub(super) fn ops(files: &Arc<Files>, watchers: &Rc<Watchers>) -> Vec<Op> {
    let [starter, waiter, closer] = std::array::from_fn(|_| Rc::clone(watchers));
    let files = Arc::clone(files);
    vec![
        Op::new("fs_watch_start", move |path: String, recursive: bool, realm: RealmNumber| {
            starter.start(&files, &path, recursive, realm.0)
        }),
        Op::future("fs_watch_next", move |number: u32| {
            next(waiter.open.borrow().get(&number).cloned())
        }),
        Op::new("fs_watch_close", move |number: u32| closer.close(number)),
    ]
}
