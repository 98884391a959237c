//! Changes of all items that pass a filter, in the background, some hundred at a time. Spec: section 10.1.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::sync::oneshot;
use transom_store::{Batch, Row, Statement};

use crate::Answer;
use crate::access::Caller;
use crate::collections::Action;
use crate::error::DataError;
use crate::filter::{self, Filter};
use crate::read::limit_to;
use crate::request::Request;
use crate::service::Shared;
use crate::sql::Sql;
use crate::tables::Table;
use crate::write::{Change, patch};

/// Items in one transaction.
const AT_ONCE: i64 = 500;
/// Most jobs that run at the same time in a process. Each has a thread.
pub(crate) const MOST_JOBS: usize = 16;
/// A job that has not told of itself for so long has been cut off, in milliseconds.
const CUT_OFF: i64 = 5 * 60 * 1000;
/// How long what became of a job is known, in milliseconds.
const KEPT: i64 = 7 * 24 * 60 * 60 * 1000;
/// How often a job tries what the database does not do at once.
const ATTEMPTS: u32 = 5;
/// How long it waits before the first of these; then twice as long each time.
const PAUSE: Duration = Duration::from_millis(250);

/// What is done to each item.
enum Work {
    Patch(Arc<Vec<patch::Modification>>),
    Remove,
}

/// A job that runs.
struct Job {
    id: String,
    caller: Caller,
    table: Arc<Table>,
    filter: Filter,
    work: Work,
}

impl Job {
    /// What is to be done to the items of rows.
    fn changes(&self, rows: &[Row]) -> Result<Vec<Change>, DataError> {
        let change = |row: &Row| {
            let id = row.text(1)?.to_owned();
            Ok(match &self.work {
                Work::Patch(modifications) => Change::Patch(id, Arc::clone(modifications)),
                Work::Remove => Change::Remove(id),
            })
        };
        rows.iter().map(change).collect()
    }
}

/// Who started a job, as its row tells it. Kinds of callers do not meet: an id of one may be that of another.
fn starter(caller: &Caller) -> String {
    match caller {
        Caller::App => "app".to_owned(),
        Caller::User { id, .. } => format!("user:{id}"),
        Caller::Member { id } => format!("member:{id}"),
        Caller::Visitor { id } => format!("visitor:{id}"),
        Caller::Unknown => "unknown".to_owned(),
    }
}

/// Does something; where the database is busy or away (and it may be repeated), again a little later.
async fn patiently<T, F>(may_repeat: bool, work: impl Fn() -> F) -> Result<T, DataError>
where
    F: Future<Output = Result<T, DataError>>,
{
    let mut attempt = 0;
    loop {
        match work().await {
            Err(error) if error.status() == 503 && may_repeat && attempt < ATTEMPTS => {
                tokio::time::sleep(PAUSE * 2_u32.pow(attempt)).await;
                attempt += 1;
            }
            done => return done,
        }
    }
}

impl Shared {
    /// `POST /bulk/items/async-patch-by-filter`.
    pub(crate) async fn patch_by_filter(
        self: &Arc<Self>,
        caller: &Caller,
        request: &Request,
    ) -> Result<Answer, DataError> {
        let modifications = patch::parse(request.get("fieldModifications"))?;
        self.start_job(caller, request, Action::Update, Work::Patch(Arc::new(modifications))).await
    }

    /// `POST /bulk/items/async-remove-by-filter`.
    pub(crate) async fn remove_by_filter(
        self: &Arc<Self>,
        caller: &Caller,
        request: &Request,
    ) -> Result<Answer, DataError> {
        self.start_job(caller, request, Action::Remove, Work::Remove).await
    }

    async fn start_job(
        self: &Arc<Self>,
        caller: &Caller,
        request: &Request,
        action: Action,
        work: Work,
    ) -> Result<Answer, DataError> {
        let table = self.writable(caller, request.collection()?, &[action]).await?;
        let filter = filter::parse(request.get("filter"))?;
        if filter != Filter::All {
            // What passes a filter tells of what is in it.
            caller.reach(table.id(), &table.collection.declaration.permissions, Action::Read)?;
        }
        let busy = |reason: String| {
            DataError::new(503, "WDE0028", format!("The job cannot be started: {reason}."))
        };
        let running = Arc::clone(&self.running_jobs).try_acquire_owned();
        let running = running.map_err(|_| busy(format!("{MOST_JOBS} others are running")))?;
        let (shared, (ready, is_ready), (go, gone)) =
            (Arc::clone(self), oneshot::channel(), oneshot::channel::<Job>());
        // A thread of its own: the worker that started it may be replaced before it ends.
        let thread = std::thread::Builder::new().name("transom-data-job".to_owned());
        let started = thread.spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
            let (runtime, outcome) = match runtime {
                Ok(runtime) => (Some(runtime), Ok(())),
                Err(error) => (None, Err(error)),
            };
            if let (Some(runtime), Ok(())) = (runtime, ready.send(outcome)) {
                runtime.block_on(async {
                    if let Ok(job) = gone.await {
                        shared.run_job(job).await;
                    }
                });
            }
            drop(running);
        });
        started.map_err(|error| busy(error.to_string()))?;
        match is_ready.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => return Err(busy(error.to_string())),
            Err(_) => return Err(busy("its thread has ended".to_owned())),
        }
        let (id, now) = (uuid::Uuid::new_v4().to_string(), crate::dates::now());
        let forget = Statement::new("DELETE FROM data_job WHERE changed < $1").bind(now - KEPT);
        let note = "INSERT INTO data_job (id, caller, status, done, changed) VALUES ($1, $2, 'INITIALIZED', 0, $3)";
        let note = Statement::new(note).bind(id.as_str()).bind(starter(caller)).bind(now);
        self.store.write(Batch::new().run(forget).run(note)).await?;
        let job = Job { id: id.clone(), caller: caller.clone(), table, filter, work };
        go.send(job).map_err(|_| busy("its thread has ended".to_owned()))?;
        Ok(Answer::ok(json!({ "jobId": id }).to_string()))
    }

    /// `GET /async-jobs/{id}/status`. Whoever started a job may ask, and the project.
    pub(crate) async fn job_status(&self, caller: &Caller, id: &str) -> Result<Answer, DataError> {
        let find = "SELECT status, done, caller, changed FROM data_job WHERE id = $1";
        let rows = self.store.read(Statement::new(find).bind(id.replace('\0', ""))).await?;
        let unknown = || DataError::new(404, "WDE0073", format!("There is no job [{id}]."));
        let row = rows.first().ok_or_else(unknown)?;
        if !caller.sets_owner() && starter(caller) != row.text(2)? {
            return Err(unknown());
        }
        let status = match row.text(0)? {
            "INITIALIZED" | "PROCESSING" if row.integer(3)? < crate::dates::now() - CUT_OFF => {
                "FAILED"
            }
            status => status,
        };
        let status = json!({ "status": status, "successCount": row.integer(1)? });
        Ok(Answer::ok(status.to_string()))
    }

    async fn run_job(&self, job: Job) {
        let mut done = 0;
        let status = match self.work_off(&job, &mut done).await {
            Ok(()) => "SUCCEEDED",
            Err(_) => "FAILED",
        };
        // If even this cannot be noted, the job is seen to stand still.
        drop(patiently(true, || self.note_job(&job.id, status, done)).await);
    }

    async fn note_job(&self, id: &str, status: &'static str, done: i64) -> Result<(), DataError> {
        let note = "UPDATE data_job SET status = $2, done = $3, changed = $4 WHERE id = $1";
        let note = Statement::new(note).bind(id).bind(status).bind(done).bind(crate::dates::now());
        self.store.write(note.into()).await?;
        Ok(())
    }

    async fn work_off(&self, job: &Job, done: &mut i64) -> Result<(), DataError> {
        let mut last = 0;
        loop {
            let mut sql = Sql::new(
                self.dialect,
                format!("SELECT t.seq, t.id FROM {} t WHERE t.seq > ", job.table.name()),
            );
            sql.bind(last);
            sql.push(" AND ");
            self.condition(&job.table, &mut sql, &job.filter);
            let permissions = &job.table.collection.declaration.permissions;
            let action =
                if matches!(job.work, Work::Remove) { Action::Remove } else { Action::Update };
            limit_to(&mut sql, job.caller.reach(job.table.id(), permissions, action)?);
            if job.filter != Filter::All {
                limit_to(&mut sql, job.caller.reach(job.table.id(), permissions, Action::Read)?);
            }
            sql.push(" ORDER BY t.seq LIMIT ");
            sql.bind(AT_ONCE);
            let find = sql.finish()?;
            let rows =
                patiently(true, || async { Ok(self.store.scan(find.clone()).await?) }).await?;
            let Some(end) = rows.last() else { return Ok(()) };
            last = end.integer(0)?;
            let changes = job.changes(&rows)?;
            // Where nobody knows whether something has happened, only what may happen twice is tried again.
            let may_repeat = match &job.work {
                Work::Patch(modifications) => patch::may_repeat(modifications),
                Work::Remove => true,
            };
            *done += patiently(may_repeat, || self.change_lot(job, changes.clone())).await?;
            let note = || self.note_job(&job.id, "PROCESSING", *done);
            patiently(true, note).await?;
        }
    }

    /// Makes the changes of one transaction, and tells how many of them were made.
    async fn change_lot(&self, job: &Job, changes: Vec<Change>) -> Result<i64, DataError> {
        // The filter stands here again: an item that has changed meanwhile is left alone.
        let mut made = 0;
        for result in self.changes(&job.caller, &job.table, changes, &job.filter).await {
            match result {
                Ok(_) => made += 1,
                Err(error) if error.status() >= 500 => return Err(error),
                Err(_) => {}
            }
        }
        Ok(made)
    }
}
