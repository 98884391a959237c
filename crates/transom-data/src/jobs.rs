//! Changes of all items that pass a filter, in the background, some hundred at a time. Spec: section 10.1.

use std::sync::Arc;

use serde_json::json;
use transom_store::Statement;

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
        let id = uuid::Uuid::new_v4().to_string();
        let note = "INSERT INTO data_job (id, caller, status, done, changed) VALUES ($1, $2, 'INITIALIZED', 0, $3)";
        let owner = caller.id().unwrap_or_default();
        let note = Statement::new(note).bind(id.as_str()).bind(owner).bind(crate::dates::now());
        self.store.write(note.into()).await?;
        let job = Job { id: id.clone(), caller: caller.clone(), table, filter, work };
        let shared = Arc::clone(self);
        // A thread of its own: the worker that started it may be replaced before it ends.
        let started =
            std::thread::Builder::new().name("transom-data-job".to_owned()).spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().build();
                if let Ok(runtime) = runtime {
                    runtime.block_on(shared.run_job(job));
                }
            });
        if let Err(error) = started {
            return Err(DataError::new(
                503,
                "WDE0028",
                format!("The job cannot be started: {error}."),
            ));
        }
        Ok(Answer::ok(json!({ "jobId": id }).to_string()))
    }

    /// `GET /async-jobs/{id}/status`. Whoever started a job may ask, and the project.
    pub(crate) async fn job_status(&self, caller: &Caller, id: &str) -> Result<Answer, DataError> {
        let find = "SELECT status, done, caller FROM data_job WHERE id = $1";
        let rows = self.store.read(Statement::new(find).bind(id.replace('\0', ""))).await?;
        let unknown = || DataError::new(404, "WDE0073", format!("There is no job [{id}]."));
        let row = rows.first().ok_or_else(unknown)?;
        if !caller.sets_owner() && caller.id().unwrap_or_default() != row.text(2)? {
            return Err(unknown());
        }
        let status = json!({ "status": row.text(0)?, "successCount": row.integer(1)? });
        Ok(Answer::ok(status.to_string()))
    }

    async fn run_job(&self, job: Job) {
        let mut done = 0;
        let status = match self.work_off(&job, &mut done).await {
            Ok(()) => "SUCCEEDED",
            Err(_) => "FAILED",
        };
        // If even this cannot be noted, the job is seen to stand still.
        drop(self.note_job(&job.id, status, done).await);
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
            sql.push(" ORDER BY t.seq LIMIT ");
            sql.bind(AT_ONCE);
            let rows = self.store.scan(sql.finish()?).await?;
            let Some(end) = rows.last() else { return Ok(()) };
            last = end.integer(0)?;
            let mut changes = Vec::with_capacity(rows.len());
            for row in &rows {
                let id = row.text(1)?.to_owned();
                changes.push(match &job.work {
                    Work::Patch(modifications) => Change::Patch(id, Arc::clone(modifications)),
                    Work::Remove => Change::Remove(id),
                });
            }
            // The filter stands here again: an item that has changed meanwhile is left alone.
            let results = self.changes(&job.caller, &job.table, changes, &job.filter).await;
            for result in results {
                match result {
                    Ok(_) => *done += 1,
                    Err(error) if error.status() >= 500 => return Err(error),
                    Err(_) => {}
                }
            }
            self.note_job(&job.id, "PROCESSING", *done).await?;
        }
    }
}
