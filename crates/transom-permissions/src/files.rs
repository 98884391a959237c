//! `permissions.fs`: which files may be read and written.

use std::path::{Component, Path, PathBuf};

use crate::denied::Denied;
use crate::own_files::OwnFiles;
use crate::place::real_path;

/// The folder of the state folder that belongs to handler code.
const OWN_FOLDER: &str = "files";
/// How files with secrets are called.
const SECRET_PREFIX: &str = ".env";

/// What is to be done with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Its content, or the names in a folder.
    Read,
    /// Its content, its name, its attributes.
    Write,
    /// Both.
    ReadWrite,
    /// Whether it is there, and its attributes: what may be read or written, and the folders on the way there.
    Look,
}

#[derive(Debug)]
pub(crate) struct FileRules {
    read: List,
    write: List,
    project: PathBuf,
    state: PathBuf,
    /// The folder of the state folder that handlers may use.
    files: PathBuf,
}

/// One allow-list.
#[derive(Debug)]
struct List {
    /// As it was written; `None` when there is none.
    text: Option<Vec<String>>,
    /// The folders and files of it, without symbolic links.
    roots: Vec<PathBuf>,
}

impl List {
    fn new(text: Option<Vec<String>>, project: &Path) -> Self {
        let roots = text.iter().flatten().map(|entry| root(entry, project)).collect();
        Self { text, roots }
    }

    fn covers(&self, real: &Path) -> bool {
        self.roots.iter().any(|root| real.starts_with(root))
    }
}

/// The folder or file that an entry means: `data`, `data/**`, `/srv`, `*`.
fn root(entry: &str, project: &Path) -> PathBuf {
    let bare = entry.trim_end_matches('*');
    let bare = if bare.len() < entry.len() { bare.trim_end_matches('/') } else { bare };
    match bare {
        // `*` and `/*`: all there is.
        "" => PathBuf::from("/"),
        bare => real_path(&project.join(bare)),
    }
}

impl FileRules {
    pub(crate) fn new(
        read: Option<Vec<String>>,
        write: Option<Vec<String>>,
        project: &Path,
        state: &Path,
    ) -> Self {
        let project = real_path(project);
        let state = real_path(state);
        Self {
            read: List::new(read, &project),
            write: List::new(write, &project),
            files: state.join(OWN_FOLDER),
            project,
            state,
        }
    }

    pub(crate) fn check(&self, real: &Path, access: Access, own: &OwnFiles) -> Result<(), Denied> {
        match access {
            Access::Read => self.check_read(real, own),
            Access::Write => self.check_write(real, own),
            Access::ReadWrite => {
                self.check_read(real, own).and_then(|()| self.check_write(real, own))
            }
            Access::Look => {
                if self.is_on_the_way(real, own) || self.check_write(real, own).is_ok() {
                    return Ok(());
                }
                self.check_read(real, own)
            }
        }
    }

    fn check_read(&self, real: &Path, own: &OwnFiles) -> Result<(), Denied> {
        let doing = || format!("reading `{}`", real.display());
        self.refuse_protected(real, &doing)?;
        let allowed = match &self.read.text {
            Some(_) => self.read.covers(real),
            None => {
                real.starts_with(&self.project)
                    || real.starts_with(&self.files)
                    || own.contain(real)
            }
        };
        if allowed {
            return Ok(());
        }
        let default = "the project, `files` in the state folder and what handlers made in the temporary folder";
        let keep = [".".to_owned(), self.shown(&self.files)];
        Err(self.denied(&doing(), "fs.read", &self.read, default, &keep, real))
    }

    fn check_write(&self, real: &Path, own: &OwnFiles) -> Result<(), Denied> {
        let doing = || format!("writing `{}`", real.display());
        self.refuse_protected(real, &doing)?;
        let allowed = match &self.write.text {
            Some(_) => self.write.covers(real),
            None => {
                let is_temporary = real.starts_with(own.temporary()) && real != own.temporary();
                // A project that lies in the temporary folder is a project all the same.
                real.starts_with(&self.files)
                    || is_temporary
                        && !real.starts_with(&self.project)
                        && !self.project.starts_with(real)
            }
        };
        if allowed {
            return Ok(());
        }
        let default = "`files` in the state folder and the temporary folder";
        let keep = [self.shown(&self.files), self.shown(own.temporary())];
        Err(self.denied(&doing(), "fs.write", &self.write, default, &keep, real))
    }

    fn denied(
        &self,
        doing: &str,
        rule: &str,
        list: &List,
        default: &str,
        keep: &[String],
        real: &Path,
    ) -> Denied {
        let add = self.shown(real);
        match &list.text {
            Some(text) => Denied::by_rule(doing, rule, text, &add),
            None => Denied::by_default(doing, rule, default, keep, &add),
        }
    }

    /// As it is written in transom.toml.
    fn shown(&self, path: &Path) -> String {
        let inside = path.strip_prefix(&self.project).unwrap_or(path);
        if inside.as_os_str().is_empty() { ".".to_owned() } else { inside.display().to_string() }
    }

    /// What no rule can open: the state folder and files with secrets.
    fn refuse_protected(&self, real: &Path, doing: &dyn Fn() -> String) -> Result<(), Denied> {
        if real.starts_with(&self.state) && !real.starts_with(&self.files) {
            let reason =
                "the state folder holds keys and databases; its folder `files` is for handlers";
            return Err(Denied::always(&doing(), reason));
        }
        // The names of a project's own folders above it are nobody's secret.
        let below = real.strip_prefix(&self.project).unwrap_or(real);
        let is_secret = |part: Component<'_>| {
            part.as_os_str().as_encoded_bytes().starts_with(SECRET_PREFIX.as_bytes())
        };
        if below.components().any(is_secret) {
            let reason = "files named `.env*` hold secrets; their variables are in `process.env`";
            return Err(Denied::always(&doing(), reason));
        }
        Ok(())
    }

    /// Whether something allowed lies below `real`.
    fn is_on_the_way(&self, real: &Path, own: &OwnFiles) -> bool {
        let defaults = [self.project.as_path(), &self.files, own.temporary()];
        let lists = self.read.roots.iter().chain(&self.write.roots).map(PathBuf::as_path);
        defaults.into_iter().chain(lists).any(|root| root.starts_with(real))
    }

    pub(crate) fn check_removal(&self, real: &Path) -> Result<(), Denied> {
        if !self.state.starts_with(real) {
            return Ok(());
        }
        let doing = format!("moving or removing `{}`", real.display());
        Err(Denied::always(&doing, "the state folder is in it"))
    }
}
