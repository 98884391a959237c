//! A project with its identity service, and a client of its endpoints.

use std::future::Future;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;
use transom_identity::{
    Account, AccountKind, Clock, Fetch, Identity, IdentityError, NewAccount, SCHEMA, Settings,
};
use transom_store::{Location, Options, PostgresUrl, Schema, SharedStore, Store};

pub(crate) const PASSWORD: &str = "correct horse";

/// A place for one project, and its clock.
pub(crate) struct World {
    location: Location,
    pub(crate) clock: Clock,
    _folder: Option<TempDir>,
}

/// What an endpoint answered.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl World {
    pub(crate) fn on_sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let location = Location::in_folder(folder.path());
        Self { location, clock: Clock::default(), _folder: Some(folder) }
    }

    pub(crate) fn on_postgresql(url: &str) -> Self {
        let url = PostgresUrl::parse(url).expect("a usable address");
        let location = Location::Postgres(Box::new(url));
        Self { location, clock: Clock::default(), _folder: None }
    }

    /// The store as a server has it.
    pub(crate) fn shared(&self) -> Arc<SharedStore> {
        Arc::new(SharedStore::new(self.location.clone(), Options::default(), vec![SCHEMA]))
    }

    /// The store with other tables.
    pub(crate) fn open_store(&self, schemas: &[Schema]) -> Store {
        Store::open(&self.location, &Options::default(), schemas).expect("the store opens")
    }

    /// An instance of the project's service.
    pub(crate) async fn open(&self) -> Identity {
        self.open_with(Settings::default(), None).await
    }

    pub(crate) async fn open_with(
        &self,
        settings: Settings,
        fetch: Option<Arc<dyn Fetch>>,
    ) -> Identity {
        self.try_open(settings, fetch).await.expect("the service opens")
    }

    pub(crate) async fn try_open(
        &self,
        settings: Settings,
        fetch: Option<Arc<dyn Fetch>>,
    ) -> Result<Identity, IdentityError> {
        let store = self.open_store(&[SCHEMA]);
        Identity::open(store, settings, self.clock.clone(), fetch).await
    }
}

impl Reply {
    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("text"))
    }

    /// A text of the JSON body.
    pub(crate) fn field(&self, name: &str) -> String {
        let json = self.json();
        json[name].as_str().unwrap_or_else(|| panic!("no `{name}`: {self:?}")).to_owned()
    }

    /// Status and OAuth error, as `400 invalid_grant`.
    pub(crate) fn refusal(&self) -> String {
        format!("{} {}", self.status.as_u16(), self.field("error"))
    }

    /// The token of the session cookie that the answer sets.
    pub(crate) fn session(&self) -> Option<String> {
        let cookie = self.header("set-cookie")?;
        let (pair, _) = cookie.split_once(';')?;
        pair.split_once('=').map(|(_, token)| token.to_owned())
    }
}

/// Sends a request; `headers` are `name: value` lines.
pub(crate) async fn send(
    identity: &Identity,
    method: &str,
    path: &str,
    headers: &[&str],
    body: &str,
) -> Reply {
    let mut request = Request::builder().method(method).uri(path).header("host", "shop.example");
    for header in headers {
        let (name, value) = header.split_once(": ").expect("a header line");
        request = request.header(name, value);
    }
    let request = request.body(Bytes::copy_from_slice(body.as_bytes())).expect("a valid request");
    let (head, body) = transom_identity::http::answer(identity, request, false).await.into_parts();
    let text = String::from_utf8(body.to_vec()).expect("text");
    Reply { status: head.status, headers: head.headers, text }
}

/// Sends JSON to an OAuth endpoint, as the SDK does.
pub(crate) async fn post(identity: &Identity, endpoint: &str, body: Value) -> Reply {
    let path = format!("/_transom/oauth2/{endpoint}");
    send(identity, "POST", &path, &["content-type: application/json"], &body.to_string()).await
}

/// Tokens for a new visitor.
pub(crate) async fn anonymous(identity: &Identity) -> (String, String) {
    let body = json!({ "clientId": identity.client_id(), "grantType": "anonymous" });
    let reply = post(identity, "token", body).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    (reply.field("access_token"), reply.field("refresh_token"))
}

/// The answer of token-info.
pub(crate) async fn info(identity: &Identity, token: &str) -> Value {
    let reply = post(identity, "token-info", json!({ "token": token })).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.json()
}

/// Subject type of a token, `UNKNOWN` for one that is not accepted; checks that the rest of the answer agrees.
pub(crate) async fn kind(identity: &Identity, token: &str) -> String {
    let info = info(identity, token).await;
    let kind = info["subjectType"].as_str().expect("a text").to_owned();
    assert_eq!(info["active"], kind != "UNKNOWN", "{info}");
    if kind == "UNKNOWN" {
        assert_eq!((&info["subjectId"], &info["exp"]), (&json!(""), &json!(0)), "{info}");
        assert_eq!(info.get("clientId"), None, "{info}");
    }
    kind
}

pub(crate) async fn refresh(identity: &Identity, token: &str) -> Reply {
    post(identity, "token", json!({ "refreshToken": token, "grantType": "refresh_token" })).await
}

/// Makes the member `m1`.
pub(crate) async fn member(identity: &Identity) -> Account {
    let new = NewAccount {
        kind: AccountKind::Member,
        id: Some("m1".to_owned()),
        email: "Ann@Example.org".to_owned(),
        password: PASSWORD.to_owned(),
        role: None,
    };
    identity.add_account(new).await.expect("the member is new")
}

/// Logs a person in from a page of the own site.
pub(crate) async fn log_in(identity: &Identity, email: &str, password: &str) -> Reply {
    let body = json!({ "email": email, "password": password }).to_string();
    let headers = ["content-type: application/json", "origin: http://shop.example"];
    send(identity, "POST", "/_transom/oauth2/login", &headers, &body).await
}

/// Runs a future on an event loop with one thread, as a worker has.
pub(crate) fn wait<T>(work: impl Future<Output = T>) -> T {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all().build().expect("an event loop").block_on(work)
}
