//! What the tests share: a small table, and ways to open a store.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;

use transom_store::{
    Batch, Location, Migration, Options, PostgresUrl, Schema, Statement, Store, StoreError,
};

/// Accounts with a balance.
pub(crate) const ACCOUNTS: Schema = Schema {
    component: "accounts",
    migrations: &[Migration {
        name: "accounts",
        sql: "CREATE TABLE account (id TEXT PRIMARY KEY, balance BIGINT NOT NULL, note TEXT)",
    }],
};

/// The same component, one version later.
pub(crate) const ACCOUNTS_2: Schema = Schema {
    component: "accounts",
    migrations: &[
        ACCOUNTS.migrations[0],
        Migration {
            name: "currency",
            sql: "ALTER TABLE account ADD COLUMN currency TEXT NOT NULL DEFAULT 'EUR'; \
                  CREATE INDEX account_currency ON account (currency)",
        },
    ],
};

pub(crate) fn postgres(url: &str) -> Location {
    Location::Postgres(Box::new(PostgresUrl::parse(url).expect("a usable address")))
}

pub(crate) fn open(location: &Location) -> Store {
    Store::open(location, &Options::default(), &[ACCOUNTS]).expect("the store opens")
}

/// Runs a future on an event loop with one thread, as a worker has.
pub(crate) fn wait<T>(work: impl Future<Output = T>) -> T {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all().build().expect("an event loop").block_on(work)
}

pub(crate) fn insert(id: &str, balance: i64) -> Statement {
    Statement::new("INSERT INTO account (id, balance) VALUES ($1, $2)").bind(id).bind(balance)
}

pub(crate) fn add(id: &str, amount: i64) -> Statement {
    Statement::new("UPDATE account SET balance = balance + $2 WHERE id = $1").bind(id).bind(amount)
}

pub(crate) async fn balance(store: &Store, id: &str) -> Option<i64> {
    let find = Statement::new("SELECT balance FROM account WHERE id = $1").bind(id);
    let rows = store.read(find).await.expect("the store answers");
    rows.first().map(|row| row.integer(0).expect("a number"))
}

pub(crate) async fn write(store: &Store, batch: impl Into<Batch>) -> Result<(), StoreError> {
    store.write(batch.into()).await.map(drop)
}

/// Polls a future once, as a caller does that then goes away.
pub(crate) async fn poll_once<F: Future + Unpin>(work: &mut F) -> Poll<F::Output> {
    poll_fn(|context| Poll::Ready(Pin::new(&mut *work).poll(context))).await
}
