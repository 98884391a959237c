//! What the identity service promises, on both back ends of the store: every case runs twice. The cases named after an
//! attack are the security tests; each says the answer that the attacker gets.

mod accounts;
mod callers;
mod grants;
mod instances;
mod issuers;
mod login;
mod rate_limits;
mod tokens;
mod world;

use std::future::Future;
use std::pin::Pin;

use world::World;

/// A case: its name, and what it does with a fresh project.
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
    tokens::CASES,
    grants::CASES,
    login::CASES,
    accounts::CASES,
    callers::CASES,
    instances::CASES,
    issuers::CASES,
    rate_limits::CASES,
];

fn run(mut next: impl FnMut() -> World) {
    for (name, case) in ALL.iter().copied().flatten() {
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
    let mut projects = 0;
    run(|| {
        projects += 1;
        let database = format!("project{projects}");
        server.sql(&format!("CREATE DATABASE {database}"));
        World::on_postgresql(&server.url_of(&database))
    });
}
