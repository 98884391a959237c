//! What a store promises, on both back ends, and how it fails.

mod crash;
mod file_faults;
mod harness;
mod server_faults;
mod suite;

/// The cases of the suite, each in a database of its own.
#[test]
fn the_suite_holds_on_sqlite() {
    suite::run(|| {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let location = transom_store::Location::in_folder(folder.path());
        (location, Box::new(folder))
    });
}

#[test]
fn the_suite_holds_on_postgresql() {
    let server = transom_testkit::Postgres::start();
    let mut databases = 0;
    suite::run(move || {
        databases += 1;
        let database = format!("suite{databases}");
        server.sql(&format!("CREATE DATABASE {database}"));
        (harness::postgres(&server.url_of(&database)), Box::new(()))
    });
}
