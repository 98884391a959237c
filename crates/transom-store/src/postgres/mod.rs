//! The PostgreSQL back end: a pool of connections on threads of its own, so that no worker waits for a socket and none
//! takes a connection with it when it ends.

mod connect;
mod errors;
mod lease;
mod values;

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::{GenericClient, Pool, Transaction};
use futures_util::TryStreamExt;
use tokio::runtime::Runtime;
use tokio::time::timeout;
use tokio_postgres::IsolationLevel;
use tokio_postgres::types::ToSql;

use crate::schema::{FIND_VERSION, NOTE_VERSION, VERSIONS_TABLE};
use crate::statement::{MOST_FOUND, Measure, Steps};
use crate::{
    Backend, Batch, Changes, Dialect, Options, Outcome, Pending, PostgresUrl, Row, Schema,
    Statement, StoreError, Work,
};
pub(crate) use errors::describe;
use errors::{lost, translate};
use lease::Lease;

/// Threads that speak with the server. They only move bytes: the server computes.
const THREADS: usize = 2;
/// Times that a batch is tried which met a deadlock, a replica, or a connection that had died while it was idle.
const ATTEMPTS: usize = 3;
/// Distinct statements that stay prepared on a connection.
const PREPARED: usize = 256;
/// Key of the advisory lock under which migrations run: `transom` in ASCII.
const MIGRATION_LOCK: i64 = 0x0074_7261_6e73_6f6d;
/// Takes an advisory lock for the rest of a transaction.
const LOCK: &str = "SELECT pg_advisory_xact_lock($1)";
/// Gives the statements of a transaction as long as they take; all others have the limit that `connect` sets.
const WITHOUT_LIMIT: &str = "SET LOCAL statement_timeout = 0";

/// A database on a server.
pub(crate) struct Postgres {
    connections: Arc<Connections>,
    /// `None` only while it is dropped: a runtime must not end on a thread that runs another one.
    runtime: Option<Runtime>,
}

/// What the tasks share.
struct Connections {
    pool: Pool,
    place: Arc<str>,
    timeout: Duration,
}

impl Postgres {
    /// Connects and applies migrations.
    pub(crate) fn open(
        url: &PostgresUrl,
        place: &Arc<str>,
        options: &Options,
        schemas: &[Schema],
    ) -> Result<Self, StoreError> {
        let unavailable =
            |reason: String| StoreError::Unavailable { place: Arc::clone(place), reason };
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(THREADS)
            .thread_name("transom-postgres")
            .enable_all()
            .build()
            .map_err(|error| unavailable(error.to_string()))?;
        let pool = connect::pool(url, options)?;
        let connections =
            Arc::new(Connections { pool, place: Arc::clone(place), timeout: options.timeout });
        // From here on the runtime ends as `Drop` says, also when migrating fails.
        let postgres = Self { connections, runtime: Some(runtime) };
        postgres.migrate(schemas)?;
        Ok(postgres)
    }

    /// Waits for work on the back end's own threads. Not with `block_on`: the caller's thread may run an event loop.
    fn wait(
        &self,
        work: impl Future<Output = Result<(), StoreError>> + Send + 'static,
    ) -> Result<(), StoreError> {
        let (ended, end) = std::sync::mpsc::sync_channel(1);
        let unavailable = || {
            let place = Arc::clone(&self.connections.place);
            Err(StoreError::Unavailable { place, reason: "it has been closed".to_owned() })
        };
        let Some(runtime) = &self.runtime else { return unavailable() };
        runtime.spawn(async move { drop(ended.send(work.await)) }); // The receiver waits below.
        end.recv().unwrap_or_else(|_| unavailable())
    }

    /// Runs work that blocks, on a thread of its own, as the caller's may run an event loop.
    fn blocking(
        &self,
        work: impl FnOnce(&Runtime, &Connections) -> Result<(), StoreError> + Send,
    ) -> Result<(), StoreError> {
        let Some(runtime) = &self.runtime else {
            let place = Arc::clone(&self.connections.place);
            return Err(StoreError::Unavailable { place, reason: "it has been closed".to_owned() });
        };
        std::thread::scope(|scope| match scope.spawn(|| work(runtime, &self.connections)).join() {
            Ok(done) => done,
            Err(panic) => std::panic::resume_unwind(panic),
        })
    }

    /// Runs work on the back end's own threads, for at most as long as a call may take.
    fn spawn<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, StoreError>> + Send + 'static,
    ) -> Pending<'static, T> {
        let connections = Arc::clone(&self.connections);
        let place = Arc::clone(&connections.place);
        let task = self
            .runtime
            .as_ref()
            .map(|runtime| runtime.spawn(async move { connections.in_time(work).await }));
        Box::pin(async move {
            let reason = match task {
                Some(task) => match task.await {
                    Ok(done) => return done,
                    Err(_) => "its task ended with a panic".to_owned(),
                },
                None => "it has been closed".to_owned(),
            };
            Err(StoreError::Unavailable { place, reason })
        })
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Backend for Postgres {
    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    fn migrate(&self, schemas: &[Schema]) -> Result<(), StoreError> {
        let (connections, schemas) = (Arc::clone(&self.connections), schemas.to_vec());
        self.wait(async move { connections.migrate(&schemas).await })
    }

    fn define(&self, script: String) -> Result<(), StoreError> {
        let connections = Arc::clone(&self.connections);
        self.wait(async move { connections.define(&script).await })
    }

    fn snapshot(&self, work: Work<'_>) -> Result<(), StoreError> {
        self.blocking(|runtime, connections| {
            let failed = |error: tokio_postgres::Error| translate(&error, &connections.place);
            let mut connection = runtime.block_on(connections.connection())?;
            let transaction = connection.build_transaction();
            let transaction =
                transaction.isolation_level(IsolationLevel::RepeatableRead).read_only(true);
            let transaction = runtime.block_on(transaction.start()).map_err(failed)?;
            runtime.block_on(transaction.batch_execute(WITHOUT_LIMIT)).map_err(failed)?;
            work(&mut |statement| {
                runtime.block_on(async {
                    let prepared = prepare(&transaction, &statement).await.map_err(failed)?;
                    let client: &tokio_postgres::Transaction<'_> = &transaction;
                    let found = run(client, &prepared, &statement, None).await;
                    Ok(found.map_err(failed)??.rows)
                })
            })?;
            runtime.block_on(transaction.commit()).map_err(failed)?;
            connection.give_back();
            Ok(())
        })
    }

    fn transaction(&self, work: Changes<'_>) -> Result<(), StoreError> {
        self.blocking(|runtime, connections| {
            let failed = |error: tokio_postgres::Error| translate(&error, &connections.place);
            let mut connection = runtime.block_on(connections.connection())?;
            let transaction = runtime.block_on(connection.transaction()).map_err(failed)?;
            runtime.block_on(transaction.batch_execute(WITHOUT_LIMIT)).map_err(failed)?;
            // Dropping the transaction takes it back.
            work(&mut |batch| {
                runtime.block_on(all_steps(&transaction, &batch)).map_err(failed)?
            })?;
            runtime.block_on(transaction.commit()).map_err(failed)?;
            connection.give_back();
            Ok(())
        })
    }

    fn scan(&self, statement: Statement) -> Pending<'_, Vec<Row>> {
        self.read(statement)
    }

    fn read(&self, statement: Statement) -> Pending<'_, Vec<Row>> {
        let connections = Arc::clone(&self.connections);
        self.spawn(async move { connections.read(&statement).await })
    }

    fn write(&self, batch: Batch) -> Pending<'_, Vec<Outcome>> {
        let connections = Arc::clone(&self.connections);
        self.spawn(async move { connections.run(&batch, Repeat::WhileHarmless).await })
    }
}

/// A failed attempt.
struct Failure {
    error: tokio_postgres::Error,
    /// Whether it is certain that nothing of the batch has happened.
    harmless: bool,
}

/// What may be tried again after a failure.
#[derive(Clone, Copy, PartialEq)]
enum Repeat {
    /// Everything: reading twice is as good as once.
    Always,
    /// Only an attempt of which it is certain that nothing has happened.
    WhileHarmless,
}

/// How an attempt ended without an error of the database.
type Attempt = Result<Result<Vec<Outcome>, StoreError>, Failure>;

impl Connections {
    async fn connection(&self) -> Result<Lease, StoreError> {
        let connection = self.pool.get().await;
        connection.map(Lease::of).map_err(|error| errors::of_pool(&error, &self.place))
    }

    /// Waits for what must not take longer than a call.
    async fn in_time<T>(
        &self,
        work: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        timeout(self.timeout, work).await.unwrap_or_else(|_| Err(self.late()))
    }

    fn late(&self) -> StoreError {
        let reason = format!("no answer within {} s", self.timeout.as_secs_f32());
        StoreError::Unavailable { place: Arc::clone(&self.place), reason }
    }

    async fn read(&self, statement: &Statement) -> Result<Vec<Row>, StoreError> {
        let batch = Batch::from(statement.clone());
        let outcomes = self.run(&batch, Repeat::Always).await?;
        Ok(outcomes.into_iter().flat_map(|outcome| outcome.rows).collect())
    }

    /// Runs a batch; again where `repeat` allows and another attempt may go better.
    async fn run(&self, batch: &Batch, repeat: Repeat) -> Result<Vec<Outcome>, StoreError> {
        let mut attempts = 0;
        loop {
            attempts += 1;
            let mut connection = self.connection().await?;
            let Failure { error, harmless } = match attempt(&mut connection, batch).await {
                Ok(done) => {
                    // What was not read to its end is still on its way.
                    if !matches!(done, Err(StoreError::TooMuch { .. })) {
                        connection.give_back();
                    }
                    return done;
                }
                Err(failure) => failure,
            };
            let lost = lost(&error) || connection.is_closed();
            if errors::is_read_only(&error) {
                // The address may lead to another server by now, as after a failover.
                self.pool.retain(|_, _| false);
            } else if !lost {
                connection.give_back();
            }
            let again =
                (harmless || repeat == Repeat::Always) && (lost || errors::is_refused(&error));
            if !again || attempts == ATTEMPTS {
                return Err(translate(&error, &self.place));
            }
        }
    }

    /// Begins a transaction that may take as long as it does, and that no migration runs beside.
    async fn begin_alone<'a>(
        &self,
        connection: &'a mut Lease,
    ) -> Result<Transaction<'a>, StoreError> {
        let failed = |error: tokio_postgres::Error| translate(&error, &self.place);
        let transaction = connection.transaction().await.map_err(failed)?;
        transaction.batch_execute(WITHOUT_LIMIT).await.map_err(failed)?;
        transaction.execute(LOCK, &[&MIGRATION_LOCK]).await.map_err(failed)?;
        Ok(transaction)
    }

    /// Runs a script in one transaction, while no other instance migrates. It may take as long as it does.
    async fn define(&self, script: &str) -> Result<(), StoreError> {
        let mut connection = self.connection().await?;
        let failed = |error: tokio_postgres::Error| translate(&error, &self.place);
        let transaction = self.begin_alone(&mut connection).await?;
        transaction.batch_execute(script).await.map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        connection.give_back();
        Ok(())
    }

    /// Applies migrations, which may take as long as they do; the server must answer and the lock be free in time.
    async fn migrate(&self, schemas: &[Schema]) -> Result<(), StoreError> {
        let failed = |error: tokio_postgres::Error| translate(&error, &self.place);
        let mut connection = self.in_time(self.connection()).await?;
        // The lock is held until the transaction ends, so that instances that start together take turns.
        let begin = async {
            let transaction = self.begin_alone(&mut connection).await?;
            transaction.batch_execute(VERSIONS_TABLE).await.map_err(failed)?;
            Ok(transaction)
        };
        let transaction = self.in_time(begin).await?;
        for schema in schemas {
            let row =
                transaction.query_one(FIND_VERSION, &[&schema.component]).await.map_err(failed)?;
            for (version, migration) in schema.missing(row.get(0), &self.place)? {
                transaction.batch_execute(migration.sql).await.map_err(failed)?;
                transaction
                    .execute(NOTE_VERSION, &[&schema.component, &version, &migration.name])
                    .await
                    .map_err(failed)?;
            }
        }
        transaction.commit().await.map_err(failed)?;
        connection.give_back();
        Ok(())
    }
}

/// Runs a batch once. A single statement is a transaction by itself.
async fn attempt(connection: &mut Lease, batch: &Batch) -> Attempt {
    let harmless = |error| Failure { error, harmless: true };
    // Statements of queries have as many shapes as there are queries.
    if connection.statement_cache.size() > PREPARED {
        connection.statement_cache.clear();
    }
    if let [step] = batch.steps.as_slice()
        && step.required.is_none()
        && step.then.is_none()
    {
        let statement = &step.statement;
        let prepared = prepare(&**connection, statement).await.map_err(harmless)?;
        let client: &tokio_postgres::Client = connection;
        let outcome = run(client, &prepared, statement, Some(MOST_FOUND))
            .await
            .map_err(|error| Failure { harmless: errors::is_refused(&error), error })?;
        return Ok(outcome.map(|outcome| vec![outcome]));
    }
    let transaction = connection.transaction().await.map_err(harmless)?;
    match all_steps(&transaction, batch).await.map_err(harmless)? {
        Ok(outcomes) => {
            transaction.commit().await.map_err(|error| Failure { error, harmless: false })?;
            Ok(Ok(outcomes))
        }
        Err(error) => {
            transaction.rollback().await.map_err(harmless)?;
            Ok(Err(error))
        }
    }
}

/// Runs the steps of a batch in a transaction.
async fn all_steps(
    transaction: &Transaction<'_>,
    batch: &Batch,
) -> Result<Result<Vec<Outcome>, StoreError>, tokio_postgres::Error> {
    let mut outcomes = Vec::with_capacity(batch.steps.len());
    let mut steps = Steps::of(batch);
    while let Some((index, step)) = steps.next() {
        let prepared = prepare(transaction, &step.statement).await?;
        let client: &tokio_postgres::Transaction<'_> = transaction;
        let outcome = run(client, &prepared, &step.statement, None).await?;
        let outcome = outcome.and_then(|done| steps.done(index, &step, &done).map(|()| done));
        match outcome {
            Ok(outcome) if index.is_some() => outcomes.push(outcome),
            Ok(_) => {}
            Err(error) => return Ok(Err(error)),
        }
    }
    Ok(Ok(outcomes))
}

/// Prepares a statement, or finds it prepared.
async fn prepare(
    client: &impl GenericClient,
    statement: &Statement,
) -> Result<tokio_postgres::Statement, tokio_postgres::Error> {
    if statement.is_kept() {
        client.prepare_cached(&statement.sql).await
    } else {
        client.prepare(&statement.sql).await
    }
}

/// Runs a prepared statement, which finds at most `most` bytes. One that returns rows has touched as many as it returns.
async fn run(
    client: &impl tokio_postgres::GenericClient,
    prepared: &tokio_postgres::Statement,
    statement: &Statement,
    most: Option<usize>,
) -> Result<Result<Outcome, StoreError>, tokio_postgres::Error> {
    let parameters: Vec<&(dyn ToSql + Sync)> =
        statement.parameters.iter().map(|value| value as _).collect();
    if prepared.columns().is_empty() {
        let affected = client.execute(prepared, &parameters).await?;
        return Ok(Ok(Outcome { affected, rows: Vec::new() }));
    }
    let mut found = pin!(client.query_raw(prepared, parameters).await?);
    let (mut rows, mut measure) = (Vec::new(), Measure::new(most));
    while let Some(row) = found.try_next().await? {
        let row = values::row(&row)?;
        if let Err(error) = measure.add(&row) {
            return Ok(Err(error));
        }
        rows.push(row);
    }
    Ok(Ok(Outcome { affected: rows.len() as u64, rows }))
}
