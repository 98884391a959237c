//! Reads. In WAL mode they wait for no writer. Those that are short run on the thread that asks; a scan that turns out
//! to be long is begun anew on a thread of its own, so that nobody else waits for it; there it has as long as a call may
//! take.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::connection::{open_for_reading, run};
use super::errors::translate;
use crate::statement::MOST_FOUND;
use crate::{Options, Row, Statement, StoreError, Work};

/// Connections that are open while nobody reads.
const IDLE: usize = 32;
/// Threads for long scans.
const THREADS: usize = 4;
/// Scans that may wait for a thread, then [`StoreError::Exhausted`].
const QUEUE: usize = 1024;
/// Steps of SQLite's machine between two looks at the clock. A step may read a whole item.
const LOOK: i32 = 200;
/// How long a scan may take on the thread that asks.
const SHORT: Duration = Duration::from_millis(1);

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
    /// How long a scan may take on a thread of its own.
    timeout: Duration,
    idle: Mutex<Vec<Reading>>,
}

/// A connection, and until when it may work.
struct Reading {
    connection: Connection,
    limit: Arc<Mutex<Limit>>,
}

/// How long a statement may take.
#[derive(Debug, Clone, Copy)]
enum Limit {
    Never,
    Until(Instant),
    /// The time is over, and SQLite has been told to stop.
    Over,
}

impl Readers {
    /// Readers of a file that a writer has made.
    pub(super) fn new(file: &Path, place: &Arc<str>, options: &Options) -> Self {
        let connections = Connections {
            file: file.to_owned(),
            place: Arc::clone(place),
            timeout: options.timeout,
            idle: Mutex::default(),
        };
        Self { connections: Arc::new(connections), threads: OnceLock::new() }
    }

    /// The rows that `statement` finds.
    pub(super) fn read(&self, statement: &Statement) -> Answer {
        let rows = self.connections.read(statement, None)?;
        Ok(rows.unwrap_or_default()) // There is always an answer without a limit.
    }

    /// The rows that `statement` finds; a long search goes on elsewhere.
    pub(super) async fn scan(&self, statement: Statement) -> Answer {
        // A long text takes its time before the first look at the clock.
        if statement.is_kept()
            && let Some(rows) = self.connections.read(&statement, Some(SHORT))?
        {
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
        work(&mut |statement| Ok(run(&transaction, &statement, place, None)?.rows))?;
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
        let rows = connections.read(&statement, Some(connections.timeout));
        let exhausted = || StoreError::Exhausted { place: Arc::clone(&connections.place) };
        drop(answer.send(rows.and_then(|rows| rows.ok_or_else(exhausted))));
    }
}

impl Connections {
    /// The rows that `statement` finds; `None` when it takes longer than `limit`.
    fn read(
        &self,
        statement: &Statement,
        limit: Option<Duration>,
    ) -> Result<Option<Vec<Row>>, StoreError> {
        let taken = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let reading = match taken {
            Some(reading) => reading,
            None => Reading::open(&self.file).map_err(|error| translate(&error, &self.place))?,
        };
        reading.set(limit.map_or(Limit::Never, |limit| Limit::Until(Instant::now() + limit)));
        let outcome = match run(&reading.connection, statement, &self.place, Some(MOST_FOUND)) {
            Ok(outcome) => Some(outcome),
            Err(_) if reading.is_over() => None,
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
        let limit = Arc::new(Mutex::new(Limit::Never));
        let seen = Arc::clone(&limit);
        let look = move || {
            // Nobody else holds it while a statement runs.
            let mut limit = seen.lock().unwrap_or_else(PoisonError::into_inner);
            if let Limit::Until(end) = *limit
                && Instant::now() >= end
            {
                *limit = Limit::Over;
            }
            matches!(*limit, Limit::Over)
        };
        connection.progress_handler(LOOK, Some(look))?;
        Ok(Self { connection, limit })
    }

    fn set(&self, limit: Limit) {
        *self.limit.lock().unwrap_or_else(PoisonError::into_inner) = limit;
    }

    fn is_over(&self) -> bool {
        matches!(*self.limit.lock().unwrap_or_else(PoisonError::into_inner), Limit::Over)
    }
}
