//! What the cases share: a database, a service on it, and calls.

use std::future::Future;

use serde_json::{Value, json};
use tempfile::TempDir;
use transom_data::{Answer, Call, Caller, Collections, DataService, Declaration};
use transom_store::{Location, Options, PostgresUrl, Store};

/// A database of its own.
pub(crate) struct World {
    pub(crate) location: Location,
    _folder: Option<TempDir>,
}

/// A service and who calls it.
#[derive(Clone)]
pub(crate) struct Client {
    pub(crate) service: DataService,
    pub(crate) store: Store,
    pub(crate) caller: Caller,
}

/// Runs a future on an event loop with one thread, as a worker has.
pub(crate) fn wait<T>(work: impl Future<Output = T>) -> T {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all().build().expect("an event loop").block_on(work)
}

/// Declarations as they stand in settings, in JSON.
pub(crate) fn declared(declarations: &Value) -> Collections {
    let declarations = declarations.as_object().expect("an object").iter();
    let declarations = declarations.map(|(id, declaration)| {
        let declaration = serde_json::from_value::<Declaration>(declaration.clone());
        (id.clone(), declaration.expect("a declaration"))
    });
    Collections::new(declarations).expect("they fit together")
}

pub(crate) fn member(id: &str) -> Caller {
    Caller::Member { id: id.to_owned() }
}

impl World {
    pub(crate) fn on_sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        Self { location: Location::in_folder(folder.path()), _folder: Some(folder) }
    }

    pub(crate) fn on_postgresql(url: &str) -> Self {
        let url = PostgresUrl::parse(url).expect("a usable address");
        Self { location: Location::Postgres(Box::new(url)), _folder: None }
    }

    pub(crate) fn store(&self) -> Store {
        Store::open(&self.location, &Options::default(), &[]).expect("the store opens")
    }

    /// The project itself, which may do everything, with nothing declared.
    pub(crate) fn app(&self) -> Client {
        self.client(&json!({}))
    }

    /// The same, with declared collections.
    pub(crate) fn client(&self, declarations: &Value) -> Client {
        let store = self.store();
        let service = DataService::open(store.clone(), declared(declarations)).expect("it opens");
        Client { service, store, caller: Caller::App }
    }
}

impl Client {
    /// The same service, called by somebody else.
    pub(crate) fn by(&self, caller: Caller) -> Self {
        Self { service: self.service.clone(), store: self.store.clone(), caller }
    }

    pub(crate) async fn raw(
        &self,
        method: &str,
        path: &str,
        query: Option<&str>,
        body: &[u8],
    ) -> Answer {
        self.service.answer(&self.caller, Call { method, path, query, body }).await
    }

    /// Status and JSON of a `POST`.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        let answer = self.raw("POST", path, None, body.to_string().as_bytes()).await;
        (answer.status, serde_json::from_str(&answer.body).expect("an answer is JSON"))
    }

    /// JSON of a `POST` that must succeed.
    #[track_caller]
    pub(crate) fn ok(&self, path: &str, body: &Value) -> impl Future<Output = Value> + use<> {
        let caller = std::panic::Location::caller();
        let (client, path, body) = (self.clone(), path.to_owned(), body.clone());
        async move {
            let (status, answer) = client.post(&path, &body).await;
            assert_eq!(status, 200, "{path} {body}: {answer} at {caller}");
            answer
        }
    }

    /// Status and code of a `POST` that must fail.
    #[track_caller]
    pub(crate) fn fails(
        &self,
        path: &str,
        body: &Value,
    ) -> impl Future<Output = (u16, String)> + use<> {
        let caller = std::panic::Location::caller();
        let (client, path, body) = (self.clone(), path.to_owned(), body.clone());
        async move {
            let (status, answer) = client.post(&path, &body).await;
            let error = &answer["details"]["applicationError"];
            let code = error["code"]
                .as_str()
                .unwrap_or_else(|| panic!("{path} {body}: {answer} at {caller}"));
            assert!(answer["message"].is_string() && error["description"].is_string(), "{answer}");
            (status, code.to_owned())
        }
    }

    /// Inserts items with these fields.
    pub(crate) async fn fill(&self, collection: &str, items: &[Value]) {
        for item in items {
            let body = json!({ "dataCollectionId": collection, "dataItem": { "data": item } });
            self.ok("/items", &body).await;
        }
    }

    pub(crate) async fn get(&self, collection: &str, id: &str) -> (u16, Value) {
        let query = format!("dataCollectionId={collection}&dataItemId={id}");
        let answer = self.raw("GET", &format!("/items/{id}"), Some(&query), b"").await;
        (answer.status, serde_json::from_str(&answer.body).expect("an answer is JSON"))
    }

    /// Ids of the items that a query finds, in its order.
    pub(crate) async fn ids(&self, collection: &str, query: &Value) -> Vec<String> {
        let body = json!({ "dataCollectionId": collection, "query": query });
        let found = self.ok("/items/query", &body).await;
        let items = found["dataItems"].as_array().expect("a list");
        items.iter().map(|item| item["id"].as_str().expect("an id").to_owned()).collect()
    }
}

/// A shorthand for the status and code of a failure.
pub(crate) fn failure(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}
