//! `[permissions]`: what handlers may reach, and what they are told when they may not.

use std::fs;
use std::os::unix::fs::symlink;

use serde_json::Value;
use transom_testkit::{Answer, Project, Upstream};

/// A project whose endpoint runs expressions and tells what each gives or throws.
fn project(settings: &str, expressions: &[&str]) -> Project {
    let list: Vec<_> = expressions.iter().map(|code| format!("async () => {code}")).collect();
    let source = format!(
        "import fs from 'node:fs';
         import {{ mkdtemp, readFile, writeFile, rm }} from 'node:fs/promises';
         import net from 'node:net';
         import {{ tmpdir }} from 'node:os';
         const attempt = async (run) => {{
           try {{ return String(await run()); }} catch (error) {{ return `${{error.code}} ${{error.message}}`; }}
         }};
         export const GET = async () => {{
           const found = [];
           for (const run of [{}]) found.push(await attempt(run));
           return Response.json(found);
         }};",
        list.join(",\n")
    );
    Project::new(env!("CARGO_BIN_EXE_transom"))
        .file("src/pages/index.ts", source)
        .file("transom.toml", settings)
}

fn texts(found: &Value) -> Vec<String> {
    let list = found.as_array().expect("a list");
    list.iter().map(|text| text.as_str().expect("a text").to_owned()).collect()
}

#[test]
fn handlers_do_not_see_the_secrets_of_the_server_by_default() {
    let expressions = [
        "process.env.TRANSOM_IDENTITY_CLIENT_SECRET",
        "Object.keys(process.env).filter((name) => name.startsWith('TRANSOM_IDENTITY_')).join()",
        "process.env.DATABASE_URL",
    ];
    let asked = |settings| {
        let project = project(settings, &expressions);
        let project = project.env("TRANSOM_IDENTITY_CLIENT_SECRET", "s3cret");
        let server = project.env("DATABASE_URL", "postgres://").build_and_serve();
        texts(&server.get("/").json())
    };
    let found = asked("");
    assert!(found[0].starts_with("ERR_ACCESS_DENIED"), "{}", found[0]);
    assert!(
        found[0].ends_with("env = [\"*\", \"TRANSOM_IDENTITY_CLIENT_SECRET\"]"),
        "{}",
        found[0]
    );
    assert_eq!(found[1..], ["", "postgres://"]);
    let found = asked("permissions.env = [\"*\", \"TRANSOM_IDENTITY_CLIENT_SECRET\"]");
    assert_eq!(found, ["s3cret", "TRANSOM_IDENTITY_CLIENT_SECRET", "postgres://"]);
}

#[test]
fn files_end_at_the_project_by_default() {
    let project = project(
        "",
        &[
            "fs.readFileSync(root + '/data.txt', 'utf8')",
            "fs.readFileSync('/etc/passwd')",
            "readFile(root + '/link')",
            "readFile(root + '/../../../../../../etc/hostname')",
            "fs.existsSync('/etc/passwd')",
            "readFile(root + '/.env')",
            "readFile(root + '/.env.local')",
            "fs.readdirSync(root + '/.transom')",
            "writeFile(root + '/new.txt', 'x')",
            "(fs.mkdirSync(root + '/.transom/files', { recursive: true }), writeFile(root + '/.transom/files/a', 'mine').then(() => readFile(root + '/.transom/files/a', 'utf8')))",
            "mkdtemp(tmpdir() + '/own-').then(async (d) => { await writeFile(d + '/a', 'kept'); const t = await readFile(d + '/a', 'utf8'); await rm(d, { recursive: true }); return t; })",
            "fs.symlinkSync('/etc', tmpdir() + '/transom-link-' + Math.random())",
        ],
    )
    .file("data.txt", "data")
    .file(".env", "SECRET=1")
    .file(".env.local", "SECRET=2");
    let root = project.path("").to_string_lossy().into_owned();
    symlink("/etc/passwd", project.path("link")).expect("linked");
    let page = project.path("src/pages/index.ts");
    let source = fs::read_to_string(&page).expect("written");
    fs::write(&page, format!("const root = {root:?};\n{source}")).expect("written");
    let server = project.build_and_serve();
    let found = texts(&server.get("/").json());
    assert_eq!(found[0], "data");
    for denied in [1, 2, 3, 8, 11] {
        assert!(found[denied].starts_with("ERR_ACCESS_DENIED "), "{denied}: {}", found[denied]);
    }
    assert!(
        found[1].contains("`fs.read`") && found[1].ends_with("\"/etc/passwd\"]"),
        "{}",
        found[1]
    );
    assert!(found[8].contains("`fs.write`") && found[8].ends_with("\"new.txt\"]"), "{}", found[8]);
    assert_eq!(found[4], "false");
    for protected in [5, 6, 7] {
        assert!(found[protected].contains("whatever [permissions]"), "{}", found[protected]);
    }
    assert_eq!((found[9].as_str(), found[10].as_str()), ("mine", "kept"));
}

#[test]
fn rules_open_and_close() {
    let settings = "[permissions]
        fs.read = [\"/etc\", \"data\"]
        fs.write = [\"out\"]
        net = [\"127.0.0.1:1\", \"*.example.com\"]
        env = [\"PUBLIC_*\"]";
    let project = project(
        settings,
        &[
            "typeof fs.readFileSync('/etc/passwd', 'utf8')",
            "readFile(root + '/package.json')",
            "(fs.mkdirSync(root + '/out'), writeFile(root + '/out/a', 'x'))",
            "process.env.PUBLIC_NAME",
            "process.env.HIDDEN",
            "process.env.NOT_SET",
            "'HIDDEN' in process.env || Object.keys(process.env).join()",
            "fetch('http://localhost:9/')",
            "new Promise((resolve, reject) => net.connect(9, 'localhost').on('error', reject))",
            "new Promise((resolve, reject) => net.connect(1, '127.0.0.1').on('error', (e) => resolve(e.code)))",
        ],
    );
    let root = project.path("").to_string_lossy().into_owned();
    let page = project.path("src/pages/index.ts");
    let source = fs::read_to_string(&page).expect("written");
    fs::write(&page, format!("const root = {root:?};\n{source}")).expect("written");
    let server = project.env("HIDDEN", "h").env("PUBLIC_NAME", "p").build_and_serve();
    let found = texts(&server.get("/").json());
    assert_eq!(found[0], "string");
    assert!(found[1].ends_with("fs.read = [\"/etc\", \"data\", \"package.json\"]"), "{}", found[1]);
    assert_eq!(found[2], "undefined");
    assert_eq!(found[3], "p");
    assert!(found[4].ends_with("env = [\"PUBLIC_*\", \"HIDDEN\"]"), "{}", found[4]);
    assert_eq!(found[5], "undefined");
    assert_eq!(found[6], "PUBLIC_NAME");
    assert!(found[7].ends_with("\"localhost:9\"]"), "{}", found[7]);
    assert!(found[8].ends_with("\"localhost:9\"]"), "{}", found[8]);
    assert_eq!(found[9], "ECONNREFUSED");
}

#[test]
fn a_redirect_does_not_lead_around_the_rules() {
    let upstream =
        Upstream::start(|_| Answer::new(302, "").header("location", "http://localhost:9/"));
    let origin = upstream.origin();
    let settings = format!("[permissions]\nnet = [\"{}\"]", origin.trim_start_matches("http://"));
    let code = format!("fetch('{origin}/')");
    let server = project(&settings, &[&code]).build_and_serve();
    let found = texts(&server.get("/").json());
    assert!(found[0].contains("connecting to `localhost:9` is denied"), "{}", found[0]);
}

#[test]
fn a_rule_that_is_none_is_shown() {
    let project = project("[permissions]\nnet = [\"http://a\"]\n", &["1"]);
    let output = project.run(&["build", &project.path("").to_string_lossy()]);
    assert!(output.stderr.contains("`permissions.net` is wrong"), "{}", output.stderr);
}
