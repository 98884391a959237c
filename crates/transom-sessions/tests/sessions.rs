//! What sessions promise, on both back ends of the store: every case runs twice.

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use transom_sessions::{SCHEMA, Sessions, remove_expired};
use transom_store::{Location, Options, PostgresUrl, SharedStore, Statement};
use transom_testkit::{PATIENCE, Postgres};

const ID: &str = "0f0a7a4e-57a5-4b0c-8ad5-5fd0a1b6a0f1";
const HOUR: Option<Duration> = Some(Duration::from_secs(3600));

fn shared(location: &Location) -> Arc<SharedStore> {
    Arc::new(SharedStore::new(location.clone(), Options::default(), vec![SCHEMA]))
}

fn wait<T>(work: impl Future<Output = T>) -> T {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all().build().expect("an event loop").block_on(work)
}

/// Runs a case on both back ends; it gets the place twice, as two instances have it.
fn on_both<F: Future<Output = ()>>(case: impl Fn(Arc<SharedStore>, Arc<SharedStore>) -> F) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    // The state folder is made by whoever comes first.
    let sqlite = Location::in_folder(&folder.path().join("state"));
    let server = Postgres::start();
    let url = PostgresUrl::parse(&server.url()).expect("a usable address");
    for location in [sqlite, Location::Postgres(Box::new(url))] {
        println!("on {location}"); // Shown when it fails.
        wait(case(shared(&location), shared(&location)));
    }
}

async fn count(store: &SharedStore) -> i64 {
    let rows = Statement::new("SELECT count(*) FROM transom_context_session");
    let rows = store.get().await.expect("it opens").read(rows).await.expect("it answers");
    rows[0].integer(0).expect("a number")
}

#[test]
fn what_one_instance_writes_the_other_reads() {
    on_both(async |one, two| {
        let (one, two) = (Sessions::new(one), Sessions::new(two));
        assert_eq!(one.read(ID).await, Ok(None));
        let text = "[{\"a\":1},\"\u{1F600} '; DROP TABLE \\\"x\"]".to_owned();
        one.write(ID, text.clone(), None).await.expect("it is kept");
        assert_eq!(two.read(ID).await, Ok(Some(text)));
        two.write(ID, "[2]".to_owned(), HOUR).await.expect("it is kept");
        assert_eq!(one.read(ID).await.as_ref().map(Option::as_deref), Ok(Some("[2]")));
        assert_eq!(one.read("another").await, Ok(None));
        two.delete(ID).await.expect("it is removed");
        assert_eq!(one.read(ID).await, Ok(None));
        two.delete(ID).await.expect("there is nothing to remove");
        // Any text is an id: script can continue a session under an id of its own.
        one.write("an id\0of script's", "[3]".to_owned(), None).await.expect("it is kept");
        let read = two.read("an id\0of script's").await;
        assert_eq!(read.as_ref().map(Option::as_deref), Ok(Some("[3]")));
    });
}

#[test]
fn ids_are_not_in_the_store() {
    on_both(async |store, _| {
        Sessions::new(Arc::clone(&store)).write(ID, "[1]".to_owned(), None).await.expect("kept");
        let rows = Statement::new("SELECT hash FROM transom_context_session");
        let rows = store.get().await.expect("it opens").read(rows).await.expect("it answers");
        assert!(!rows[0].text(0).expect("a text").contains(ID));
    });
}

#[test]
fn the_last_write_wins_and_none_is_lost_halfway() {
    on_both(async |one, two| {
        let (one, two) = (Arc::new(Sessions::new(one)), Arc::new(Sessions::new(two)));
        let writers = (0..40).map(|number| {
            let sessions = Arc::clone(if number % 2 == 0 { &one } else { &two });
            tokio::spawn(async move {
                let id = format!("session {}", number % 4);
                sessions.write(&id, format!("[{number}]"), HOUR).await.expect("it is kept");
                sessions.read(&id).await.expect("it answers").expect("somebody has written it")
            })
        });
        for (number, writer) in writers.collect::<Vec<_>>().into_iter().enumerate() {
            let seen = writer.await.expect("no panic");
            let seen: usize = seen[1..seen.len() - 1].parse().expect("one of the texts, whole");
            assert_eq!(seen % 4, number % 4);
        }
    });
}

#[test]
fn what_has_expired_is_neither_read_nor_kept() {
    on_both(async |store, other| {
        let sessions = Sessions::new(Arc::clone(&store));
        let brief = Some(Duration::from_millis(1));
        for number in 0..1200 {
            sessions.write(&number.to_string(), "[1]".to_owned(), brief).await.expect("kept");
        }
        sessions.write(ID, "[2]".to_owned(), HOUR).await.expect("it is kept");
        sessions.write("forever", "[3]".to_owned(), None).await.expect("it is kept");
        while sessions.read("1199").await != Ok(None) {} // A millisecond passes.
        assert_eq!(sessions.read("7").await, Ok(None));
        assert_eq!(count(&store).await, 1202);
        // Whoever first uses sessions, here after a start, has the others removed beside it.
        assert!(Sessions::new(other).read(ID).await.expect("it answers").is_some());
        let begun = Instant::now();
        while count(&store).await != 2 {
            assert!(begun.elapsed() < PATIENCE, "expired sessions stay");
            tokio::task::yield_now().await;
        }
        assert!(sessions.read("forever").await.expect("it answers").is_some());
    });
}

#[test]
fn a_session_that_is_renewed_while_others_are_removed_stays() {
    on_both(async |one, two| {
        let sessions = Arc::new(Sessions::new(Arc::clone(&one)));
        let store = two.get().await.expect("it opens");
        for round in 0..60 {
            let id = format!("session {round}");
            sessions.write(&id, "[1]".to_owned(), Some(Duration::ZERO)).await.expect("kept");
            let removing = tokio::spawn(remove_expired(store.clone(), i64::MAX / 2 - 1));
            sessions.write(&id, "[2]".to_owned(), None).await.expect("it is kept");
            removing.await.expect("no panic").expect("it answers");
            assert!(sessions.read(&id).await.expect("it answers").is_some(), "round {round}");
        }
    });
}
