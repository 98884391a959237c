//! What can happen to a file: each has an error of its own, and reading goes on where it can.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use tempfile::TempDir;
use transom_store::{Batch, DATABASE_FILE, Location, Options, Statement, Store, StoreError};

use super::harness::{ACCOUNTS, add, balance, insert, open, poll_once, wait, write};

fn folder() -> (TempDir, Location) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let location = Location::in_folder(folder.path());
    (folder, location)
}

#[test]
fn a_full_database_says_so_and_still_reads() {
    let (_folder, location) = folder();
    let options = Options { max_bytes: Some(256 << 10), ..Options::default() };
    let store = Store::open(&location, &options, &[ACCOUNTS]).expect("the store opens");
    wait(async {
        write(&store, insert("small", 1)).await.expect("there is room");
        let put = Statement::new("INSERT INTO account (id, balance, note) VALUES ($1, 0, $2)");
        let large = put.bind("large").bind("x".repeat(300 << 10));
        // Neighbours in the same group are not taken along.
        let (refused, taken) =
            tokio::join!(write(&store, large.clone()), write(&store, insert("next", 2)));
        assert!(matches!(refused, Err(StoreError::Full { .. })), "{refused:?}");
        taken.expect("a small row has room");
        let batch = Batch::new().run(add("small", 1)).run(large);
        assert!(matches!(write(&store, batch).await, Err(StoreError::Full { .. })));
        assert_eq!(balance(&store, "small").await, Some(1));
        assert_eq!(balance(&store, "next").await, Some(2));
        assert_eq!(balance(&store, "large").await, None);
    });
}

#[test]
fn a_file_that_is_no_database_is_refused_and_left_alone() {
    let (folder, location) = folder();
    let file = folder.path().join(DATABASE_FILE);
    fs::write(&file, "this is not a database, but somebody's letter\n".repeat(100)).expect("ours");
    let before = fs::read(&file).expect("ours");
    let error = Store::open(&location, &Options::default(), &[ACCOUNTS]).expect_err("no database");
    assert!(matches!(error, StoreError::Corrupt { .. }), "{error:?}");
    assert!(error.to_string().contains(DATABASE_FILE), "{error}");
    assert_eq!(fs::read(&file).expect("ours"), before);
}

#[test]
fn a_damaged_page_is_told_when_it_is_met() {
    let (folder, location) = folder();
    let store = open(&location);
    wait(async {
        for number in 0..500 {
            write(&store, insert(&format!("id{number}"), 1)).await.expect("the row is new");
        }
    });
    drop(store); // The last connection moves the log into the file.
    let file = folder.path().join(DATABASE_FILE);
    let mut bytes = fs::read(&file).expect("ours");
    let half = bytes.len() / 2;
    bytes[half..].fill(0xA5);
    fs::write(&file, bytes).expect("ours");
    let store = open(&location);
    let all = wait(store.read(Statement::new("SELECT id, balance, note FROM account")));
    assert!(matches!(all, Err(StoreError::Corrupt { .. })), "{all:?}");
}

#[test]
fn another_writer_that_does_not_end_is_told_after_a_while() {
    let (folder, location) = folder();
    let options = Options { busy_timeout: Duration::from_millis(50), ..Options::default() };
    let store = Store::open(&location, &options, &[ACCOUNTS]).expect("the store opens");
    let other = rusqlite::Connection::open(folder.path().join(DATABASE_FILE)).expect("it opens");
    other.execute_batch("BEGIN IMMEDIATE").expect("nobody writes");
    wait(async {
        let refused = write(&store, insert("a", 1)).await;
        assert!(matches!(refused, Err(StoreError::Busy { .. })), "{refused:?}");
        assert!(refused.is_err_and(|error| error.is_temporary()));
        assert_eq!(balance(&store, "a").await, None, "reading waits for no writer");
        other.execute_batch("COMMIT").expect("it holds the lock");
        write(&store, insert("a", 1)).await.expect("the other has ended");
    });
}

#[test]
fn more_than_the_queue_holds_is_refused_at_once() {
    let (folder, location) = folder();
    let options = Options { queue: 4, ..Options::default() };
    let store = Store::open(&location, &options, &[ACCOUNTS]).expect("the store opens");
    let other = rusqlite::Connection::open(folder.path().join(DATABASE_FILE)).expect("it opens");
    other.execute_batch("BEGIN IMMEDIATE").expect("nobody writes");
    let ids: Vec<String> = (0..64).map(|number| format!("id{number}")).collect();
    wait(async {
        let mut writes: Vec<_> =
            ids.iter().map(|id| Box::pin(write(&store, insert(id, 1)))).collect();
        let mut refused = 0;
        for write in &mut writes {
            if let std::task::Poll::Ready(result) = poll_once(write).await {
                let error = result.expect_err("the other holds the lock");
                assert!(matches!(error, StoreError::Exhausted { .. }), "{error:?}");
                refused += 1;
            }
        }
        assert!((58..=60).contains(&refused), "4 wait, 1 or 2 are being written: {refused}");
        other.execute_batch("COMMIT").expect("it holds the lock");
    });
}

#[test]
fn the_file_is_its_owners_alone() {
    let (folder, location) = folder();
    drop(open(&location));
    let file = folder.path().join(DATABASE_FILE);
    let mode = fs::metadata(&file).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_missing_folder_is_told() {
    let location = Location::in_folder(Path::new("/nonexistent/state"));
    let error = Store::open(&location, &Options::default(), &[]).expect_err("no such folder");
    assert!(matches!(error, StoreError::Unavailable { .. }), "{error:?}");
    assert!(error.to_string().contains("/nonexistent/state"), "{error}");
}

#[test]
fn a_lock_is_waited_for_once_for_all_who_wait() {
    let (folder, location) = folder();
    let busy_timeout = Duration::from_millis(100);
    let options = Options { busy_timeout, ..Options::default() };
    let store = Store::open(&location, &options, &[ACCOUNTS]).expect("the store opens");
    let other = rusqlite::Connection::open(folder.path().join(DATABASE_FILE)).expect("it opens");
    other.execute_batch("BEGIN IMMEDIATE").expect("nobody writes");
    // Whoever waited for each of the others would come to its turn after the lock is gone.
    let (done, ended) = std::sync::mpsc::channel::<()>();
    let holder = std::thread::spawn(move || {
        let _either_way = ended.recv_timeout(50 * busy_timeout);
        other.execute_batch("COMMIT").expect("it holds the lock");
    });
    let ids: Vec<String> = (0..200).map(|number| format!("id{number}")).collect();
    let results =
        wait(futures_util::future::join_all(ids.iter().map(|id| write(&store, insert(id, 1)))));
    done.send(()).expect("somebody holds the lock");
    for result in results {
        assert!(matches!(result, Err(StoreError::Busy { .. })), "{result:?}");
    }
    holder.join().expect("no panic");
    wait(write(&store, insert("a", 1))).expect("the lock is gone");
}
