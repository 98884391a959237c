//! What happens to files and servers, as callers of the service see it.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use transom_data::{Caller, Collections, DataService};
use transom_store::{DATABASE_FILE, Location, Options, PostgresUrl, Store};
use transom_testkit::Postgres;

use crate::world::{Client, failure, wait};

const FOLDER: &str = "TRANSOM_DATA_CHILD_FOLDER";
const TASK: &str = "TRANSOM_DATA_CHILD_TASK";

fn client(location: &Location, options: &Options) -> Client {
    let store = Store::open(location, options, &[]).expect("the store opens");
    let service = DataService::open(store.clone(), Collections::default()).expect("it opens");
    Client { service, store, caller: Caller::App }
}

fn insert(id: &str) -> Value {
    json!({ "dataCollectionId": "Things", "dataItem": { "data": { "_id": id, "text": "x".repeat(200) } } })
}

/// Writes until it is killed; without the variables this is no child.
#[test]
fn child() {
    let (Ok(folder), Ok(task)) = (std::env::var(FOLDER), std::env::var(TASK)) else { return };
    let client = client(&Location::in_folder(folder.as_ref()), &Options::default());
    wait(async {
        let flows = (0..8).map(|flow| {
            let (client, task) = (client.clone(), task.clone());
            async move {
                for number in 0.. {
                    let id = format!("{task}-{flow}-{number}");
                    if number % 3 == 0 {
                        let item = json!({ "data": { "_id": id } });
                        let body = json!({ "dataCollectionId": "Things", "dataItems": [item] });
                        client.ok("/bulk/items/save", &body).await;
                    } else {
                        client.ok("/items", &insert(&id)).await;
                    }
                    let add = json!([{ "fieldPath": "n", "action": "INCREMENT_FIELD", "incrementFieldOptions": { "value": 1 } }]);
                    let patch = json!({ "dataCollectionId": "Things", "patch": { "dataItemId": "count", "fieldModifications": add } });
                    client.ok("/items/patch", &patch).await;
                    let mut out = std::io::stdout().lock();
                    writeln!(out, "\nwritten {id}").and_then(|()| out.flush()).expect("somebody reads");
                }
            }
        });
        futures_util::future::join_all(flows).await;
    });
}

#[test]
fn a_killed_process_loses_no_acknowledged_item() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let location = Location::in_folder(folder.path());
    let first = client(&location, &Options::default());
    let count =
        json!({ "dataCollectionId": "Things", "dataItem": { "data": { "_id": "count", "n": 0 } } });
    wait(first.ok("/items", &count));
    drop(first);
    let mut written = Vec::new();
    for round in 0..10 {
        let mut command = Command::new(std::env::current_exe().expect("the test program"));
        command.args(["--exact", "faults::child", "--nocapture"]);
        command.env(FOLDER, folder.path()).env(TASK, format!("r{round}")).stdout(Stdio::piped());
        let mut child = command.spawn().expect("the test program starts");
        let output = BufReader::new(child.stdout.take().expect("it is piped"));
        let lines = output.lines().map_while(Result::ok);
        let mut acknowledged =
            lines.filter_map(|line| Some(line.strip_prefix("written ")?.to_owned()));
        written.extend(acknowledged.by_ref().take(20 + 5 * round));
        child.kill().expect("it writes on"); // SIGKILL.
        written.extend(acknowledged);
        child.wait().expect("it has ended");
    }
    assert!(written.len() > 300, "{}", written.len());
    let client = client(&location, &Options::default());
    wait(async {
        for id in &written {
            assert_eq!(client.get("Things", id).await.0, 200, "{id} was acknowledged");
        }
        let n = client.get("Things", "count").await.1["dataItem"]["data"]["n"].as_u64();
        assert!(n >= Some(written.len() as u64), "{n:?} increments of {}", written.len());
        client.ok("/items", &insert("after")).await;
    });
    drop(client);
    let connection =
        rusqlite::Connection::open(folder.path().join(DATABASE_FILE)).expect("it opens");
    let verdict: String = connection
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .expect("it is checked");
    assert_eq!(verdict, "ok");
}

#[test]
fn a_full_file_is_told_and_still_reads() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let location = Location::in_folder(folder.path());
    let options = Options { max_bytes: Some(300 << 10), ..Options::default() };
    let client = client(&location, &options);
    wait(async {
        client.ok("/items", &insert("small")).await;
        let large = json!({ "dataCollectionId": "Things", "dataItem": { "data": { "_id": "large", "text": "x".repeat(350 << 10) } } });
        assert_eq!(client.fails("/items", &large).await, failure(507, "WDE0053"));
        let items =
            json!([{ "data": { "_id": "one" } }, { "data": { "text": "x".repeat(350 << 10) } }]);
        let bulk = json!({ "dataCollectionId": "Things", "dataItems": items });
        assert_eq!(
            client.fails("/bulk/items/insert", &bulk).await,
            failure(507, "WDE0053"),
            "all or nothing"
        );
        assert_eq!(client.ids("Things", &json!({})).await, ["small"]);
        client.ok("/items", &insert("next")).await;
    });
    drop(client);
    // Neither is anything left of a call that first met another item with the same value.
    let unique = json!({ "Things": { "indexes": [{ "fields": ["n"], "unique": true }] } });
    let store = Store::open(&location, &options, &[]).expect("the store opens");
    let service = DataService::open(store.clone(), crate::world::declared(&unique));
    let client = Client { service: service.expect("it opens"), store, caller: Caller::App };
    wait(async {
        let items = json!([
            { "data": { "_id": "x", "n": 1 } }, { "data": { "_id": "y", "n": 1 } },
            { "data": { "text": "x".repeat(350 << 10) } },
        ]);
        let bulk = json!({ "dataCollectionId": "Things", "dataItems": items });
        let refused = client.fails("/bulk/items/insert", &bulk).await;
        assert_eq!(refused, failure(507, "WDE0053"), "all or nothing");
        assert_eq!(client.ids("Things", &json!({})).await, ["small", "next"]);
    });
}

#[test]
fn a_second_process_on_the_same_file_loses_nothing() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let location = Location::in_folder(folder.path());
    let own = client(&location, &Options::default());
    wait(own.ok("/items", &insert("count")));
    let mut command = Command::new(std::env::current_exe().expect("the test program"));
    command.args(["--exact", "faults::child", "--nocapture"]);
    command.env(FOLDER, folder.path()).env(TASK, "other").stdout(Stdio::piped());
    let mut child = command.spawn().expect("the test program starts");
    let output = BufReader::new(child.stdout.take().expect("it is piped"));
    let mut lines =
        output.lines().map_while(Result::ok).filter(|line| line.starts_with("written "));
    for number in 0..100 {
        wait(own.ok("/items", &insert(&format!("own{number}"))));
        assert!(lines.next().is_some(), "the other one writes on");
    }
    child.kill().expect("it writes on");
    let others = 100 + lines.count();
    child.wait().expect("it has ended");
    let count = |prefix: &str| json!({ "dataCollectionId": "Things", "filter": { "_id": { "$startsWith": prefix } } });
    let found = |answer: Value| answer["totalCount"].as_u64().expect("a number");
    assert_eq!(found(wait(own.ok("/items/count", &count("own")))), 100);
    assert!(found(wait(own.ok("/items/count", &count("other")))) >= others as u64);
}

#[test]
fn a_locked_file_is_a_reason_to_come_back() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let location = Location::in_folder(folder.path());
    let options = Options { busy_timeout: Duration::from_millis(50), ..Options::default() };
    let client = client(&location, &options);
    wait(client.ok("/items", &insert("a")));
    let other = rusqlite::Connection::open(folder.path().join(DATABASE_FILE)).expect("it opens");
    other.execute_batch("BEGIN IMMEDIATE").expect("nobody writes");
    let answer = wait(client.raw("POST", "/items", None, insert("b").to_string().as_bytes()));
    assert_eq!((answer.status, answer.retry_after), (503, Some(1)), "{}", answer.body);
    assert_eq!(wait(client.get("Things", "a")).0, 200, "reading goes on");
    other.execute_batch("COMMIT").expect("it holds the lock");
    wait(client.ok("/items", &insert("b")));
}

fn postgres(server: &Postgres) -> Location {
    Location::Postgres(Box::new(PostgresUrl::parse(&server.url()).expect("a usable address")))
}

#[test]
fn a_server_that_stops_drops_or_only_reads_is_a_reason_to_come_back() {
    let mut server = Postgres::start();
    let client = client(&postgres(&server), &Options::default());
    wait(client.ok("/items", &insert("a")));
    server.stop();
    let answer = wait(client.raw("POST", "/items", None, insert("b").to_string().as_bytes()));
    assert_eq!((answer.status, answer.retry_after), (503, Some(1)), "{}", answer.body);
    assert_eq!(wait(client.get("Things", "a")).0, 503);
    server.resume();
    wait(client.ok("/items", &insert("b")));
    let drop_all = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'transom'";
    assert_ne!(server.sql(drop_all), "0");
    assert_eq!(wait(client.get("Things", "b")).0, 200, "reading goes on with a new connection");
    server.sql("ALTER DATABASE postgres SET default_transaction_read_only = on");
    server.sql(drop_all);
    assert_eq!(wait(client.get("Things", "b")).0, 200);
    let answer = wait(client.raw("POST", "/items", None, insert("c").to_string().as_bytes()));
    assert_eq!((answer.status, answer.retry_after), (503, Some(1)), "{}", answer.body);
    server.sql(
        "BEGIN READ WRITE; ALTER DATABASE postgres RESET default_transaction_read_only; COMMIT",
    );
    wait(client.ok("/items", &insert("c")));
}

#[test]
fn a_pool_that_is_exhausted_is_a_reason_to_come_back() {
    let server = Postgres::start();
    let options =
        Options { connections: 1, wait: Duration::from_millis(200), ..Options::default() };
    let client = client(&postgres(&server), &options);
    wait(client.ok("/items", &insert("a")));
    wait(async {
        let sleep = transom_store::Statement::new("SELECT CAST(pg_sleep(5) AS TEXT)");
        let store = client.store.clone();
        let slow = tokio::spawn(async move { store.read(sleep).await });
        let begun = std::time::Instant::now();
        let refused = loop {
            // The slow one may not have its connection yet.
            let answer = client.raw("GET", "/items/a", Some("dataCollectionId=Things"), b"").await;
            if answer.status != 200 || begun.elapsed() > Duration::from_secs(4) {
                break answer;
            }
        };
        assert_eq!((refused.status, refused.retry_after), (503, Some(1)), "{}", refused.body);
        slow.await.expect("no panic").expect("it ends");
        client.ok("/items", &insert("after")).await;
    });
}
