//! What sessions promise, on both back ends of the store: every case runs twice.

use std::future::{Future, poll_fn};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::task::Poll;
use std::time::{Duration, Instant};

use transom_sessions::{SCHEMA, Sessions, Stored, remove_expired};
use transom_store::{
    Batch, Dialect, Location, Options, PostgresUrl, SharedStore, Statement, Store, StoreError,
};
use transom_testkit::{PATIENCE, Postgres};

const ID: &str = "0f0a7a4e-57a5-4b0c-8ad5-5fd0a1b6a0f1";
const HOUR: Option<Duration> = Some(Duration::from_secs(3600));

fn shared(location: &Location) -> Arc<SharedStore> {
    // With one connection, what is sent first is done first.
    let options = Options { connections: 1, ..Options::default() };
    Arc::new(SharedStore::new(location.clone(), options, vec![SCHEMA]))
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

async fn read(sessions: &Sessions, id: &str) -> Option<String> {
    sessions.read(id).await.expect("it answers").data
}

/// Writes as somebody who has just read.
async fn write(sessions: &Sessions, id: &str, data: &str, lifetime: Option<Duration>) {
    let seen = sessions.read(id).await.expect("it answers").version;
    sessions.write(id, data, lifetime, seen).await.expect("it is kept");
}

async fn count(store: &SharedStore) -> i64 {
    let rows = Statement::new("SELECT count(*) FROM transom_context_session");
    let rows = store.get().await.expect("it opens").read(rows).await.expect("it answers");
    rows[0].integer(0).expect("a number")
}

/// Occupies the one thread that writes to a SQLite database until the other end of `held` is dropped. Without it, that
/// thread may have answered by the time its client first looks, who would then go on.
async fn busy_until(store: Store, held: mpsc::Receiver<()>) -> Result<(), StoreError> {
    let held = Mutex::new(held);
    let mut batch = Batch::new();
    batch.decide(Statement::new("SELECT 1"), move |_| {
        let _dropped = held.lock().unwrap_or_else(PoisonError::into_inner).recv();
        Ok(Batch::new())
    });
    store.write(batch).await.map(drop)
}

#[test]
fn what_one_instance_writes_the_other_reads() {
    on_both(async |one, two| {
        let (one, two) = (Sessions::new(one), Sessions::new(two));
        assert_eq!(one.read(ID).await, Ok(Stored::default()));
        let text = "[{\"a\":1},\"\u{1F600} '; DROP TABLE \\\"x\"]";
        write(&one, ID, text, None).await;
        assert_eq!(read(&two, ID).await.as_deref(), Some(text));
        write(&two, ID, "[2]", HOUR).await;
        assert_eq!(read(&one, ID).await.as_deref(), Some("[2]"));
        assert_eq!(read(&one, "another").await, None);
        two.delete(ID).await.expect("it is removed");
        assert_eq!(read(&one, ID).await, None);
        two.delete(ID).await.expect("there is nothing to remove");
        // Any text is an id: script can continue a session under an id of its own.
        write(&one, "an id\0of script's", "[3]", None).await;
        assert_eq!(read(&two, "an id\0of script's").await.as_deref(), Some("[3]"));
    });
}

#[test]
fn ids_are_not_in_the_store() {
    on_both(async |store, _| {
        write(&Sessions::new(Arc::clone(&store)), ID, "[1]", None).await;
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
                write(&sessions, &id, &format!("[{number}]"), HOUR).await;
                read(&sessions, &id).await.expect("somebody has written it")
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
            write(&sessions, &number.to_string(), "[1]", brief).await;
        }
        write(&sessions, ID, "[2]", HOUR).await;
        write(&sessions, "forever", "[3]", None).await;
        while read(&sessions, "1199").await.is_some() {} // A millisecond passes.
        assert_eq!(read(&sessions, "7").await, None);
        assert_eq!(count(&store).await, 1202);
        // Whoever first uses sessions, here after a start, has the others removed beside it.
        assert!(read(&Sessions::new(other), ID).await.is_some());
        let begun = Instant::now();
        while count(&store).await != 2 {
            assert!(begun.elapsed() < PATIENCE, "expired sessions stay");
            tokio::task::yield_now().await;
        }
        assert!(read(&sessions, "forever").await.is_some());
        // One that has expired and is there can be taken up again.
        write(&sessions, "taken up", "[4]", Some(Duration::ZERO)).await;
        assert_eq!(read(&sessions, "taken up").await, None);
        write(&sessions, "taken up", "[5]", HOUR).await;
        assert_eq!(read(&sessions, "taken up").await.as_deref(), Some("[5]"));
    });
}

#[test]
fn a_session_that_is_renewed_while_others_are_removed_stays() {
    on_both(async |one, two| {
        let sessions = Arc::new(Sessions::new(Arc::clone(&one)));
        let store = two.get().await.expect("it opens");
        for round in 0..60 {
            let id = format!("session {round}");
            write(&sessions, &id, "[1]", Some(Duration::ZERO)).await;
            let removing = tokio::spawn(remove_expired(store.clone(), i64::MAX / 2 - 1));
            write(&sessions, &id, "[2]", None).await;
            removing.await.expect("no panic").expect("it answers");
            assert!(read(&sessions, &id).await.is_some(), "round {round}");
        }
    });
}

/// A server dies after it has sent a write. It arrives when others have gone on, and nobody is there to insist.
#[test]
fn a_write_of_the_dead_overwrites_nothing_that_was_acknowledged() {
    on_both(async |one, two| {
        let (dead, alive) = (Sessions::new(Arc::clone(&one)), Sessions::new(two));
        let dead_store = one;
        for lost in [None, Some("[0]")] {
            if let Some(data) = lost {
                write(&alive, ID, data, HOUR).await;
            }
            let seen = dead.read(ID).await.expect("it answers").version;
            write(&alive, ID, "[1]", HOUR).await;
            let store = dead_store.get().await.expect("it opens");
            let (release, held) = mpsc::channel();
            let ahead = (store.dialect() == Dialect::Sqlite).then(|| busy_until(store, held));
            let ahead = ahead.map(tokio::spawn);
            tokio::task::yield_now().await; // It is sent first.
            let mut late = Box::pin(dead.write(ID, "[late]", HOUR, seen));
            let begun = poll_fn(|context| Poll::Ready(late.as_mut().poll(context).is_pending()));
            assert!(begun.await, "it is on its way");
            drop(late);
            drop(release);
            if let Some(ahead) = ahead {
                ahead.await.expect("no panic").expect("it answers");
            }
            write(&dead, "another", "[2]", HOUR).await; // Behind it, on the same way.
            assert_eq!(read(&alive, ID).await.as_deref(), Some("[1]"));
            // One who lives and has read the same insists: the last write wins.
            dead.write(ID, "[3]", HOUR, seen).await.expect("it is kept");
            assert_eq!(read(&alive, ID).await.as_deref(), Some("[3]"));
            alive.delete(ID).await.expect("it is removed");
        }
    });
}
