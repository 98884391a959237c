//! The process is killed while it writes, again and again, and may not write at all.
//!
//! The child is this test program itself, which runs only the test `child` when a variable says so.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use transom_store::{Location, Options, Store, StoreError};

use super::harness::{ACCOUNTS, add, balance, insert, open, wait, write};

const FOLDER: &str = "TRANSOM_STORE_CHILD_FOLDER";
const TASK: &str = "TRANSOM_STORE_CHILD_TASK";

/// What a child does; without the variables this is no child.
#[test]
fn child() {
    let (Ok(folder), Ok(task)) = (std::env::var(FOLDER), std::env::var(TASK)) else { return };
    let location = Location::in_folder(folder.as_ref());
    if task == "read-only" {
        let line = match Store::open(&location, &Options::default(), &[ACCOUNTS]) {
            Err(error) => error,
            Ok(store) => wait(write(&store, insert("b", 1))).expect_err("it is read-only"),
        };
        assert!(matches!(line, StoreError::ReadOnly { .. }), "{line:?}");
        println!("\nrefused: {line}");
        return;
    }
    let store = open(&location);
    let tell = |id: &str| {
        let mut out = std::io::stdout().lock();
        writeln!(out, "\nwritten {id}").and_then(|()| out.flush()).expect("somebody reads");
    };
    wait(async {
        let flows = (0..8).map(|flow| {
            let (store, task) = (store.clone(), task.clone());
            async move {
                for number in 0.. {
                    let id = format!("{task}-{flow}-{number}");
                    write(&store, insert(&id, 1)).await.expect("the row is new");
                    tell(&id);
                }
            }
        });
        futures_util::future::join_all(flows).await;
    });
}

fn start_child(program: &Path, folder: &Path, task: &str, user: Option<u32>) -> Child {
    let mut command = Command::new(program);
    command.args(["--exact", "crash::child", "--nocapture"]);
    command.env(FOLDER, folder).env(TASK, task).stdout(Stdio::piped());
    if let Some(user) = user {
        command.gid(user).uid(user);
    }
    command.spawn().expect("the test program starts")
}

fn this_program() -> PathBuf {
    std::env::current_exe().expect("the test program")
}

#[test]
fn a_killed_process_loses_no_acknowledged_write() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let location = Location::in_folder(folder.path());
    let mut written = Vec::new();
    for round in 0..12 {
        let mut child = start_child(&this_program(), folder.path(), &format!("r{round}"), None);
        let output = BufReader::new(child.stdout.take().expect("it is piped"));
        let lines = output.lines().map_while(Result::ok);
        let mut acknowledged =
            lines.filter_map(|line| Some(line.strip_prefix("written ")?.to_owned()));
        written.extend(acknowledged.by_ref().take(20 + 7 * round));
        child.kill().expect("it writes on"); // SIGKILL.
        // Between the last line that was read and the end it may have told of more.
        written.extend(acknowledged);
        child.wait().expect("it has ended");
    }
    assert!(written.len() > 500, "{}", written.len());
    let store = open(&location);
    wait(async {
        for id in &written {
            assert_eq!(balance(&store, id).await, Some(1), "{id} was acknowledged");
        }
        write(&store, add(&written[0], 1)).await.expect("it takes writes again");
    });
    drop(store);
    let file = folder.path().join(transom_store::DATABASE_FILE);
    let connection = rusqlite::Connection::open(file).expect("it opens");
    let verdict: String = connection
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .expect("it can be checked");
    assert_eq!(verdict, "ok");
}

/// Permissions do not hold root back, so the child is `nobody` then.
#[test]
fn a_file_without_permission_to_write_is_told() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let location = Location::in_folder(folder.path());
    let store = open(&location);
    wait(write(&store, insert("a", 1))).expect("the row is new");
    drop(store);
    let set = |path: &Path, mode: u32| {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("it is ours");
    };
    set(&folder.path().join(transom_store::DATABASE_FILE), 0o444);
    set(folder.path(), 0o555);
    let nobody = rustix::process::geteuid().is_root().then_some(65534);
    // `nobody` may not look into root's home, where the target directory can be.
    let open_to_all = tempfile::tempdir().expect("a temporary folder");
    set(open_to_all.path(), 0o755);
    let program = open_to_all.path().join("store-test");
    std::fs::copy(this_program(), &program).expect("the program is copied");
    set(&program, 0o755);
    let child = start_child(&program, folder.path(), "read-only", nobody);
    let output = child.wait_with_output().expect("it ends");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("is read-only"), "{text}");
    set(folder.path(), 0o755);
}
