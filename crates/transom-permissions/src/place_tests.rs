//! Paths that try to get out.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use super::*;
use crate::{Access, Permissions, Rules};

/// A project with its state, and something that is not its own.
struct World {
    _folder: tempfile::TempDir,
    project: PathBuf,
    outside: PathBuf,
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path().canonicalize().expect("real");
        let (project, outside) = (root.join("project"), root.join("outside"));
        for folder in ["project/.transom/files", "project/data", "outside"] {
            fs::create_dir_all(root.join(folder)).expect("made");
        }
        for file in ["project/a.txt", "project/.env", "project/.env.local", "outside/secret"] {
            fs::write(root.join(file), file).expect("written");
        }
        fs::write(project.join(".transom/key"), "key").expect("written");
        Self { _folder: folder, project, outside }
    }

    fn permissions(&self, read: Option<&[&str]>, write: Option<&[&str]>) -> Permissions {
        let list = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        let rules =
            Rules { fs_read: read.map(list), fs_write: write.map(list), ..Rules::default() };
        Permissions::new(rules, &self.project, &self.project.join(".transom"))
    }

    #[track_caller]
    fn check(&self, permissions: &Permissions, access: Access, path: impl AsRef<Path>, may: bool) {
        let path = self.project.join(path);
        let found = permissions.place(&path, access, true);
        let denied = matches!(found, Err(Refusal::Denied(_)));
        assert_eq!(!denied, may, "{access:?} {} {found:?}", path.display());
    }
}

#[test]
fn the_defaults_end_at_the_project() {
    let world = World::new();
    let permissions = world.permissions(None, None);
    for (access, path, may) in [
        (Access::Read, "a.txt", true),
        (Access::Read, "data/../a.txt", true),
        (Access::Read, "../outside/secret", false),
        (Access::Read, "../outside/nothing", false),
        (Access::Read, "nothing/../../outside/secret", false),
        (Access::Read, "/etc/passwd", false),
        (Access::Read, "/proc/self/environ", false),
        (Access::Read, ".env", false),
        (Access::Read, "data/.env.production", false),
        (Access::Read, ".transom/key", false),
        (Access::Read, ".transom", false),
        (Access::Read, ".transom/files/x", true),
        (Access::Read, ".transom/files/../key", false),
        (Access::Write, ".transom/files/x", true),
        (Access::Write, "a.txt", false),
        (Access::Write, "/usr/x", false),
        (Access::Look, "..", true),
        (Access::Look, "../outside", true),
        (Access::Look, "/etc/passwd", false),
    ] {
        world.check(&permissions, access, path, may);
    }
}

#[test]
fn links_do_not_lead_out() {
    let world = World::new();
    let permissions = world.permissions(None, Some(&["."]));
    symlink(&world.outside, world.project.join("data/out")).expect("linked");
    symlink("/etc", world.project.join("etc")).expect("linked");
    symlink("../a.txt", world.project.join("data/in")).expect("linked");
    symlink("../.env", world.project.join("data/settings")).expect("linked");
    symlink(world.outside.join("new"), world.project.join("new")).expect("linked");
    world.check(&permissions, Access::Read, "data/out/secret", false);
    world.check(&permissions, Access::Read, "etc/passwd", false);
    world.check(&permissions, Access::Read, "data/in", true);
    world.check(&permissions, Access::Read, "data/settings", false);
    world.check(&permissions, Access::Write, "new", false);
    world.check(&permissions, Access::Write, "etc/x", false);
    let link = permissions.place(&world.project.join("data/out"), Access::Read, false);
    assert!(link.is_ok(), "the link itself is in the project");
}

#[test]
fn rules_cannot_open_what_is_protected() {
    let world = World::new();
    let permissions = world.permissions(Some(&["*"]), Some(&["/"]));
    world.check(&permissions, Access::Read, "/etc/passwd", true);
    world.check(&permissions, Access::Read, world.outside.join("secret"), true);
    world.check(&permissions, Access::Read, ".env", false);
    world.check(&permissions, Access::Write, ".env.local", false);
    world.check(&permissions, Access::ReadWrite, ".transom/key", false);
    world.check(&permissions, Access::ReadWrite, ".transom/files/a", true);
}

#[test]
fn what_a_program_makes_in_the_temporary_folder_is_its_own() {
    let world = World::new();
    let permissions = world.permissions(None, None);
    let file = world.outside.join("made");
    world.check(&permissions, Access::Write, &file, true);
    world.check(&permissions, Access::Read, &file, false);
    permissions.own().add(&file);
    world.check(&permissions, Access::Read, &file, true);
    permissions.own().remove(&file);
    world.check(&permissions, Access::Read, &file, false);
}

#[test]
fn a_denial_names_rule_and_line() {
    let world = World::new();
    let permissions = world.permissions(Some(&["data"]), None);
    let denied = match permissions.place(&world.project.join("a.txt"), Access::Read, true) {
        Err(Refusal::Denied(denied)) => denied.to_string(),
        other => panic!("{other:?}"),
    };
    assert!(denied.contains("`fs.read`"), "{denied}");
    assert!(denied.ends_with(r#"fs.read = ["data", "a.txt"]"#), "{denied}");
}

/// A folder that becomes a link after its path was walked: the opening refuses.
#[test]
fn a_folder_that_became_a_link_is_not_opened() {
    let world = World::new();
    symlink(&world.outside, world.project.join("swapped")).expect("linked");
    assert_eq!(open_folder(&world.project.join("swapped")).err(), Some(Errno::LOOP));
    let place = Place::find(&world.project.join("a.txt"), true, |_| Ok(())).expect("there");
    fs::remove_file(world.project.join("a.txt")).expect("removed");
    symlink(world.outside.join("secret"), world.project.join("a.txt")).expect("linked");
    assert_eq!(place.open(OFlags::RDONLY, 0).err(), Some(Errno::LOOP));
}
