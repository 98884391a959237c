//! What the data service promises, on both back ends of the store: every case runs twice.

mod bulk;
mod declarations;
mod faults;
mod items;
mod lists;
mod permissions;
mod plans;
mod queries;
mod references;
mod transfer;
mod world;

use std::future::Future;
use std::pin::Pin;

use world::World;

/// A case: its name, and what it does with an empty database.
type Case = (&'static str, fn(World) -> Pin<Box<dyn Future<Output = ()>>>);

/// Lists cases by the names of their functions.
macro_rules! cases {
    ($($case:ident),* $(,)?) => {
        pub(crate) const CASES: &[crate::Case] =
            &[$((stringify!($case), |world| Box::pin($case(world)))),*];
    };
}
pub(crate) use cases;

const ALL: &[&[Case]] = &[
    items::CASES,
    queries::CASES,
    lists::CASES,
    bulk::CASES,
    references::CASES,
    permissions::CASES,
    plans::CASES,
    transfer::CASES,
    declarations::CASES,
];

fn run(mut next: impl FnMut() -> World) {
    let only = std::env::var("CASE").unwrap_or_default();
    for (name, case) in ALL.iter().copied().flatten().filter(|(name, _)| name.contains(&only)) {
        println!("case: {name}"); // Shown when one fails.
        let world = next();
        world::wait(case(world));
    }
}

#[test]
fn every_case_holds_on_sqlite() {
    run(World::on_sqlite);
}

#[test]
fn every_case_holds_on_postgresql() {
    let server = transom_testkit::Postgres::start();
    let mut databases = 0;
    run(|| {
        databases += 1;
        let database = format!("data{databases}");
        server.sql(&format!("CREATE DATABASE {database}"));
        World::on_postgresql(&server.url_of(&database))
    });
}
