//! The service: from a call to what answers it.

use std::sync::Arc;

use serde_json::Value;
use tokio::sync::Semaphore;
use transom_store::{Dialect, Store};

use crate::access::{Caller, Reach};
use crate::collections::{Action, Collections};
use crate::error::DataError;
use crate::item::Form;
use crate::jobs::MOST_JOBS;
use crate::read::{Page, bare_items_json};
use crate::request::Request;
use crate::schema;
use crate::tables::{Table, Tables};
use crate::write::Bulk;
use crate::{Answer, Call};

/// The data service, cheap to copy and usable from every thread.
#[derive(Debug, Clone)]
pub struct DataService {
    shared: Arc<Shared>,
}

/// What the operations work with.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) store: Store,
    pub(crate) tables: Tables,
    pub(crate) dialect: Dialect,
    /// Bounds how many jobs run.
    pub(crate) running_jobs: Arc<Semaphore>,
}

impl DataService {
    /// Opens the service on `store`: brings its tables up to date and makes those of the declared collections with
    /// their indexes. On SQLite, which is one machine's, indexes that are not declared any more are dropped; on PostgreSQL
    /// an instance that runs may want them, see [`drop_undeclared_indexes`](Self::drop_undeclared_indexes). Blocks, for a
    /// start or a command.
    ///
    /// # Errors
    /// [`DataError`] when the storage does not answer, or when items violate a unique index that is new.
    pub fn open(store: Store, collections: Collections) -> Result<Self, DataError> {
        let (service, _) = Self::open_beside_another(store, collections)?;
        if service.shared.dialect == Dialect::Sqlite {
            service.drop_undeclared_indexes()?;
        }
        Ok(service)
    }

    /// As [`open`](Self::open), but the indexes that another service on this store goes by stay; also answers the names
    /// of those that were made. [`settle`](Self::settle) ends that.
    pub(crate) fn open_beside_another(
        store: Store,
        collections: Collections,
    ) -> Result<(Self, Vec<String>), DataError> {
        let dialect = store.dialect();
        store.migrate(&[schema::schema(dialect)])?;
        waited_for(async move {
            let tables = Tables::new(store.clone(), collections);
            let made = tables.make_indexes().await?;
            let running_jobs = Arc::new(Semaphore::new(MOST_JOBS));
            let shared = Shared { store, tables, dialect, running_jobs };
            Ok((Self { shared: Arc::new(shared) }, made))
        })
    }

    /// Drops the indexes that `former` declarations had and these have not, or, without them, those that were `made` for
    /// this service, which is not to stay. Blocks.
    ///
    /// # Errors
    /// [`DataError`] when the storage does not answer.
    pub(crate) fn settle(
        &self,
        made: Vec<String>,
        former: Option<Collections>,
    ) -> Result<(), DataError> {
        let service = self.clone();
        waited_for(async move {
            let tables = &service.shared.tables;
            match former {
                Some(former) => tables.drop_former(&former).await,
                None => tables.drop_indexes(&made).await,
            }
        })
    }

    /// Drops the indexes of the declared collections that are not declared here, whoever has made them, and answers their
    /// names. For when no instance runs that declares them. Blocks.
    ///
    /// # Errors
    /// [`DataError`] when the storage does not answer.
    pub fn drop_undeclared_indexes(&self) -> Result<Vec<String>, DataError> {
        let service = self.clone();
        waited_for(async move { service.shared.tables.drop_undeclared().await })
    }

    /// What the operations work with.
    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    /// Answers one call. Spec: section 10.2.
    pub async fn answer(&self, caller: &Caller, call: Call<'_>) -> Answer {
        match self.dispatch(caller, &call).await {
            Ok(answer) => answer,
            Err(error) => error.answer(),
        }
    }

    /// How the database would answer a query of `/items/query`, line by line in its own words.
    ///
    /// # Errors
    /// As a query.
    pub async fn explain(&self, collection: &str, query: &Value) -> Result<Vec<String>, DataError> {
        let (table, _) = self.shared.readable_by_id(&Caller::App, collection).await?;
        let page = Page::read(query)?;
        self.shared.explain(&table, page).await
    }

    /// One item, for script in this process: its JSON alone, without what else `GET /items/{id}` answers, and with
    /// `_createdDate` and `_updatedDate` as milliseconds since 1970.
    pub async fn item(&self, caller: &Caller, collection: &str, id: &str) -> Answer {
        if collection.is_empty() {
            return DataError::no_text("dataCollectionId", "WDE0001").answer();
        }
        match self.shared.stored(caller, collection, id, Form::Inside).await {
            Ok((_, json)) => Answer::ok(json),
            Err(error) => error.answer(),
        }
    }

    /// A page of items, for script in this process: what `POST /items/query` with this body answers, but the items, in
    /// the form of [`item`](Self::item), stand in `items`.
    pub async fn items(&self, caller: &Caller, body: &[u8]) -> Answer {
        let found = async {
            let call = Call { method: "POST", path: "/items/query", query: None, body };
            self.shared.found(caller, Request::read(&call)?, Form::Inside).await
        };
        match found.await {
            Ok((_, found)) => Answer::ok(bare_items_json(&found)),
            Err(error) => error.answer(),
        }
    }

    async fn dispatch(&self, caller: &Caller, call: &Call<'_>) -> Result<Answer, DataError> {
        let request = Request::read(call)?;
        let shared = &self.shared;
        if let ("GET", Some(id)) = (call.method, call.path.strip_prefix("/items/"))
            // An item may have that name, too; only its own address names it again.
            && (id != "query" || request.get("dataItemId").is_some())
        {
            return shared.get(caller, id, &request).await;
        }
        let job =
            call.path.strip_prefix("/async-jobs/").and_then(|rest| rest.strip_suffix("/status"));
        if let ("GET", Some(job)) = (call.method, job) {
            return shared.job_status(caller, job).await;
        }
        if let ("GET", Some(id)) = (call.method, call.path.strip_prefix("/collections/")) {
            return shared.describe(caller, id).await;
        }
        match (call.method, call.path) {
            ("GET", "/collections") => shared.describe_all(caller, &request).await,
            ("GET" | "POST", "/items/query") => shared.query(caller, request).await,
            ("POST", "/items/count") => shared.count(caller, &request).await,
            ("POST", "/items") => shared.insert(caller, request).await,
            ("POST", "/items/update") => shared.update(caller, request).await,
            ("POST", "/items/save") => shared.save(caller, request).await,
            ("POST", "/items/remove") => shared.remove(caller, request).await,
            ("POST", "/items/patch") => shared.patch(caller, request).await,
            ("POST", "/items/truncate") => shared.truncate(caller, &request).await,
            ("POST", "/items/query-distinct-values") => shared.distinct(caller, request).await,
            ("POST", "/items/aggregate") => shared.aggregate(caller, request).await,
            ("POST", "/items/aggregate-pipeline") => {
                shared.aggregate_pipeline(caller, request).await
            }
            ("POST", "/items/search") => shared.search(caller, request).await,
            ("POST", "/items/is-referenced") => shared.is_referenced(caller, &request).await,
            ("POST", "/items/query-referenced") => shared.query_referenced(caller, request).await,
            ("POST", "/items/replace-references") => {
                shared.replace_references(caller, &request).await
            }
            ("POST", "/bulk/items/insert-references") => {
                shared.insert_references(caller, &request).await
            }
            ("POST", "/bulk/items/remove-references") => {
                shared.remove_references(caller, &request).await
            }
            ("POST", "/bulk/items/insert") => shared.bulk(caller, Bulk::Insert, request).await,
            ("POST", "/bulk/items/update") => shared.bulk(caller, Bulk::Update, request).await,
            ("POST", "/bulk/items/save") => shared.bulk(caller, Bulk::Save, request).await,
            ("POST", "/bulk/items/remove") => shared.bulk(caller, Bulk::Remove, request).await,
            ("POST", "/bulk/items/patch") => shared.bulk(caller, Bulk::Patch, request).await,
            ("POST", "/bulk/items/async-patch-by-filter") => {
                shared.patch_by_filter(caller, &request).await
            }
            ("POST", "/bulk/items/async-remove-by-filter") => {
                shared.remove_by_filter(caller, &request).await
            }
            (method, path) => {
                let reason = format!("transom does not emulate {method} /wix-data/v2{path}.");
                Err(DataError::new(501, "NOT_EMULATED", reason))
            }
        }
    }
}

/// Runs `work` to its end, not on this thread, which may run an event loop of its own.
fn waited_for<T: Send + 'static>(
    work: impl Future<Output = Result<T, DataError>> + Send + 'static,
) -> Result<T, DataError> {
    let done = std::thread::spawn(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        runtime.map_err(|error| DataError::new(500, "WDE0053", error.to_string()))?.block_on(work)
    });
    done.join().unwrap_or_else(|_| Err(DataError::new(500, "WDE0053", "opening did not end")))
}

impl Shared {
    /// The collection of a request, with its table, and which of its items the caller may see.
    pub(crate) async fn readable<'a>(
        &self,
        caller: &'a Caller,
        request: &Request,
    ) -> Result<(Arc<Table>, Reach<'a>), DataError> {
        self.readable_by_id(caller, request.collection()?).await
    }

    /// The same, of a collection by its id.
    pub(crate) async fn readable_by_id<'a>(
        &self,
        caller: &'a Caller,
        id: &str,
    ) -> Result<(Arc<Table>, Reach<'a>), DataError> {
        let collection = self.tables.collection(id);
        let reach = caller.reach(id, &collection.declaration.permissions, Action::Read)?;
        let table = self.tables.find(id).await?.ok_or_else(|| DataError::no_collection(id))?;
        Ok((table, reach))
    }

    /// Columns of an item.
    pub(crate) fn columns(&self) -> &'static str {
        match self.dialect {
            Dialect::Sqlite => crate::item::COLUMNS,
            Dialect::Postgres => crate::item::COLUMNS_TEXT,
        }
    }
}

/// Strings in a list that may not be there.
pub(crate) fn strings(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::Array(list)) => {
            list.iter().filter_map(Value::as_str).map(str::to_owned).collect()
        }
        Some(Value::String(one)) => vec![one.clone()],
        _ => Vec::new(),
    }
}
