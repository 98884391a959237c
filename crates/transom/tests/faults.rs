//! What goes wrong with the storage of a running server: what was acknowledged is there, what cannot be done is told in
//! time, and everything goes on by itself when the cause is gone. The cases write sessions, and items of a collection.

use std::collections::BTreeMap;
use std::fs::Permissions;
use std::future::Future;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rustix::process::Signal;
use serde_json::{Value, json};
use transom_store::{Location, Options, Statement, Store};
use transom_testkit::{Connection, PATIENCE, Postgres, Process, Project, Reply, Request, Server};

/// Every request makes a session of its own or reads one; `/plain` needs no store.
const SESSION: &str = r#"
export const GET = async ({ session }) => Response.json((await session.get("value")) ?? null);
export const POST = async ({ session, request }) => {
  session.set("value", (await request.json()).value);
  return Response.json(true);
};
"#;

/// The same with items.
const ITEM: &str = r#"
import { items } from "@wix/data";
export const GET = async ({ url }) => Response.json((await items.get("things", url.searchParams.get("id")))?.value ?? null);
export const POST = async ({ request }) => Response.json((await items.insert("things", await request.json()))._id);
"#;

const COLLECTIONS: &str = r#"
[collections.things.permissions]
read = "ANYONE"
insert = "ANYONE"
"#;

/// Nobody has said who they are: calls are counted by address.
const LIMITED: &str = r#"
import { rateLimit } from "transom:access";
export const GET = rateLimit({ limit: 3, window: "1h" })(() => new Response("in"));
"#;

/// No answer takes longer: the wait for a connection and the time of a call, and some more for a busy machine.
const AT_MOST: Duration = Duration::from_secs(40);

fn project() -> Project {
    Project::new(env!("CARGO_BIN_EXE_transom"))
        .file("transom.toml", COLLECTIONS)
        .file("src/pages/session.ts", SESSION)
        .file("src/pages/item.ts", ITEM)
        .file("src/pages/plain.ts", "export const GET = () => new Response('plain');")
}

/// A new session, or a new item, with a value.
fn write(kind: &str, value: &Value) -> Request {
    Request::post(&format!("/{kind}")).json(&json!({ "value": value }))
}

/// How to read what such a request has written.
fn reader(kind: &str, reply: &Reply) -> Request {
    if kind == "item" {
        return Request::get(&format!("/item?id={}", reply.json().as_str().expect("an id")));
    }
    let cookie = reply.header("set-cookie").expect("a session has a cookie");
    Request::get("/session").header("cookie", cookie.split(';').next().unwrap_or_default())
}

const KINDS: [&str; 2] = ["session", "item"];

/// Writes something of each kind, and says how to read it.
fn write_known(server: &Server) -> [Request; 2] {
    KINDS.map(|kind| {
        let reply = server.request(&write(kind, &json!("known")));
        assert_eq!(reply.status, 200, "{kind}: {}", reply.text());
        reader(kind, &reply)
    })
}

/// What several clients have seen: how to read what was acknowledged, and how often other things came.
#[derive(Debug, Default)]
struct Seen {
    acknowledged: Vec<(Request, u64)>,
    refused: BTreeMap<String, usize>,
}

/// Two clients write new sessions and two new items, each on a connection of its own, while `trouble` is made. 503 must say when to come
/// again, and no answer may take too long.
fn write_during(server: &Server, trouble: impl FnOnce(&dyn Fn(usize))) -> Seen {
    let (seen, end) = (Mutex::new(Seen::default()), AtomicBool::new(false));
    let lock = || seen.lock().expect("no client panics with it");
    /// Ends the clients, also when the trouble itself fails.
    struct Ending<'a>(&'a AtomicBool);
    impl Drop for Ending<'_> {
        fn drop(&mut self) {
            self.0.store(true, Ordering::Relaxed);
        }
    }
    std::thread::scope(|scope| {
        for client in 0..4_u64 {
            let (lock, end, kind) = (&lock, &end, KINDS[client as usize % 2]);
            scope.spawn(move || {
                for number in 0.. {
                    if end.load(Ordering::Relaxed) {
                        return;
                    }
                    let (value, begun) = (client << 32 | number, Instant::now());
                    let sent = Connection::open(server.address()).and_then(|mut connection| {
                        connection.try_request(&write(kind, &json!(value)))
                    });
                    assert!(begun.elapsed() < AT_MOST, "an answer took {:?}", begun.elapsed());
                    let refused = match sent {
                        Ok(reply) if reply.status == 200 && reply.complete => {
                            lock().acknowledged.push((reader(kind, &reply), value));
                            continue;
                        }
                        Ok(reply) => {
                            let again = reply.header("retry-after").is_some();
                            assert_eq!(reply.status == 503, again, "{reply:?}");
                            reply.status.to_string()
                        }
                        Err(_) => "cut off".to_owned(),
                    };
                    *lock().refused.entry(refused).or_default() += 1;
                }
            });
        }
        let _ending = Ending(&end);
        trouble(&|more| {
            let (begun, before) = (Instant::now(), lock().acknowledged.len());
            while lock().acknowledged.len() < before + more {
                assert!(
                    begun.elapsed() < PATIENCE,
                    "nothing is acknowledged: {:?}",
                    lock().refused
                );
                std::thread::sleep(Duration::from_millis(1));
            }
        });
    });
    seen.into_inner().expect("no client panicked")
}

#[track_caller]
fn check_acknowledged(server: &Server, seen: &Seen) {
    assert!(seen.acknowledged.len() > 50, "{seen:?}");
    for (reader, value) in &seen.acknowledged {
        let reply = server.request(reader);
        assert_eq!((reply.status, reply.json()), (200, json!(value)), "it was acknowledged");
    }
}

fn wait<T>(work: impl Future<Output = T>) -> T {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all().build().expect("an event loop").block_on(work)
}

/// Has SQLite look through the whole file.
fn check_file(project: &Project) {
    let location = Location::in_folder(&project.path(".transom"));
    let store = Store::open(&location, &Options::default(), &[]).expect("the store opens");
    let rows = wait(store.read(Statement::new("PRAGMA integrity_check")));
    assert_eq!(rows.expect("it can be checked")[0].text(0), Ok("ok"));
}

#[test]
fn a_server_that_is_killed_again_and_again_keeps_what_it_acknowledged() {
    let server = project().build_and_serve();
    let seen = write_during(&server, |go_on| {
        for _ in 0..8 {
            go_on(20);
            let children = server.process().children();
            server.process().end_child(children[0], Signal::KILL);
        }
        go_on(20);
    });
    assert!(seen.refused.keys().all(|what| what == "cut off"), "{:?}", seen.refused);
    check_acknowledged(&server, &seen);
    check_file(server.project());
}

#[test]
fn another_process_writes_to_the_same_file() {
    let server = project().build_and_serve();
    let mut added = Vec::new();
    let seen = write_during(&server, |go_on| {
        for number in 0..8 {
            let id = format!("m{number}");
            let args = ["member", "add", &format!("{id}@example.org"), "--id", &id];
            let ended = server.project().run_with_input(&args, "correct horse\n");
            assert!(ended.status.success(), "{}", ended.stderr);
            added.push(id);
            go_on(20);
        }
    });
    assert_eq!(seen.refused, BTreeMap::new());
    check_acknowledged(&server, &seen);
    let listed = server.project().run(&["member", "list"]).stdout;
    assert!(added.iter().all(|id| listed.contains(&format!("{id}@example.org"))), "{listed}");
    check_file(server.project());
}

#[test]
fn a_database_that_is_restarted_under_load_loses_nothing() {
    let mut database = Postgres::start();
    let server = project().env("TRANSOM_DATABASE_URL", &database.url()).build_and_serve();
    let seen = write_during(&server, |go_on| {
        for _ in 0..3 {
            go_on(30);
            database.stop();
            assert_eq!(server.get("/plain").text(), "plain");
            database.resume();
        }
        go_on(30);
    });
    assert!(seen.refused.keys().all(|what| what == "503"), "{:?}", seen.refused);
    check_acknowledged(&server, &seen);
}

#[test]
fn connections_that_the_database_drops_are_made_anew() {
    let database = Postgres::start();
    let server = project().env("TRANSOM_DATABASE_URL", &database.url()).build_and_serve();
    let seen = write_during(&server, |go_on| {
        for _ in 0..10 {
            go_on(20);
            database.sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                 WHERE application_name = 'transom'",
            );
        }
        go_on(20);
    });
    assert!(seen.refused.keys().all(|what| what == "503"), "{:?}", seen.refused);
    check_acknowledged(&server, &seen);
}

#[test]
fn after_a_failover_that_only_reads_writing_goes_on_when_it_can() {
    let database = Postgres::start();
    let server = project().env("TRANSOM_DATABASE_URL", &database.url()).build_and_serve();
    let known = write_known(&server);
    let seen = write_during(&server, |go_on| {
        go_on(60);
        database.sql("ALTER DATABASE postgres SET default_transaction_read_only = on");
        database.sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
             WHERE application_name = 'transom'",
        );
        let begun = Instant::now();
        for kind in KINDS {
            while server.request(&write(kind, &json!(0))).status != 503 {
                assert!(begun.elapsed() < PATIENCE, "it writes on");
            }
        }
        for reader in &known {
            let reply = server.request(reader);
            assert_eq!((reply.status, reply.json()), (200, json!("known")), "reading goes on");
        }
        database.sql(
            "BEGIN READ WRITE; ALTER DATABASE postgres RESET default_transaction_read_only; COMMIT",
        );
        go_on(60);
    });
    assert!(seen.refused.keys().all(|what| what == "503"), "{:?}", seen.refused);
    check_acknowledged(&server, &seen);
}

#[test]
fn when_all_connections_are_in_use_nobody_waits_for_ever() {
    let database = Postgres::start();
    let server = project()
        .env("TRANSOM_DATABASE_URL", &database.url())
        .env("TRANSOM_STORE_CONNECTIONS", "2")
        .build_and_serve();
    let known = write_known(&server);
    // Whoever reads or writes sessions waits for the one that has the table.
    let lock = database.lock("transom_context_session");
    std::thread::scope(|scope| {
        let (answered, answers) = std::sync::mpsc::channel();
        for _ in 0..8 {
            let (answered, server, known) = (answered.clone(), &server, &known);
            scope.spawn(move || {
                let begun = Instant::now();
                let reply = server.request(&known[0]);
                assert!(begun.elapsed() < AT_MOST, "{:?}", begun.elapsed());
                let again = reply.header("retry-after").is_some();
                answered.send((reply.status, again)).expect("the test waits");
            });
        }
        drop(answered);
        assert_eq!(server.get("/plain").text(), "plain", "who needs no store is served");
        // Two have the connections; nobody else gets one before they go on.
        database.wait_for("SELECT count(*) FROM pg_locks WHERE NOT granted", "2");
        let item = server.request(&known[1]);
        assert_eq!((item.status, item.header("retry-after")), (503, Some("1")), "nor do items");
        let next = || answers.recv_timeout(PATIENCE).expect("an answer");
        for _ in 0..6 {
            assert_eq!(next(), (503, true), "who waits is told to come again");
        }
        drop(lock);
        assert_eq!([next(), next()], [(200, false); 2], "who had a connection is answered");
    });
    for reader in &known {
        assert_eq!(server.request(reader).json(), json!("known"));
    }
}

fn limited() -> Project {
    project().file("src/pages/limited.ts", LIMITED)
}

/// What so many calls of a limited endpoint are answered. Each is answered by what the server knows, and none waits for
/// the fifteen seconds that a database has for its answer.
fn statuses(server: &Server, calls: usize) -> Vec<u16> {
    let begun = Instant::now();
    let statuses = (0..calls).map(|_| server.get("/limited").status).collect();
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    statuses
}

#[test]
fn while_the_database_hangs_limits_are_counted_by_each_server() {
    let database = Postgres::start();
    let server = limited().env("TRANSOM_DATABASE_URL", &database.url()).build_and_serve();
    assert_eq!(statuses(&server, 1), [200]);
    let pause = database.pause();
    assert_eq!(statuses(&server, 4), [200, 200, 429, 429]);
    drop(pause);
    // It is back, and the store counts again.
    assert_eq!(statuses(&server, 1), [429]);
}

#[test]
fn a_server_that_starts_without_its_database_limits_by_address() {
    let mut database = Postgres::start();
    let project = limited().env("TRANSOM_DATABASE_URL", &database.url());
    database.stop();
    let server = project.build_and_serve();
    assert_eq!(statuses(&server, 5), [200, 200, 200, 429, 429]);
    assert_eq!(server.request(&write("session", &json!(1))).status, 503, "others need the store");
}

#[test]
fn a_full_disk_is_told_and_nothing_is_lost() {
    let server = project().env("TRANSOM_STORE_MAX_SIZE", "1MB").build_and_serve();
    let known = write_known(&server);
    let large = json!("x".repeat(100_000));
    let mut written = Vec::new();
    for number in 0.. {
        let kind = KINDS[number % 2];
        let reply = server.request(&write(kind, &large));
        if reply.status != 200 {
            assert_eq!(reply.status, 507, "{kind}");
            break;
        }
        written.push(reader(kind, &reply));
        assert!(written.len() < 20, "it takes more than it has room for");
    }
    for kind in KINDS {
        assert_eq!(server.request(&write(kind, &large)).status, 507, "{kind}");
    }
    server.log().wait_for("is full: free some disk space or raise its limit");
    for reader in &written {
        assert_eq!(server.request(reader).json(), large, "it was acknowledged");
    }
    for reader in &known {
        assert_eq!(server.request(reader).json(), json!("known"));
    }
    assert!(written.len() >= 4, "{}", written.len());
    check_file(server.project());
}

/// Permissions do not hold root back, so the server is `nobody` then.
#[test]
fn a_file_that_cannot_be_written_is_told() {
    let server = project().build_and_serve();
    let known = write_known(&server);
    let path = |name: &str| server.project().path(name);
    let set = |path: &Path, mode: u32| {
        std::fs::set_permissions(path, Permissions::from_mode(mode)).expect("it is ours");
    };
    set(&path(""), 0o755);
    set(&path(".transom"), 0o555);
    for file in ["transom.db", "transom.db-wal", "transom.db-shm"] {
        set(&path(".transom").join(file), 0o444);
    }
    // `nobody` may not look into root's home, where the target directory can be.
    let open_to_all = tempfile::tempdir().expect("a temporary folder");
    set(open_to_all.path(), 0o755);
    let program = open_to_all.path().join("transom");
    std::fs::copy(env!("CARGO_BIN_EXE_transom"), &program).expect("the program is copied");
    let mut command = Command::new(&program);
    command.args(["start", "--port", "0", "--host", "127.0.0.1"]).current_dir(path(""));
    if rustix::process::geteuid().is_root() {
        command.gid(65534).uid(65534);
    }
    let other = Process::start(&mut command);
    let line = other.log().wait_for("listening on http://");
    let (_, address) = line.split_once("http://").expect("an address");
    let address = address.trim().parse().expect("an address");
    let send = |request: &Request| Connection::open(address).expect("it listens").request(request);
    assert_eq!(send(&Request::get("/plain")).text(), "plain", "who needs no store is served");
    let [session, item] = &known;
    for request in [session, item, &write("session", &json!(1)), &write("item", &json!(1))] {
        let reply = send(request);
        assert_eq!((reply.status, reply.header("retry-after")), (503, Some("1")), "{request:?}");
    }
    other.log().wait_for("is read-only: check the owner and the permissions");
    set(&path(".transom"), 0o755);
    assert_eq!(server.request(session).json(), json!("known"), "its owner goes on");
}
