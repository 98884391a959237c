//! The one thread that writes. It takes every batch that waits, runs them in one transaction and commits once, so that
//! a hundred waiting writers pay for one `fsync` together.
//!
//! Invariants: a batch that fails takes nothing with it: its savepoint is rolled back, and where SQLite ended the whole
//! transaction, the other batches of the group are run again, each by itself; a file that another process has locked is
//! waited for once for all of a group.

use std::future::Future;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;

use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::oneshot;

use super::connection::run;
use super::errors::translate;
use crate::statement::Steps;
use crate::{Batch, Changes, Options, Outcome, StoreError};

/// Batches in one transaction at most: bounds how long the first of them waits.
const GROUP: usize = 1024;

type Written = Result<Vec<Outcome>, StoreError>;

struct Job {
    batch: Batch,
    answer: oneshot::Sender<Written>,
}

/// Work that has the connection for itself.
type Exclusive = Box<dyn FnOnce(&mut Connection) + Send>;

enum Task {
    Write(Job),
    Exclusive(Exclusive),
}

/// What a transaction is to do next.
enum Wanted {
    Run(Batch),
    Commit,
    Rollback,
}

/// A transaction on the writing thread, as the thread sees it that tells what is to be done.
struct Asked {
    steps: SyncSender<Wanted>,
    answered: Receiver<Written>,
    ended: StoreError,
}

impl Asked {
    fn ask(&mut self, wanted: Wanted) -> Written {
        drop(self.steps.send(wanted)); // Where nobody takes it, the answer says why.
        self.answered.recv().unwrap_or_else(|_| Err(self.ended.clone()))
    }
}

/// The writing thread, as callers see it. Dropping it waits for what was handed over.
pub(super) struct Writer {
    jobs: Option<SyncSender<Task>>,
    thread: Option<JoinHandle<()>>,
    place: Arc<str>,
}

impl Writer {
    /// Starts the thread, which owns `connection` from now on.
    pub(super) fn start(
        connection: Connection,
        place: &Arc<str>,
        options: &Options,
    ) -> Result<Self, StoreError> {
        let (jobs, waiting) = sync_channel(options.queue);
        let own = Arc::clone(place);
        let thread = std::thread::Builder::new()
            .name("transom-writer".to_owned())
            .spawn(move || serve(connection, &waiting, &own))
            .map_err(|error| StoreError::Unavailable {
                place: Arc::clone(place),
                reason: error.to_string(),
            })?;
        Ok(Self { jobs: Some(jobs), thread: Some(thread), place: Arc::clone(place) })
    }

    /// Hands a batch over; the future resolves when it is on disk.
    pub(super) fn send(
        &self,
        batch: Batch,
    ) -> Result<impl Future<Output = Written> + Send + use<>, StoreError> {
        let (answer, answered) = oneshot::channel();
        let ended = self.ended();
        let Some(jobs) = &self.jobs else { return Err(ended) };
        match jobs.try_send(Task::Write(Job { batch, answer })) {
            Ok(()) => Ok(async move { answered.await.unwrap_or(Err(ended)) }),
            Err(TrySendError::Full(_)) => {
                Err(StoreError::Exhausted { place: Arc::clone(&self.place) })
            }
            Err(TrySendError::Disconnected(_)) => Err(ended),
        }
    }
}

impl Writer {
    /// Runs `work` on this thread, and its batches in one transaction on the writing one, which does nothing else until
    /// then.
    pub(super) fn transaction(&self, work: Changes<'_>) -> Result<(), StoreError> {
        let (steps, next) = sync_channel::<Wanted>(1);
        let (answer, answered) = sync_channel::<Written>(1);
        let place = Arc::clone(&self.place);
        let task = Task::Exclusive(Box::new(move |connection| {
            let failed = |error: rusqlite::Error| translate(&error, &place);
            let begun = connection.transaction_with_behavior(TransactionBehavior::Immediate);
            let transaction = match begun {
                Ok(transaction) => transaction,
                Err(error) => return drop(answer.send(Err(failed(error)))),
            };
            // Where nobody asks any more, the transaction is taken back.
            while let Ok(wanted) = next.recv() {
                let ended = match wanted {
                    Wanted::Run(batch) => {
                        drop(answer.send(run_steps(&transaction, &batch, &place)));
                        continue;
                    }
                    Wanted::Commit => transaction.commit(),
                    Wanted::Rollback => transaction.rollback(),
                };
                return drop(answer.send(ended.map(|()| Vec::new()).map_err(failed)));
            }
        }));
        let sent = self.jobs.as_ref().is_some_and(|jobs| jobs.send(task).is_ok());
        if !sent {
            return Err(self.ended());
        }
        let mut asked = Asked { steps, answered, ended: self.ended() };
        match work(&mut |batch| asked.ask(Wanted::Run(batch))) {
            Ok(()) => asked.ask(Wanted::Commit).map(drop),
            Err(error) => {
                drop(asked.ask(Wanted::Rollback)); // What matters is why.
                Err(error)
            }
        }
    }

    fn ended(&self) -> StoreError {
        let (place, reason) = (Arc::clone(&self.place), "its writer has ended".to_owned());
        StoreError::Unavailable { place, reason }
    }

    /// Runs `work` alone on the connection and waits for it.
    pub(super) fn exclusively<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (answer, answered) = sync_channel(1);
        let task = Task::Exclusive(Box::new(move |connection| {
            drop(answer.send(work(connection))); // The caller waits below.
        }));
        let sent = self.jobs.as_ref().is_some_and(|jobs| jobs.send(task).is_ok());
        if !sent {
            return Err(self.ended());
        }
        answered.recv().unwrap_or_else(|_| Err(self.ended()))
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        drop(self.jobs.take());
        if let Some(thread) = self.thread.take() {
            drop(thread.join()); // A panic there has been answered by the dropped channels.
        }
    }
}

fn serve(mut connection: Connection, waiting: &Receiver<Task>, place: &Arc<str>) {
    let mut group = Vec::new();
    while let Ok(first) = waiting.recv() {
        let mut alone = None;
        for task in std::iter::once(first).chain(waiting.try_iter().take(GROUP - 1)) {
            match task {
                Task::Write(job) => group.push(job),
                Task::Exclusive(work) => {
                    alone = Some(work);
                    break;
                }
            }
        }
        if !group.is_empty() {
            write_and_answer(&mut connection, &mut group, place);
        }
        if let Some(work) = alone {
            work(&mut connection);
        }
    }
}

fn write_and_answer(connection: &mut Connection, group: &mut Vec<Job>, place: &Arc<str>) {
    let batches: Vec<&Batch> = group.iter().map(|job| &job.batch).collect();
    let outcomes = match write_group(connection, &batches, place) {
        Ok(outcomes) => outcomes,
        Err(error) if batches.len() == 1 => vec![Err(error)],
        Err(_) => write_alone(connection, &batches, place),
    };
    for (job, outcome) in group.drain(..).zip(outcomes) {
        drop(job.answer.send(outcome)); // Whoever asked may have gone; it is written all the same.
    }
}

/// Runs each batch in a transaction of its own. Whoever comes after one that found the file locked does not wait anew.
fn write_alone(connection: &mut Connection, batches: &[&Batch], place: &Arc<str>) -> Vec<Written> {
    let mut locked = None;
    let alone = |batch: &&Batch| {
        if let Some(locked) = &locked {
            return Err(StoreError::clone(locked));
        }
        let written = write_group(connection, &[*batch], place);
        let written = written.and_then(|mut written| written.pop().unwrap_or(Ok(Vec::new())));
        if let Err(error @ StoreError::Busy { .. }) = &written {
            locked = Some(error.clone());
        }
        written
    };
    batches.iter().map(alone).collect()
}

/// Runs the batches in one transaction. When none can be begun, that is the answer to each of them.
///
/// # Errors
/// When the transaction as a whole failed; nothing is then written.
fn write_group(
    connection: &mut Connection,
    batches: &[&Batch],
    place: &Arc<str>,
) -> Result<Vec<Written>, StoreError> {
    let failed = |error: rusqlite::Error| translate(&error, place);
    let begun = connection.transaction_with_behavior(TransactionBehavior::Immediate);
    let mut transaction = match begun {
        Ok(transaction) => transaction,
        Err(error) => return Ok(vec![Err(failed(error)); batches.len()]),
    };
    let mut written = Vec::with_capacity(batches.len());
    for batch in batches {
        let savepoint = transaction.savepoint().map_err(failed)?;
        let outcome = run_steps(&savepoint, batch, place);
        match &outcome {
            Ok(_) => savepoint.commit().map_err(failed)?,
            // A full disk or a failing one ends the transaction, and with it what earlier batches did.
            Err(error) if savepoint.is_autocommit() => return Err(error.clone()),
            Err(_) => savepoint.finish().map_err(failed)?,
        }
        written.push(outcome);
    }
    transaction.commit().map_err(failed)?;
    Ok(written)
}

fn run_steps(connection: &Connection, batch: &Batch, place: &Arc<str>) -> Written {
    let mut outcomes = Vec::with_capacity(batch.steps.len());
    let mut steps = Steps::of(batch);
    while let Some((index, step)) = steps.next() {
        let outcome = run(connection, &step.statement, place, None)?;
        steps.done(index, &step, &outcome)?;
        if index.is_some() {
            outcomes.push(outcome);
        }
    }
    Ok(outcomes)
}
