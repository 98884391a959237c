//! The promises that hold on both back ends.

use std::any::Any;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use transom_store::{
    Batch, Location, Migration, Options, Schema, Statement, Store, StoreError, Value,
};

use super::harness::{ACCOUNTS, ACCOUNTS_2, add, balance, insert, open, poll_once, wait, write};

type Case = fn(Location) -> Pin<Box<dyn Future<Output = ()>>>;

const CASES: &[(&str, Case)] = &[
    ("what is written is read", |at| Box::pin(what_is_written_is_read(at))),
    ("all kinds of values come back", |at| Box::pin(all_kinds_of_values_come_back(at))),
    ("values are never part of a statement", |at| Box::pin(values_are_only_values(at))),
    ("parameters may repeat", |at| Box::pin(parameters_may_repeat(at))),
    ("a batch happens whole or not at all", |at| Box::pin(batches_are_atomic(at))),
    ("a step can demand rows", |at| Box::pin(a_step_can_demand_rows(at))),
    ("a failure does not touch neighbours", |at| Box::pin(failures_stay_alone(at))),
    ("no update is lost", |at| Box::pin(no_update_is_lost(at))),
    ("only one of many wins", |at| Box::pin(only_one_of_many_wins(at))),
    ("two programs share a database", |at| Box::pin(two_programs_share_a_database(at))),
    ("migrations go forward once", |at| Box::pin(migrations_go_forward_once(at))),
    ("a failed migration leaves nothing", |at| Box::pin(a_failed_migration_leaves_nothing(at))),
    ("a newer database is refused", |at| Box::pin(a_newer_database_is_refused(at))),
    ("programs that start together", |at| Box::pin(programs_start_together(at))),
    ("wrong statements are told", |at| Box::pin(wrong_statements_are_told(at))),
    ("a dropped call still happens", |at| Box::pin(a_dropped_call_still_happens(at))),
    ("what never ends is ended", |at| Box::pin(what_never_ends_is_ended(at))),
    ("too much at once is refused", |at| Box::pin(too_much_at_once_is_refused(at))),
    ("long statements work", |at| Box::pin(long_statements_work(at))),
    ("a transaction of many batches is one", |at| Box::pin(transactions_are_atomic(at))),
];

/// Runs every case on a database of its own; `make` keeps alive what it returns beside the place.
pub(crate) fn run(mut make: impl FnMut() -> (Location, Box<dyn Any>)) {
    for (name, case) in CASES {
        println!("case: {name}"); // Shown when one fails.
        let (location, _kept) = make();
        wait(case(location));
    }
}

async fn what_is_written_is_read(at: Location) {
    let store = open(&at);
    write(&store, insert("a", 7)).await.expect("the row is new");
    assert_eq!(balance(&store, "a").await, Some(7));
    assert_eq!(balance(&store, "b").await, None);
    drop(store);
    assert_eq!(balance(&open(&at), "a").await, Some(7), "after opening it again");
}

async fn all_kinds_of_values_come_back(at: Location) {
    let kinds = Schema {
        component: "kinds",
        migrations: &[Migration {
            name: "kinds",
            sql: "CREATE TABLE kind (id BIGINT PRIMARY KEY, t TEXT, i BIGINT, r DOUBLE PRECISION, b BYTEA)",
        }],
    };
    let store = Store::open(&at, &Options::default(), &[kinds]).expect("the store opens");
    let rows = [
        (1, "", 0, 0.5, vec![]),
        (2, "a\u{1F980}\"'; --\n", i64::MIN, -1.0e300, vec![0, 255, 39]),
        (3, "\u{FFFD}\u{0301}", i64::MAX, f64::MIN_POSITIVE, vec![7; 100_000]),
    ];
    for (id, text, number, real, bytes) in rows.clone() {
        let put = Statement::new("INSERT INTO kind (id, t, i, r, b) VALUES ($1, $2, $3, $4, $5)");
        let put = put.bind(id).bind(text).bind(number).bind(real).bind(bytes);
        write(&store, put).await.expect("the row is new");
    }
    let found = store.read(Statement::new("SELECT t, i, r, b FROM kind ORDER BY id")).await;
    for (row, (_, text, number, real, bytes)) in found.expect("it answers").iter().zip(rows) {
        assert_eq!(row.text(0).expect("text"), text);
        assert_eq!(row.integer(1).expect("a number"), number);
        assert_eq!(row.value(2), Some(&Value::Real(real)));
        assert_eq!(row.value(3), Some(&Value::Bytes(bytes)));
    }
    let null = Statement::new("INSERT INTO kind (id, t, i) VALUES ($1, $2, $3) RETURNING t, i, r");
    let null = null.bind(4).bind(None::<&str>).bind(None::<i64>);
    let row = store.write(null.into()).await.expect("the row is new").remove(0).rows.remove(0);
    assert_eq!((row.optional_text(0), row.optional_integer(1)), (Ok(None), Ok(None)));
    assert!(row.text(0).is_err() && row.integer(2).is_err() && row.text(9).is_err());
}

async fn values_are_only_values(at: Location) {
    let store = open(&at);
    let hostile = "x'); DROP TABLE account; --";
    write(&store, insert(hostile, 1)).await.expect("the row is new");
    assert_eq!(balance(&store, hostile).await, Some(1));
    assert_eq!(balance(&store, "' OR '1'='1").await, None);
}

async fn parameters_may_repeat(at: Location) {
    let store = open(&at);
    let put = "INSERT INTO account (id, balance, note) VALUES ($2, $1, $2)";
    write(&store, Statement::new(put).bind(5).bind("a")).await.expect("the row is new");
    let find = "SELECT note FROM account WHERE id = $2 AND balance = $1 AND note = $2";
    let rows = store.read(Statement::new(find).bind(5).bind("a")).await.expect("it answers");
    assert_eq!(rows[0].text(0).expect("text"), "a");
}

async fn batches_are_atomic(at: Location) {
    let store = open(&at);
    write(&store, insert("a", 1)).await.expect("the row is new");
    let batch = Batch::new().run(add("a", 10)).run(insert("b", 1)).run(insert("a", 2));
    let error = write(&store, batch).await.expect_err("`a` exists");
    assert!(matches!(error, StoreError::Conflict { .. }), "{error:?}");
    assert_eq!((balance(&store, "a").await, balance(&store, "b").await), (Some(1), None));
}

async fn a_step_can_demand_rows(at: Location) {
    let store = open(&at);
    write(&store, insert("a", 1)).await.expect("the row is new");
    let batch = Batch::new().run(insert("b", 1)).require(1, add("nobody", 1));
    let error = write(&store, batch).await.expect_err("nobody has an account");
    assert_eq!(error, StoreError::Unmet { step: 1, required: 1, found: 0 });
    assert_eq!(balance(&store, "b").await, None);
    let set = "UPDATE account SET balance = 9 WHERE id = $1 AND balance = $2 RETURNING balance";
    let set = |old: i64| Batch::new().require(1, Statement::new(set).bind("a").bind(old));
    let done = store.write(set(1)).await.expect("it is 1");
    assert_eq!((done[0].affected, done[0].rows[0].integer(0)), (1, Ok(9)));
    assert!(matches!(store.write(set(1)).await, Err(StoreError::Unmet { found: 0, .. })));
}

async fn failures_stay_alone(at: Location) {
    let store = open(&at);
    write(&store, insert("taken", 0)).await.expect("the row is new");
    // Handed over together, so that SQLite's writer takes them as a group.
    let ids: Vec<String> = (0..60).map(|number| format!("id{number}")).collect();
    let writes = ids.iter().enumerate().map(|(number, id)| {
        let fails = number % 3 == 0;
        let second = if fails { insert("taken", 1) } else { add("taken", 1) };
        write(&store, Batch::new().run(insert(id, 1)).run(second))
    });
    let results = futures_util::future::join_all(writes).await;
    for (number, (id, result)) in ids.iter().zip(&results).enumerate() {
        assert_eq!(result.is_err(), number % 3 == 0, "{id}: {result:?}");
        assert_eq!(balance(&store, id).await.is_some(), result.is_ok(), "{id}");
    }
    assert_eq!(balance(&store, "taken").await, Some(40));
}

async fn no_update_is_lost(at: Location) {
    let store = open(&at);
    write(&store, insert("a", 0)).await.expect("the row is new");
    let adds = (0..300).map(|_| write(&store, add("a", 1)));
    let failed =
        futures_util::future::join_all(adds).await.into_iter().filter(Result::is_err).count();
    assert_eq!((failed, balance(&store, "a").await), (0, Some(300)));
}

async fn only_one_of_many_wins(at: Location) {
    let store = open(&at);
    write(&store, insert("a", 0)).await.expect("the row is new");
    let take = || {
        let take = "UPDATE account SET balance = 1 WHERE id = $1 AND balance = 0";
        write(&store, Batch::new().require(1, Statement::new(take).bind("a")))
    };
    let results = futures_util::future::join_all((0..50).map(|_| take())).await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    let unmet = |result: &Result<(), StoreError>| matches!(result, Err(StoreError::Unmet { .. }));
    assert_eq!(results.iter().filter(|result| unmet(result)).count(), 49);
}

async fn two_programs_share_a_database(at: Location) {
    let (one, two) = (open(&at), open(&at));
    write(&one, insert("a", 0)).await.expect("the row is new");
    let adds = (0..100).map(|number| write(if number % 2 == 0 { &one } else { &two }, add("a", 1)));
    let results = futures_util::future::join_all(adds).await;
    assert!(results.iter().all(Result::is_ok), "{results:?}");
    assert_eq!((balance(&one, "a").await, balance(&two, "a").await), (Some(100), Some(100)));
}

async fn migrations_go_forward_once(at: Location) {
    let store = open(&at);
    write(&store, insert("a", 3)).await.expect("the row is new");
    drop(store);
    for _ in 0..2 {
        let store = Store::open(&at, &Options::default(), &[ACCOUNTS_2]).expect("it migrates");
        let rows = store.read(Statement::new("SELECT balance, currency FROM account")).await;
        let rows = rows.expect("it answers");
        assert_eq!((rows[0].integer(0), rows[0].text(1)), (Ok(3), Ok("EUR")));
        let versions = "SELECT version, name FROM transom_migration ORDER BY version";
        let versions = store.read(Statement::new(versions)).await.expect("it answers");
        assert_eq!(versions.len(), 2);
        assert_eq!((versions[1].integer(0), versions[1].text(1)), (Ok(2), Ok("currency")));
    }
}

async fn a_failed_migration_leaves_nothing(at: Location) {
    drop(open(&at));
    const BROKEN: Schema = Schema {
        component: "accounts",
        migrations: &[
            ACCOUNTS_2.migrations[0],
            ACCOUNTS_2.migrations[1],
            Migration { name: "broken", sql: "CREATE TABLE half (id BIGINT); SELECT nonsense" },
        ],
    };
    let failed = Store::open(&at, &Options::default(), &[BROKEN]);
    assert!(matches!(failed, Err(StoreError::Statement { .. })), "{failed:?}");
    let store = open(&at); // Still at its first version.
    let half = store.read(Statement::new("SELECT id FROM half")).await;
    assert!(matches!(half, Err(StoreError::Statement { .. })), "{half:?}");
}

async fn a_newer_database_is_refused(at: Location) {
    drop(Store::open(&at, &Options::default(), &[ACCOUNTS_2]).expect("it migrates"));
    let error = Store::open(&at, &Options::default(), &[ACCOUNTS]).expect_err("it is newer");
    assert!(
        matches!(error, StoreError::Newer { component: "accounts", found: 2, known: 1, .. }),
        "{error:?}"
    );
}

async fn programs_start_together(at: Location) {
    let opened: Vec<_> = std::thread::scope(|scope| {
        let opening: Vec<_> = (0..6).map(|_| scope.spawn(|| open(&at))).collect();
        opening.into_iter().map(|thread| thread.join().expect("no panic")).collect()
    });
    write(&opened[0], insert("a", 1)).await.expect("the row is new");
    for store in &opened {
        assert_eq!(balance(store, "a").await, Some(1));
    }
}

async fn wrong_statements_are_told(at: Location) {
    let store = open(&at);
    for wrong in [
        Statement::new("SELECT FROM WHERE"),
        Statement::new("SELECT id FROM nothing"),
        Statement::new("SELECT id FROM account WHERE id = $1"),
    ] {
        let error = store.read(wrong.clone()).await.expect_err("it is wrong");
        assert!(matches!(error, StoreError::Statement { .. }), "{wrong:?}: {error:?}");
    }
    write(&store, insert("a", 1)).await.expect("the store goes on");
}

async fn a_dropped_call_still_happens(at: Location) {
    let store = open(&at);
    {
        let mut call = Box::pin(write(&store, insert("a", 1)));
        assert!(poll_once(&mut call).await.is_pending());
    }
    // A writer serves in order; a pool does not, so the row may come a little later.
    write(&store, insert("b", 1)).await.expect("the row is new");
    let begun = std::time::Instant::now();
    while balance(&store, "a").await.is_none() {
        assert!(begun.elapsed() < transom_testkit::PATIENCE, "the row never came");
        tokio::task::yield_now().await;
    }
}

async fn what_never_ends_is_ended(at: Location) {
    let options = Options {
        timeout: Duration::from_millis(300),
        connections: 1,
        wait: Duration::from_secs(30),
        ..Options::default()
    };
    let store = Store::open(&at, &options, &[ACCOUNTS]).expect("the store opens");
    let endless =
        "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT 1 FROM n) SELECT COUNT(*) FROM n";
    for _ in 0..3 {
        let error = store.scan(Statement::new(endless)).await.expect_err("it never ends");
        assert!(error.is_temporary(), "{error:?}");
        // Not behind the old statement.
        write(&store, insert(&format!("{:?}", std::time::Instant::now()), 1)).await.expect("free");
    }
}

async fn too_much_at_once_is_refused(at: Location) {
    let store = open(&at);
    let rows = |count: i64| {
        let text = "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < $2) \
                    SELECT CAST($1 AS TEXT) FROM n";
        Statement::new(text).bind("x".repeat(1 << 20)).bind(count)
    };
    for found in [store.read(rows(100)).await, store.scan(rows(100)).await] {
        let found = found.map(|rows| rows.len());
        assert!(matches!(found, Err(StoreError::TooMuch { .. })), "{found:?}");
    }
    assert_eq!(store.scan(rows(50)).await.expect("that is not too much").len(), 50);
    let all = store.snapshot(|look| Ok(look(rows(100))?.len()));
    assert_eq!(all, Ok(100), "commands read what they like");
}

async fn long_statements_work(at: Location) {
    let store = open(&at);
    let numbers: Vec<String> = (0..5000).map(|number| number.to_string()).collect();
    let text = format!("SELECT CAST($1 AS BIGINT) IN ({})", numbers.join(", "));
    for (number, is_in) in [(7, 1), (4999, 1), (5000, 0)] {
        let rows = store.read(Statement::new(text.clone()).bind(number)).await;
        assert_eq!(rows.expect("it is understood")[0].integer(0), Ok(is_in));
    }
}

async fn transactions_are_atomic(at: Location) {
    let store = open(&at);
    let begun = store.transaction(|run| {
        run(insert("a", 1).into())?;
        run(Batch::new().require(1, add("a", 4)))?;
        Ok("done")
    });
    assert_eq!((begun, balance(&store, "a").await), (Ok("done"), Some(5)));
    // A batch that fails, work that gives up, and work that ends in a panic.
    let failed = store.transaction(|run| {
        run(insert("b", 1).into())?;
        run(insert("a", 1).into()).map(drop)
    });
    assert!(matches!(failed, Err(StoreError::Conflict { .. })), "{failed:?}");
    let given_up: Result<(), _> = store.transaction(|run| {
        run(insert("b", 1).into())?;
        Err(StoreError::Refused)
    });
    assert_eq!(given_up, Err(StoreError::Refused));
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        store.transaction(|run| -> Result<(), StoreError> {
            run(insert("b", 1).into())?;
            panic!("in the middle")
        })
    }));
    assert!(panicked.is_err());
    assert_eq!(balance(&store, "b").await, None, "nothing of them is there");
    write(&store, insert("b", 2)).await.expect("others write on");
}
