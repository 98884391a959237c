//! Reading a project's pages folder from a real disk.

use std::fs;
use std::path::Path;

use tempfile::TempDir;
use transom_diag::Diagnose as _;
use transom_router::{Discovery, Route, discover};

fn project(files: &[&str]) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for file in files {
        write(folder.path(), file);
    }
    folder
}

fn write(project: &Path, file: &str) {
    let path = project.join("src/pages").join(file);
    fs::create_dir_all(path.parent().expect("it has a folder")).expect("the folder is made");
    fs::write(path, "export const GET = () => new Response();\n").expect("the file is written");
}

fn names(found: &Discovery) -> Vec<&str> {
    found.routes.iter().map(Route::name).collect()
}

fn codes(found: &Discovery) -> Vec<&'static str> {
    found.errors.iter().map(|error| error.diagnostic().code).collect()
}

#[test]
fn files_are_found_in_byte_order() {
    let project = project(&[
        "zebra.ts",
        "dupe.ts",
        "dupe/index.ts",
        "Upper.ts",
        "_hidden/x.ts",
        ".git/y.ts",
        ".well-known/z.json.ts",
        "about.astro",
        "note.txt",
        "widget.tsx",
    ]);
    let found = discover(project.path(), "src/pages");
    assert_eq!(
        names(&found),
        ["/.well-known/z.json", "/Upper", "/about", "/dupe", "/dupe", "/zebra"]
    );
    assert_eq!(found.routes[3].file(), "src/pages/dupe/index.ts");
    assert_eq!(found.pages().map(Route::file).collect::<Vec<_>>(), ["src/pages/about.astro"]);
    assert!(found.errors.is_empty(), "{:?}", found.errors);
    let warnings: Vec<_> = found.warnings.iter().map(|warning| &*warning.message).collect();
    assert_eq!(warnings, ["Unsupported file type src/pages/widget.tsx found in pages directory"]);
}

#[test]
fn faults_do_not_hide_the_other_files() {
    let project = project(&["[a][b].ts", "[c/x.ts", "fine.ts", "[d-e].ts"]);
    let found = discover(project.path(), "src/pages");
    assert_eq!(names(&found), ["/fine"]);
    assert_eq!(
        codes(&found),
        ["route/adjacent-params", "route/unbalanced-brackets", "route/bad-param-name"]
    );
}

#[test]
fn a_project_without_pages_is_told_so() {
    let project = tempfile::tempdir().expect("a temporary folder");
    let found = discover(project.path(), "src/pages");
    assert_eq!(codes(&found), ["route/missing-pages"]);
    assert_eq!(found.errors[0].to_string(), "Missing pages directory: src/pages");
}

#[cfg(unix)]
#[test]
fn what_cannot_be_read_is_an_error() {
    use std::os::unix::fs::symlink;

    let project = project(&["fine.ts", "more/x.ts"]);
    let pages = project.path().join("src/pages");
    symlink("nowhere.ts", pages.join("broken.ts")).expect("a link");
    symlink("..", pages.join("more/again")).expect("a link");
    symlink("fine.ts", pages.join("linked.ts")).expect("a link");
    let socket = std::os::unix::net::UnixListener::bind(pages.join("socket.ts"));
    let found = discover(project.path(), "src/pages");
    assert_eq!(names(&found), ["/fine", "/linked", "/more/x"]);
    assert_eq!(codes(&found), ["route/unreadable", "route/folder-loop", "route/unreadable"]);
    assert!(socket.is_ok());
    let messages: Vec<_> = found.errors.iter().map(ToString::to_string).collect();
    assert!(messages[0].starts_with("cannot read `src/pages/broken.ts`: "), "{messages:?}");
    assert!(messages[1].contains("`src/pages/more/again`"), "{messages:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_name_that_is_no_text_is_an_error() {
    use std::os::unix::ffi::OsStrExt as _;

    let project = project(&["fine.ts"]);
    let name = std::ffi::OsStr::from_bytes(b"b\xffd.ts");
    fs::write(project.path().join("src/pages").join(name), "").expect("the file is written");
    let found = discover(project.path(), "src/pages");
    assert_eq!(names(&found), ["/fine"]);
    assert_eq!(codes(&found), ["route/name-not-utf8"]);
}
