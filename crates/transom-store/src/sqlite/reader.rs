//! Reads. In WAL mode they wait for no writer. Those that are short run on the thread that asks; a scan that turns out
//! to be long is begun anew on a thread of its own, so that nobody else waits for it.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::connection::{open_for_reading, run};
use super::errors::translate;
use crate::{Row, Statement, StoreError, Work};

/// Connections that are open while nobody reads.
const IDLE: usize = 32;
/// Threads for long scans.
const THREADS: usize = 4;
/// Scans that may wait for a thread, then [`StoreError::Exhausted`].
const QUEUE: usize = 1024;
/// Steps of SQLite's machine between two looks at the budget.
const LOOK: i32 = 1000;
/// Looks that a scan may take on the thread that asks: about a millisecond.
const SHORT: i64 = 40;

type Answer = Result<Vec<Row>, StoreError>;
type Job = (Statement, oneshot::Sender<Answer>);

/// Connections for reading; as many are in use as threads read at once.
pub(super) struct Readers {
    connections: Arc<Connections>,
    /// The way to the threads, which start with the first long scan and end with this value.
    threads: OnceLock<SyncSender<Job>>,
}

struct Connections {
    file: PathBuf,
    place: Arc<str>,
    idle: Mutex<Vec<Reading>>,
}

/// A connection and what is left of its budget, in looks.
struct Reading {
    connection: Connection,
    budget: Arc<AtomicI64>,
}

impl Readers {
    /// Readers of a file that a writer has made.
    pub(super) fn new(file: &Path, place: &Arc<str>) -> Self {
        let connections =
            Connections { file: file.to_owned(), place: Arc::clone(place), idle: Mutex::default() };
        Self { connections: Arc::new(connections), threads: OnceLock::new() }
    }

    /// The rows that `statement` finds.
    pub(super) fn read(&self, statement: &Statement) -> Answer {
        let rows = self.connections.read(statement, None)?;
        Ok(rows.unwrap_or_default()) // There is always an answer without a budget.
    }

    /// The rows that `statement` finds; a long search goes on elsewhere.
    pub(super) async fn scan(&self, statement: Statement) -> Answer {
        if let Some(rows) = self.connections.read(&statement, Some(SHORT))? {
            return Ok(rows);
        }
        let place = || Arc::clone(&self.connections.place);
        let (answer, answered) = oneshot::channel();
        match self.threads().try_send((statement, answer)) {
            Ok(()) => answered.await.unwrap_or_else(|_| {
                let reason = "a thread that reads it has ended".to_owned();
                Err(StoreError::Unavailable { place: place(), reason })
            }),
            Err(TrySendError::Full(_)) => Err(StoreError::Exhausted { place: place() }),
            Err(TrySendError::Disconnected(_)) => {
                let reason = "no thread can be started that reads it".to_owned();
                Err(StoreError::Unavailable { place: place(), reason })
            }
        }
    }

    /// Runs statements on a connection of their own, within one transaction.
    pub(super) fn snapshot(&self, work: Work<'_>) -> Result<(), StoreError> {
        let place = &self.connections.place;
        let failed = |error: rusqlite::Error| translate(&error, place);
        let mut connection = open_for_reading(&self.connections.file).map_err(failed)?;
        let transaction = connection.transaction().map_err(failed)?;
        work(&mut |statement| Ok(run(&transaction, &statement, place)?.rows))?;
        transaction.commit().map_err(failed)
    }

    fn threads(&self) -> &SyncSender<Job> {
        self.threads.get_or_init(|| {
            let (jobs, waiting) = sync_channel(QUEUE);
            let waiting = Arc::new(Mutex::new(waiting));
            for _ in 0..THREADS {
                let (connections, waiting) = (Arc::clone(&self.connections), Arc::clone(&waiting));
                // Without a single thread the channel is closed, which the caller is told.
                drop(
                    std::thread::Builder::new()
                        .name("transom-scan".to_owned())
                        .spawn(move || serve(&connections, &waiting)),
                );
            }
            jobs
        })
    }
}

fn serve(connections: &Connections, waiting: &Mutex<Receiver<Job>>) {
    loop {
        let next = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok((statement, answer)) = next else { return };
        if answer.is_closed() {
            continue; // Whoever asked has gone.
        }
        let rows = connections.read(&statement, None).map(Option::unwrap_or_default);
        drop(answer.send(rows));
    }
}

impl Connections {
    /// The rows that `statement` finds; `None` when it takes more than `budget` looks.
    fn read(
        &self,
        statement: &Statement,
        budget: Option<i64>,
    ) -> Result<Option<Vec<Row>>, StoreError> {
        let taken = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let reading = match taken {
            Some(reading) => reading,
            None => Reading::open(&self.file).map_err(|error| translate(&error, &self.place))?,
        };
        reading.budget.store(budget.unwrap_or(i64::MAX), Ordering::Relaxed);
        let outcome = match run(&reading.connection, statement, &self.place) {
            Ok(outcome) => Some(outcome),
            Err(_) if reading.budget.load(Ordering::Relaxed) < 0 => None,
            // After an error the connection is not kept: another file may lie there now.
            Err(error) => return Err(error),
        };
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < IDLE {
            idle.push(reading);
        }
        Ok(outcome.map(|outcome| outcome.rows))
    }
}

impl Reading {
    fn open(file: &Path) -> Result<Self, rusqlite::Error> {
        let mut connection = open_for_reading(file)?;
        let budget = Arc::new(AtomicI64::new(i64::MAX));
        let left = Arc::clone(&budget);
        connection
            .progress_handler(LOOK, Some(move || left.fetch_sub(1, Ordering::Relaxed) <= 0))?;
        Ok(Self { connection, budget })
    }
}
