//! What can happen to a server: a dead one is told at once, one that comes back is used again.

use std::time::Duration;

use transom_store::{Options, Store, StoreError};
use transom_testkit::Postgres;

use super::harness::{ACCOUNTS, add, balance, insert, open, poll_once, postgres, wait, write};

#[test]
fn a_server_that_stops_is_told_and_used_again_when_it_is_back() {
    let mut server = Postgres::start();
    let store = open(&postgres(&server.url()));
    wait(write(&store, insert("a", 1))).expect("the row is new");
    server.stop();
    let down = wait(write(&store, insert("b", 1))).expect_err("the server is down");
    assert!(matches!(down, StoreError::Unavailable { .. }) && down.is_temporary(), "{down:?}");
    server.resume();
    wait(async {
        write(&store, add("a", 1)).await.expect("the server is back");
        assert_eq!(balance(&store, "a").await, Some(2));
    });
}

#[test]
fn connections_that_the_server_drops_are_replaced_without_an_error() {
    let server = Postgres::start();
    let store = open(&postgres(&server.url()));
    wait(write(&store, insert("a", 0))).expect("the row is new");
    for round in 1..=5 {
        let others = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
                      WHERE application_name = 'transom'";
        assert_ne!(server.sql(others), "0");
        // Reading goes on at once. A single statement that was sent when the connection dropped fails by right, as
        // nobody knows whether it has happened: let the client hear of it first.
        assert_eq!(wait(balance(&store, "a")), Some(round - 1));
        std::thread::sleep(Duration::from_millis(300));
        wait(write(&store, add("a", 1))).expect("a new connection takes its place");
        assert_eq!(wait(balance(&store, "a")), Some(round));
    }
}

#[test]
fn a_server_that_only_reads_is_told() {
    let server = Postgres::start();
    let store = open(&postgres(&server.url()));
    wait(write(&store, insert("a", 1))).expect("the row is new");
    server.sql("ALTER DATABASE postgres SET default_transaction_read_only = on");
    server.sql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'transom'",
    );
    let refused = wait(write(&store, add("a", 1))).expect_err("it answers reads only");
    assert!(matches!(refused, StoreError::ReadOnly { .. }), "{refused:?}");
    assert_eq!(wait(balance(&store, "a")), Some(1));
    server.sql(
        "BEGIN READ WRITE; ALTER DATABASE postgres RESET default_transaction_read_only; COMMIT",
    );
    // Connections that only read are given up, so that new ones may lead to a server that writes.
    wait(write(&store, add("a", 1))).expect("it writes again");
}

#[test]
fn a_pool_that_is_exhausted_does_not_hang() {
    let server = Postgres::start();
    let options =
        Options { connections: 1, wait: Duration::from_millis(200), ..Options::default() };
    let location = postgres(&server.url());
    let store = Store::open(&location, &options, &[ACCOUNTS]).expect("the store opens");
    wait(async {
        let sleep = transom_store::Statement::new("SELECT CAST(pg_sleep(3) AS TEXT)");
        let mut slow = Box::pin(store.read(sleep));
        assert!(poll_once(&mut slow).await.is_pending());
        let begun = std::time::Instant::now();
        loop {
            // The slow one may not have its connection yet.
            let result = write(&store, insert(&format!("{:?}", begun.elapsed()), 1)).await;
            match result {
                Err(StoreError::Exhausted { .. }) => break,
                Err(error) => panic!("{error:?}"),
                Ok(()) => assert!(begun.elapsed() < Duration::from_secs(3), "never exhausted"),
            }
        }
        slow.await.expect("it ends");
        write(&store, insert("after", 1)).await.expect("the connection is free again");
    });
}

#[test]
fn a_call_that_takes_too_long_is_given_up() {
    let server = Postgres::start();
    let options = Options { timeout: Duration::from_millis(300), ..Options::default() };
    let location = postgres(&server.url());
    let store = Store::open(&location, &options, &[ACCOUNTS]).expect("the store opens");
    let sleep = transom_store::Statement::new("SELECT CAST(pg_sleep(60) AS TEXT)");
    let error = wait(store.read(sleep)).expect_err("it takes a minute");
    assert!(matches!(error, StoreError::Unavailable { .. }), "{error:?}");
    let left = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%pg_sleep(60)%' \
                AND pid <> pg_backend_pid()";
    let begun = std::time::Instant::now();
    while server.sql(left) != "0" {
        assert!(begun.elapsed() < transom_testkit::PATIENCE, "the server still works on it");
        std::thread::sleep(Duration::from_millis(20));
    }
    // What makes tables may take longer than a call.
    store.define("SELECT pg_sleep(1)").expect("it is waited for");
    let slow = store
        .snapshot(|look| look(transom_store::Statement::new("SELECT CAST(pg_sleep(1) AS TEXT)")));
    slow.expect("it is waited for");
    const SLOW: transom_store::Schema = transom_store::Schema {
        component: "slow",
        migrations: &[transom_store::Migration { name: "slow", sql: "SELECT pg_sleep(1)" }],
    };
    store.migrate(&[SLOW]).expect("it is waited for");
}

#[test]
fn wrong_addresses_are_told_at_start_without_the_password() {
    let server = Postgres::start();
    let address = server.url();
    let with_password = address.replace("postgres@", "postgres:hunter2@");
    for wrong in [
        with_password.replace("/postgres", "/nothing").replace("postgres:/nothing", "postgres:/"),
        "postgres://me:hunter2@127.0.0.1:1/shop".to_owned(),
        format!("{with_password}?sslmode=require"),
    ] {
        let opened = Store::open(&postgres(&wrong), &Options::default(), &[ACCOUNTS]);
        let error = opened.expect_err(&wrong);
        assert!(matches!(error, StoreError::Unavailable { .. }), "{wrong}: {error:?}");
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }
}
