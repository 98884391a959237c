//! A PostgreSQL server of one test: in a temporary folder, on a free port, ended with the value.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use rustix::process::Signal;
use tempfile::TempDir;

use crate::PATIENCE;
use crate::process::Process;

/// A running PostgreSQL server with one database, `postgres`, whose user `postgres` needs no password.
#[derive(Debug)]
pub struct Postgres {
    folder: TempDir,
    port: u16,
    /// `None` while it is stopped.
    server: Option<Process>,
}

/// The user that the server runs as: PostgreSQL refuses to run as root.
#[derive(Clone, Copy, Debug)]
struct Account {
    uid: u32,
    gid: u32,
}

impl Postgres {
    /// Makes a database cluster and starts a server on it.
    ///
    /// # Panics
    /// When PostgreSQL is not installed or does not start.
    #[must_use]
    pub fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("it is ours");
        let data = folder.path().join("data");
        fs::create_dir(&data).expect("the folder is empty");
        if let Some(account) = account() {
            chown(&data, Some(account.uid), Some(account.gid)).expect("root may do this");
        }
        let made = command("initdb", folder.path())
            .args(["--no-sync", "--auth=trust", "--username=postgres", "--encoding=UTF8"])
            .arg("--locale=C")
            .arg(&data)
            .output()
            .expect("initdb is there");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let mut postgres = Self { folder, port: free_port(), server: None };
        postgres.resume();
        postgres
    }

    /// Starts the server again after [`stop`](Self::stop), on the same port and data.
    ///
    /// # Panics
    /// When it does not start.
    pub fn resume(&mut self) {
        let mut server = command("postgres", self.folder.path());
        server.arg("-D").arg(self.folder.path().join("data"));
        for setting in [
            format!("port={}", self.port),
            "listen_addresses=127.0.0.1".to_owned(),
            "unix_socket_directories=".to_owned(),
            // The machine does not crash in the middle of a test.
            "fsync=off".to_owned(),
            "max_connections=40".to_owned(),
        ] {
            server.args(["-c", &setting]);
        }
        let process = Process::start(&mut server);
        process.log().wait_for("database system is ready to accept connections");
        self.server = Some(process);
    }

    /// Ends the server at once, with all connections.
    ///
    /// # Panics
    /// When it is not running.
    pub fn stop(&mut self) {
        let server = self.server.take().expect("the server runs");
        server.signal(Signal::INT); // PostgreSQL's fast shutdown.
        drop(server.wait());
    }

    /// Stops all processes of the server where they are, with their connections open, until the value is dropped.
    ///
    /// # Panics
    /// When it is not running.
    #[must_use]
    pub fn pause(&self) -> Pause<'_> {
        let server = self.server.as_ref().expect("the server runs");
        server.signal(Signal::STOP);
        server.signal_children(Signal::STOP);
        Pause(server)
    }

    /// The address of its database.
    #[must_use]
    pub fn url(&self) -> String {
        self.url_of("postgres")
    }

    /// The address of another database on it.
    #[must_use]
    pub fn url_of(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }

    /// Runs statements with `psql` and returns what it prints.
    ///
    /// # Panics
    /// When a statement fails.
    pub fn sql(&self, statements: &str) -> String {
        let done = self.psql().args(["-c", statements]).output().expect("psql is there");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8_lossy(&done.stdout).trim().to_owned()
    }

    /// Asks until the answer is this one.
    ///
    /// # Panics
    /// When the question is wrong, and after [`PATIENCE`].
    #[track_caller]
    pub fn wait_for(&self, question: &str, answer: &str) {
        let begun = Instant::now();
        while self.sql(question) != answer {
            assert!(begun.elapsed() < PATIENCE, "`{question}` is never `{answer}`");
        }
    }

    /// Keeps everybody else from a table until the value is dropped.
    ///
    /// # Panics
    /// When there is no such table.
    #[must_use]
    pub fn lock(&self, table: &str) -> TableLock {
        let mut command = self.psql();
        let mut session =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("psql is there");
        let orders = session.stdin.as_mut().expect("a pipe");
        writeln!(orders, "BEGIN; LOCK TABLE {table};\n\\echo locked").expect("psql reads");
        let mut line = String::new();
        let out = session.stdout.as_mut().expect("a pipe");
        BufReader::new(out).read_line(&mut line).expect("psql writes");
        assert_eq!(line, "locked\n", "the lock was refused");
        TableLock { session }
    }

    fn psql(&self) -> Command {
        let mut psql = command("psql", self.folder.path());
        psql.args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align"]);
        psql.args(["-v", "ON_ERROR_STOP=1", "-d", &self.url()]);
        psql
    }
}

/// A table that nobody else reads or writes.
#[derive(Debug)]
pub struct TableLock {
    session: Child,
}

impl Drop for TableLock {
    fn drop(&mut self) {
        // At the end of its input psql ends, and its transaction with it.
        drop(self.session.stdin.take());
        drop(self.session.wait());
    }
}

/// A server that does not move.
#[derive(Debug)]
pub struct Pause<'a>(&'a Process);

impl Drop for Pause<'_> {
    fn drop(&mut self) {
        self.0.signal_children(Signal::CONT);
        self.0.signal(Signal::CONT);
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // A failing test leaves the end to the handle of the process, which kills.
        if self.server.is_some() && !std::thread::panicking() {
            self.stop();
        }
    }
}

/// A program of PostgreSQL, run in `folder` as a user that may run it.
fn command(name: &str, folder: &Path) -> Command {
    let mut command = Command::new(program(name));
    command.current_dir(folder).env("LC_ALL", "C");
    if let Some(account) = account() {
        command.gid(account.gid).uid(account.uid);
    }
    command
}

/// The newest installed version of a program: Debian keeps the server's own out of `PATH`.
fn program(name: &str) -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut versions: Vec<u32> =
        versions.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    versions.sort_unstable();
    versions
        .pop()
        .map(|version| PathBuf::from(format!("/usr/lib/postgresql/{version}/bin/{name}")))
        .unwrap_or_else(|| PathBuf::from(name))
}

/// The account `postgres` when this process is root's, `None` otherwise.
fn account() -> Option<Account> {
    if !rustix::process::geteuid().is_root() {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").expect("the list of users can be read");
    let fields: Vec<&str> = users
        .lines()
        .map(|line| line.split(':').collect::<Vec<_>>())
        .find(|fields| fields[0] == "postgres")
        .expect("the package of PostgreSQL makes its user");
    let number = |index: usize| fields[index].parse().expect("a number");
    Some(Account { uid: number(2), gid: number(3) })
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("it is bound").port()
}
