//! Types: endpoint code written against TypeScript's `lib.dom` that uses every web platform API compiles, and what it
//! uses exists and works when it runs.
//!
//! The code is in `types/`; `scripts/setup.sh test` installs its compiler there.

use std::path::{Path, PathBuf};
use std::process::Command;

use transom_testkit::Project;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/types")
}

/// Checks the types of a project.
#[track_caller]
fn compile(project: &Path) {
    let compiler = folder().join("node_modules/.bin/tsc");
    assert!(
        compiler.exists(),
        "the TypeScript compiler is not at {}; `scripts/setup.sh test` installs it",
        compiler.display()
    );
    let done = Command::new(compiler)
        .args(["--noEmit", "--project"])
        .arg(project)
        .output()
        .expect("the compiler runs");
    let text = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success(), "{text}{}", String::from_utf8_lossy(&done.stderr));
}

#[test]
fn endpoint_code_that_uses_every_api_compiles_with_lib_dom() {
    compile(&folder());
}

#[test]
fn the_sdk_is_declared_where_it_is_not_installed() {
    let text = std::fs::read_to_string(folder().join("wix/data.ts")).expect("the file can be read");
    let tsconfig = std::fs::read_to_string(folder().join("tsconfig.json")).expect("readable");
    let tsconfig = tsconfig.replace("[\"src\"]", "[\"src\", \".transom/types\"]");
    let project = Project::new(env!("CARGO_BIN_EXE_transom"))
        .file("src/pages/data.ts", text)
        .file("tsconfig.json", tsconfig);
    let server = project.serve_dev();
    compile(&server.project().path(""));
}

#[test]
fn what_it_uses_exists_at_run_time() {
    let reply = project().build_and_serve().get("/names");
    assert_eq!((reply.status, reply.text()), (200, r#"{"missing":[]}"#));
}

#[test]
fn what_it_uses_works() {
    let server = project().build_and_serve();
    for page in ["fetch", "streams", "text", "crypto", "events", "runtime"] {
        let reply = server.get(&format!("/{page}"));
        assert_eq!((reply.status, reply.text()), (200, r#"{"failures":[]}"#), "{page}");
    }
}

/// The same files as a project.
fn project() -> Project {
    let source = folder().join("src");
    let mut project = Project::new(env!("CARGO_BIN_EXE_transom"));
    for path in files(&source) {
        let name = path.strip_prefix(&source).expect("it is below the folder");
        let text = std::fs::read_to_string(&path).expect("the file can be read");
        project = project.file(&format!("src/{}", name.display()), text);
    }
    project
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("the folder can be read").path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}
