//! What a person does to files, and what the watcher makes of it.

use std::{
    fs,
    path::{Path, PathBuf},
};

use tempfile::TempDir;
use tokio::sync::mpsc::UnboundedReceiver;
use transom_bundler::{ChangeKind, Changes, Watcher};

struct Watched {
    dir: TempDir,
    watcher: Watcher,
    changes: UnboundedReceiver<Changes>,
}

impl Watched {
    fn new(files: &[&str]) -> Self {
        let dir = tempfile::tempdir().expect("a temporary folder");
        for file in files {
            write(&dir.path().join(file), "1");
        }
        let (watcher, changes) =
            Watcher::start(dir.path(), &[]).expect("the folder can be watched");
        Self { dir, watcher, changes }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().canonicalize().expect("there").join(name)
    }

    /// Writes a file that ends the wait, and answers everything that was reported up to it.
    fn until_marker(&mut self) -> Vec<String> {
        write(&self.path(".env.marker"), "end");
        let mut found = Vec::new();
        loop {
            let changes = self.changes.blocking_recv().expect("the watcher lives");
            let root = self.path("");
            let mut is_end = false;
            for change in changes.list {
                let name =
                    change.path.strip_prefix(&root).unwrap_or(&change.path).display().to_string();
                let kind = if change.kind == ChangeKind::Written { "written" } else { "removed" };
                is_end |= name == ".env.marker";
                if name != ".env.marker" && !found.contains(&format!("{kind} {name}")) {
                    found.push(format!("{kind} {name}"));
                }
            }
            if is_end {
                found.sort();
                return found;
            }
        }
    }
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("inside")).expect("writable");
    fs::write(path, text).expect("writable");
}

#[test]
fn written_new_renamed_and_deleted_files() {
    let mut project =
        Watched::new(&["src/pages/a.ts", "src/pages/old.ts", "src/pages/gone.ts", "package.json"]);
    write(&project.path("src/pages/a.ts"), "2");
    write(&project.path("src/pages/new.ts"), "1");
    fs::rename(project.path("src/pages/old.ts"), project.path("src/pages/renamed.ts"))
        .expect("renamed");
    fs::remove_file(project.path("src/pages/gone.ts")).expect("removed");
    write(&project.path("package.json"), "{}");
    assert_eq!(
        project.until_marker(),
        [
            "removed src/pages/gone.ts",
            "removed src/pages/old.ts",
            "written package.json",
            "written src/pages/a.ts",
            "written src/pages/new.ts",
            "written src/pages/renamed.ts",
        ]
    );
}

#[test]
fn an_atomic_save_is_one_change() {
    let mut project = Watched::new(&["src/pages/a.ts"]);
    write(&project.path("src/pages/a.ts~"), "2");
    write(&project.path("src/pages/.a.ts.swp"), "x");
    fs::rename(project.path("src/pages/a.ts~"), project.path("src/pages/a.ts")).expect("renamed");
    fs::remove_file(project.path("src/pages/.a.ts.swp")).expect("removed");
    assert_eq!(project.until_marker(), ["written src/pages/a.ts"]);
}

#[test]
fn a_file_that_comes_back_at_once_was_written() {
    let mut project = Watched::new(&["src/a.ts"]);
    fs::rename(project.path("src/a.ts"), project.path("src/a.ts.tmp")).expect("renamed");
    write(&project.path("src/a.ts"), "2");
    fs::remove_file(project.path("src/a.ts.tmp")).expect("removed");
    let changes = project.until_marker();
    assert!(changes.contains(&"written src/a.ts".to_owned()), "{changes:?}");
}

#[test]
fn new_folders_are_watched_with_what_is_in_them() {
    let mut project = Watched::new(&["package.json"]);
    write(&project.path("src/pages/api/a.ts"), "1");
    assert_eq!(project.until_marker(), ["written src/pages/api/a.ts"]);
    write(&project.path("src/pages/api/b.ts"), "1");
    write(&project.path("src/pages/api/deep/er/c.ts"), "1");
    assert_eq!(
        project.until_marker(),
        ["written src/pages/api/b.ts", "written src/pages/api/deep/er/c.ts"]
    );
    fs::rename(project.path("src/pages/api"), project.path("src/pages/v1")).expect("renamed");
    let changes = project.until_marker();
    assert!(changes.contains(&"removed src/pages/api".to_owned()), "{changes:?}");
    assert!(changes.contains(&"written src/pages/v1/deep/er/c.ts".to_owned()), "{changes:?}");
}

#[test]
fn generated_files_are_not_reported() {
    let mut project =
        Watched::new(&["src/a.ts", "node_modules/p/index.js", "lib/x.ts", "db.sqlite"]);
    write(&project.path("node_modules/p/index.js"), "2");
    write(&project.path(".transom/build/manifest.json"), "{}");
    write(&project.path("db.sqlite"), "2");
    write(&project.path("lib/x.ts"), "2");
    assert_eq!(project.until_marker(), [""; 0]);
    let used = [project.path("lib/x.ts"), project.path("node_modules/p/index.js")];
    project.watcher.add_files(&used).expect("can be watched");
    write(&project.path("lib/x.ts"), "3");
    write(&project.path("lib/new.ts"), "1");
    write(&project.path("node_modules/p/index.js"), "3");
    assert_eq!(project.until_marker(), ["written lib/new.ts", "written lib/x.ts"]);
}
