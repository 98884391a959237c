//! What handler code may reach: the allow-lists of `[permissions]` in `transom.toml`, and the way to a file that
//! cannot be led astray.
//!
//! [`Permissions`] answers for hosts and variables; for files it hands out a [`Place`], which is the only way from a
//! path of a program to the file system. Whatever the rules say, nobody reaches the state folder (but for its
//! `files`) nor a file whose name starts with `.env`.
//!
//! Invariants: nothing here knows the engine or a server; a denial names the rule and the line that would allow it.

mod denied;
mod env;
mod files;
mod net;
mod own_files;
mod place;

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

pub use denied::{Denied, Refusal};
pub use env::SECRET_VARIABLES;
pub use files::Access;
pub use net::NetRule;
pub use own_files::OwnFiles;
pub use place::Place;

use env::EnvRules;
use files::FileRules;
use net::NetRules;

/// The lists of `[permissions]`; `None` is a list that is not there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rules {
    /// Folders and files that may be read, relative to the project.
    pub fs_read: Option<Vec<String>>,
    /// Folders and files that may be written, relative to the project.
    pub fs_write: Option<Vec<String>>,
    /// Hosts that may be connected to.
    pub net: Option<Vec<NetRule>>,
    /// Names of variables that `process.env` shows; `*` stands for any text.
    pub env: Option<Vec<String>>,
}

impl Rules {
    /// Rules under which everything is allowed that rules can allow.
    pub fn open() -> Self {
        let all = || Some(vec!["/".to_owned()]);
        Self { fs_read: all(), fs_write: all(), net: None, env: None }
    }
}

/// The rules of one project, ready to be asked by every thread.
#[derive(Debug)]
pub struct Permissions {
    project: PathBuf,
    state: PathBuf,
    current: RwLock<Arc<Current>>,
    own: OwnFiles,
}

/// The rules as they are now.
#[derive(Debug)]
struct Current {
    files: FileRules,
    net: NetRules,
    env: EnvRules,
}

impl Permissions {
    /// The rules of the project in `project` with its state in `state`.
    pub fn new(rules: Rules, project: &Path, state: &Path) -> Self {
        Self {
            project: project.to_owned(),
            state: state.to_owned(),
            current: RwLock::new(Current::new(rules, project, state)),
            own: OwnFiles::default(),
        }
    }

    /// The folder of the project.
    pub fn project(&self) -> &Path {
        &self.project
    }

    /// Takes other rules for what happens from now on.
    pub fn replace(&self, rules: Rules) {
        let next = Current::new(rules, &self.project, &self.state);
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = next;
    }

    fn current(&self) -> Arc<Current> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Leads to the file that `path` names for a program whose working folder is that of the process.
    ///
    /// `follow` decides what a symbolic link at the end of the path stands for: where it points, or itself.
    ///
    /// # Errors
    /// [`Refusal::Denied`] when the rules forbid `access`, also when there is nothing at the path, so that a program
    /// cannot find out what exists elsewhere; [`Refusal::Io`] when there is no way to its folder.
    pub fn place(&self, path: &Path, access: Access, follow: bool) -> Result<Place, Refusal> {
        let current = self.current();
        Place::find(path, follow, |real| current.files.check(real, access, &self.own))
    }

    /// Whether the rules allow `access` to `real`, which no symbolic link is part of.
    ///
    /// # Errors
    /// The [`Denied`] that a program gets to see.
    pub fn check_file(&self, real: &Path, access: Access) -> Result<(), Denied> {
        self.current().files.check(real, access, &self.own)
    }

    /// Whether `real` may be moved or removed as a whole: nothing that holds the state folder may.
    ///
    /// # Errors
    /// The [`Denied`] that a program gets to see.
    pub fn check_removal(&self, real: &Path) -> Result<(), Denied> {
        self.current().files.check_removal(real)
    }

    /// What programs made in the temporary folder, and may therefore read.
    pub fn own(&self) -> &OwnFiles {
        &self.own
    }

    /// Whether a connection to `host` (a name or an address, with or without brackets) may be opened. Port 0 stands
    /// for a question about the name alone.
    ///
    /// # Errors
    /// The [`Denied`] that a program gets to see.
    pub fn check_net(&self, host: &str, port: u16) -> Result<(), Denied> {
        self.current().net.check(host, port)
    }

    /// Whether a connection to the socket `path` in the file system may be opened.
    ///
    /// # Errors
    /// The [`Denied`] that a program gets to see.
    pub fn check_unix(&self, path: &str) -> Result<(), Denied> {
        self.current().net.check_unix(path)
    }

    /// Whether `process.env` shows the variable `name`.
    ///
    /// # Errors
    /// The [`Denied`] that a program gets to see.
    pub fn check_env(&self, name: &str) -> Result<(), Denied> {
        self.current().env.check(name)
    }
}

impl Current {
    fn new(rules: Rules, project: &Path, state: &Path) -> Arc<Self> {
        Arc::new(Self {
            files: FileRules::new(rules.fs_read, rules.fs_write, project, state),
            net: NetRules::new(rules.net),
            env: EnvRules::new(rules.env),
        })
    }
}
