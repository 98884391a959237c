//! `transom data`, by the program itself: collections brought in and out, looked at, backed up and moved.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use rustix::process::Signal;
use serde_json::{Value, json};
use transom_testkit::{Connection, Postgres, Project, Request};

const SETTINGS: &str = r#"
[collections.products]
fields.name = { type = "text", required = true }
fields.price = "number"
indexes = ["price"]

[collections.products.permissions]
read = "ANYONE"
"#;

fn project() -> Project {
    Project::new(env!("CARGO_BIN_EXE_transom")).file("transom.toml", SETTINGS)
}

/// What a command prints that must succeed.
#[track_caller]
fn run(project: &Project, args: &[&str]) -> String {
    let ended = project.run(args);
    assert_eq!(ended.status.code(), Some(0), "{args:?}: {}", ended.stderr);
    ended.stdout
}

/// What a command says that must fail with exit code 1.
#[track_caller]
fn fails(project: &Project, args: &[&str]) -> String {
    let ended = project.run(args);
    assert_eq!(ended.status.code(), Some(1), "{args:?}: {}", ended.stderr);
    ended.stderr
}

fn filled() -> Project {
    let lines: String = (0..1500)
        .map(|n| format!("{{\"_id\":\"p{n:04}\",\"name\":\"Product {n}\",\"price\":{n}}}\n"))
        .collect();
    let project = project().file("products.jsonl", lines);
    run(&project, &["data", "import", "products", "products.jsonl"]);
    project
}

#[test]
fn a_collection_is_filled_and_looked_into() {
    let project = filled();
    assert_eq!(
        run(&project, &["data", "list"]).split_whitespace().collect::<Vec<_>>(),
        ["products", "1500"]
    );
    let described: Value =
        serde_json::from_str(&run(&project, &["data", "describe", "products"])).expect("JSON");
    assert_eq!(
        (&described["items"], &described["permissions"]["read"]),
        (&json!(1500), &json!("ANYONE"))
    );
    let item: Value =
        serde_json::from_str(&run(&project, &["data", "get", "products", "p0007"])).expect("JSON");
    assert_eq!(item["name"], "Product 7");
    let query = [
        "data",
        "query",
        "products",
        "--filter",
        "{\"price\":{\"$lt\":100}}",
        "--sort",
        "-price",
        "--limit",
        "2",
    ];
    let found: Vec<Value> = run(&project, &query)
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    assert_eq!((found.len(), &found[0]["price"], &found[1]["price"]), (2, &json!(99), &json!(98)));
    let plan =
        run(&project, &["data", "query", "products", "--filter", "{\"price\":1}", "--explain"]);
    assert!(plan.contains("INDEX"), "{plan}");
    assert!(fails(&project, &["data", "get", "products", "none"]).contains("no item `none`"));
    assert!(fails(&project, &["data", "describe", "nothing"]).contains("WDE0025"));
    assert!(fails(&project, &["data", "query", "products", "--filter", "{"]).contains("no JSON"));
    let regex = ["data", "query", "products", "--filter", "{\"name\":{\"$regex\":\".\"}}"];
    assert!(fails(&project, &regex).contains("WDE0070"));
}

#[test]
fn lines_that_are_refused_are_told_by_number() {
    let project = project().file("bad.csv", "_id,name,price\na,A,1\nb,,2\nc,C,much\nd,D,4\n");
    let stopped = fails(&project, &["data", "import", "products", "bad.csv"]);
    assert!(stopped.contains("line 3"), "{stopped}");
    let ended = project.run(&["data", "import", "products", "bad.csv", "--on-reject", "skip"]);
    assert_eq!(ended.status.code(), Some(0), "{}", ended.stderr);
    assert!(ended.stderr.contains("line 3") && ended.stderr.contains("line 4"), "{}", ended.stderr);
    assert!(ended.stderr.contains("imported 2 items, 2 lines left out"), "{}", ended.stderr);
    let csv = run(&project, &["data", "export", "products", "--format", "csv"]);
    assert_eq!(csv.lines().count(), 3, "{csv}");
    assert!(fails(&project, &["data", "import", "products", "none.csv"]).contains("none.csv"));
}

#[test]
fn a_backup_comes_back_and_a_store_moves_to_postgresql() {
    let project = filled();
    run(&project, &["data", "backup", "all.backup"]);
    let there = fails(&project, &["data", "backup", "all.backup"]);
    assert!(there.contains("all.backup"), "{there}");
    let refused = fails(&project, &["data", "restore", "all.backup"]);
    assert!(refused.contains("1500 items already"), "{refused}");
    run(&project, &["data", "restore", "all.backup", "--replace"]);
    let server = Postgres::start();
    let moved = project.run(&["data", "migrate", "--to", &server.url()]);
    assert_eq!(moved.status.code(), Some(0), "{}", moved.stderr);
    assert!(moved.stderr.contains("copied and compared products: 1500 items"), "{}", moved.stderr);
    assert_eq!(server.sql("SELECT count(*) FROM data_1"), "1500");
    let exported = run(&project, &["data", "export", "products"]);
    let project = project.env("TRANSOM_DATABASE_URL", &server.url());
    assert_eq!(
        run(&project, &["data", "export", "products"]).lines().count(),
        exported.lines().count()
    );
}

#[test]
fn wrong_declarations_are_told_with_what_is_right() {
    let project = project();
    project.write("transom.toml", "[collections.products]\nfeilds.name = \"text\"\n");
    let told = fails(&project, &["data", "list"]);
    assert!(
        told.contains("unknown key `feilds`") && told.contains("did you mean `fields`?"),
        "{told}"
    );
}

#[test]
fn no_error_shows_the_address_of_the_database() {
    let project = project();
    for text in [
        "[store]\nurl=\"postgres://u:s3cret@127.0.0.1:bad/x\"\n",
        "[store]\nurl = \"postgres://u:s3cret@h/x\nconnections = 1\n",
        "store = { url = \"postgres://u:s3cret@h/x\", conections = 1 }\n",
    ] {
        project.write("transom.toml", text);
        let told = fails(&project, &["data", "list"]);
        assert!(told.contains("transom.toml") && !told.contains("s3cret"), "{told}");
    }
}

/// What is in a folder, by name.
fn names(folder: &std::path::Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let mut names: Vec<String> =
        entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn a_copied_build_has_the_state_folder_that_its_server_has() {
    let page = "import { items } from '@wix/data';\n\
                export const GET = async () => Response.json((await items.query('products').find()).items.length);\n";
    let source = project().file("src/pages/count.ts", page);
    source.build();
    let build = source.path(".transom/build");
    let elsewhere = Project::new(env!("CARGO_BIN_EXE_transom"))
        .file("items.jsonl", "{\"_id\":\"a\",\"name\":\"A\"}\n");
    let copy = elsewhere.path("build");
    let copied = Command::new("cp").arg("-r").args([&build, &copy]).status().expect("cp is there");
    assert!(copied.success());
    std::fs::copy(source.path("transom.toml"), copy.join("transom.toml")).expect("it is there");
    let before = names(&copy);
    // Who only looks makes nothing where nothing is.
    for looks in [
        &["data", "list"][..],
        &["data", "describe", "products"],
        &["data", "get", "products", "a"],
        &["data", "query", "products"],
        &["data", "export", "products"],
        &["data", "backup", "all.backup"],
        &["data", "migrate", "--to", "other"],
        &["member", "list"],
        &["user", "list"],
    ] {
        let told = fails(&elsewhere, &[looks, &["--project", "build"]].concat());
        assert!(told.contains("nothing is stored yet") && told.contains("transom.db"), "{told}");
    }
    assert_eq!(names(&elsewhere.path("")), ["build", "items.jsonl"]);
    let of_build = |args: &[&str]| run(&elsewhere, &[args, &["--project", "build"]].concat());
    of_build(&["data", "import", "products", "items.jsonl"]);
    let added = elsewhere.run_with_input(
        &["member", "add", "ann@example.org", "--id", "ann", "--project", "build"],
        "correct horse battery\n",
    );
    assert!(added.status.success(), "{}", added.stderr);
    assert!(of_build(&["member", "list"]).contains("ann@example.org"));
    of_build(&["token", "--as", "app"]);
    assert_eq!(names(&copy), before, "nothing is left in the build");
    assert!(elsewhere.path(".transom/transom.db").is_file());
    // The server finds what the commands have made.
    let process = elsewhere.spawn(["start", "build", "--host", "127.0.0.1", "--port", "0"]);
    let line = process.log().wait_for("listening on http://");
    let address = line.rsplit_once("//").expect("an address").1.parse().expect("an address");
    let mut connection = Connection::open(address).expect("it listens");
    let reply = connection.request(&Request::get("/count"));
    assert_eq!(reply.text(), "1");
    assert!(process.stop().status.success());
    assert_eq!(names(&copy), before);
}

#[test]
fn an_interrupted_backup_leaves_nothing_behind() {
    let database = Postgres::start();
    let project = project().env("TRANSOM_DATABASE_URL", &database.url());
    run(&project, &["data", "list"]);
    let before = names(&project.path(""));
    let waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted";
    let lock = database.lock("data_1");
    for (args, signal) in [
        (&["data", "backup", "all.backup"][..], Signal::INT),
        (&["data", "export", "products", "all.jsonl"], Signal::TERM),
        (&["data", "backup", "all.backup"], Signal::KILL),
    ] {
        let process = project.spawn(args);
        database.wait_for(waiting, "1");
        process.signal(signal);
        assert!(!process.wait().status.success());
        assert_eq!(names(&project.path("")), before, "{args:?}");
        // PostgreSQL notices a client that is gone when it gets the lock, or when it is told.
        database.sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
             WHERE application_name = 'transom'",
        );
        database.wait_for(waiting, "0");
    }
    drop(lock);
    run(&project, &["data", "backup", "all.backup"]);
    assert!(project.path("all.backup").is_file());
}

#[test]
fn a_backup_goes_through_a_pipe() {
    let project = filled();
    let backup = run(&project, &["data", "backup", "-"]);
    assert_eq!(backup.lines().count(), 1503, "the items, two lines before them, and one after");
    let restored = project.run_with_input(&["data", "restore", "-", "--data", "other"], &backup);
    assert_eq!(restored.status.code(), Some(0), "{}", restored.stderr);
    assert!(restored.stderr.contains("restored products: 1500 items"), "{}", restored.stderr);
    let cut = &backup[..backup.len() / 2];
    let refused = project.run_with_input(&["data", "restore", "-", "--data", "third"], cut);
    assert_eq!(refused.status.code(), Some(1), "{}", refused.stderr);
    let told = fails(&project, &["data", "restore", "nofile"]);
    assert!(told.contains("cannot read `nofile`"), "{told}");
}

#[test]
fn a_reader_that_has_seen_enough_ends_an_export_quietly() {
    let project = filled();
    for args in [&["data", "export", "products"][..], &["data", "backup", "-"]] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_transom"));
        command.args(args).current_dir(project.path("")).env("NO_COLOR", "1");
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program is there");
        // The pipe holds less than all of it.
        let mut line = String::new();
        let mut out = BufReader::with_capacity(64, child.stdout.take().expect("a pipe"));
        out.read_line(&mut line).expect("it writes");
        drop(out);
        let ended = child.wait_with_output().expect("it ends");
        let told = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert_eq!((ended.status.code(), told.as_str()), (Some(0), ""), "{args:?}");
    }
}

#[test]
fn a_migration_goes_where_it_says() {
    let project = filled();
    let before = names(&project.path(""));
    for target in ["postgres:/x", "postgresql:x", "mysql:/x"] {
        let told = fails(&project, &["data", "migrate", "--to", target]);
        let scheme = target.split(':').next().expect("a scheme");
        assert!(told.contains(&format!("`{scheme}:`")) && told.contains("postgres://"), "{told}");
    }
    assert_eq!(names(&project.path("")), before, "no folder of that name");
    let moved = project.run(&["data", "migrate", "--to", "./a:b"]);
    assert_eq!(moved.status.code(), Some(0), "{}", moved.stderr);
    assert!(moved.stderr.contains("the copy is in `./a:b/transom.db`"), "{}", moved.stderr);
}
