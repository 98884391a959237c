//! What a process prints, captured line by line while it runs, so that a test can wait for a line.

use std::io::{BufRead, BufReader, Read};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Instant;

use crate::PATIENCE;

/// The growing output of one process. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Log {
    shared: Arc<(Mutex<Captured>, Condvar)>,
}

#[derive(Debug, Default)]
struct Captured {
    stdout: String,
    stderr: String,
    open: usize,
}

/// One of the two streams.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Stream {
    Stdout,
    Stderr,
}

impl Log {
    /// Reads `source` to its end on a thread of its own.
    pub(crate) fn capture(&self, stream: Stream, source: impl Read + Send + 'static) {
        self.lock().open += 1;
        let log = self.clone();
        thread::spawn(move || {
            let mut source = BufReader::new(source);
            let mut line = Vec::new();
            while let Ok(1..) = source.read_until(b'\n', &mut line) {
                let text = String::from_utf8_lossy(&line).into_owned();
                log.change(|captured| match stream {
                    Stream::Stdout => captured.stdout.push_str(&text),
                    Stream::Stderr => captured.stderr.push_str(&text),
                });
                line.clear();
            }
            log.change(|captured| captured.open -= 1);
        });
    }

    /// Everything printed to stdout so far.
    #[must_use]
    pub fn stdout(&self) -> String {
        self.lock().stdout.clone()
    }

    /// Everything printed to stderr so far.
    #[must_use]
    pub fn stderr(&self) -> String {
        self.lock().stderr.clone()
    }

    /// Everything printed so far: stdout, then stderr.
    #[must_use]
    pub fn all(&self) -> String {
        let captured = self.lock();
        format!("{}{}", captured.stdout, captured.stderr)
    }

    /// Waits until something is found in what was printed, and returns what was found.
    ///
    /// `None` when the process has closed both streams without it.
    ///
    /// # Panics
    /// After [`PATIENCE`].
    pub fn find<T>(&self, mut look: impl FnMut(&str) -> Option<T>) -> Option<T> {
        let deadline = Instant::now() + PATIENCE;
        let mut captured = self.lock();
        loop {
            let found = captured.stdout.lines().chain(captured.stderr.lines()).find_map(&mut look);
            if found.is_some() || captured.open == 0 {
                return found;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(
                !left.is_zero(),
                "the awaited line did not come; printed so far:\n{captured:?}"
            );
            captured = self
                .shared
                .1
                .wait_timeout(captured, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }

    /// Waits for a line that contains `text`, and returns that line.
    ///
    /// # Panics
    /// When the process ends without printing it, and after [`PATIENCE`].
    #[track_caller]
    pub fn wait_for(&self, text: &str) -> String {
        self.find(|line| line.contains(text).then(|| line.to_owned())).unwrap_or_else(|| {
            panic!("the process ended without printing `{text}`; it printed:\n{}", self.all())
        })
    }

    /// Waits until the process has closed both streams.
    ///
    /// # Panics
    /// After [`PATIENCE`].
    pub(crate) fn wait_for_end(&self) {
        self.find(|_| None::<()>);
    }

    fn change(&self, change: impl FnOnce(&mut Captured)) {
        change(&mut self.lock());
        self.shared.1.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, Captured> {
        self.shared.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
