//! `transom data`, by the program itself: collections brought in and out, looked at, backed up and moved.

use serde_json::{Value, json};
use transom_testkit::{Postgres, Project};

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
