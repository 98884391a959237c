//! The files below `src/pages`, read from the disk. The only part of this crate that does so.
//!
//! Names are visited in byte order, as Node's `readdirSync` gives them: where two files have the
//! same route, the one visited first answers. Links are followed, as Astro does.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use transom_diag::Diagnostic;

use crate::error::RouteError;
use crate::files::{FileEntry, is_left_out, read_file_name, read_folder_names};
use crate::route::{Route, RouteKind};

/// What a project's pages folder holds.
///
/// Faults do not hide the rest: a development server goes on with the routes that are right, a
/// build stops when there are errors.
#[derive(Debug, Default)]
pub struct Discovery {
    /// Endpoints and pages, in the order in which they were found.
    pub routes: Vec<Route>,
    /// Files that are not what their author may think.
    pub warnings: Vec<Diagnostic>,
    /// What cannot be used.
    pub errors: Vec<RouteError>,
}

impl Discovery {
    /// The pages, which take part in the order of routes but are not answered.
    pub fn pages(&self) -> impl Iterator<Item = &Route> {
        self.routes.iter().filter(|route| *route.kind() == RouteKind::Page)
    }
}

/// Reads the folder `pages` (such as `src/pages`) of the project in `project`. Blocks on the disk.
pub fn discover(project: &Path, pages: &str) -> Discovery {
    let mut walk = Walk { project, pages, found: Discovery::default() };
    match fs::metadata(project.join(pages)) {
        Ok(folder) if folder.is_dir() => walk.folder("", &mut Vec::new()),
        Err(cause) if cause.kind() != io::ErrorKind::NotFound => walk.unreadable("", cause),
        _ => walk.found.errors.push(RouteError::MissingPages { directory: pages.into() }),
    }
    walk.found
}

struct Walk<'a> {
    project: &'a Path,
    pages: &'a str,
    found: Discovery,
}

impl Walk<'_> {
    /// Visits the folder `path` below the pages folder. `above` holds the real paths of the folders
    /// it is in.
    fn folder(&mut self, path: &str, above: &mut Vec<PathBuf>) {
        let directory = self.on_disk(path);
        let names = match sorted_names(&directory) {
            Ok(names) => names,
            Err(cause) => return self.unreadable(path, cause),
        };
        let real = match fs::canonicalize(&directory) {
            Ok(real) => real,
            Err(cause) => return self.unreadable(path, cause),
        };
        if above.contains(&real) {
            let directory = self.in_project(path).into();
            return self.found.errors.push(RouteError::FolderLoop { directory });
        }
        above.push(real);
        for name in names {
            let below = |name: &str| {
                if path.is_empty() { name.to_owned() } else { format!("{path}/{name}") }
            };
            match name.to_str() {
                Some(name) if is_left_out(name) => {}
                Some(name) => self.entry(&below(name), above),
                None => {
                    let file = self.in_project(&below(&name.to_string_lossy())).into();
                    self.found.errors.push(RouteError::NameNotUtf8 { file });
                }
            }
        }
        above.pop();
    }

    fn entry(&mut self, path: &str, above: &mut Vec<PathBuf>) {
        let on_disk = self.on_disk(path);
        let metadata = match fs::metadata(&on_disk) {
            Ok(metadata) => metadata,
            // Removed between listing and looking: an editor saving a file does that.
            Err(cause) if cause.kind() == io::ErrorKind::NotFound && !on_disk.is_symlink() => {
                return;
            }
            Err(cause) => return self.unreadable(path, cause),
        };
        if metadata.is_dir() {
            match read_folder_names(self.pages, path) {
                Ok(_) => self.folder(path, above),
                Err(error) => self.found.errors.push(error),
            }
            return;
        }
        match read_file_name(self.pages, path) {
            Ok(FileEntry::Route(route)) => {
                let readable = match metadata.is_file() {
                    true => fs::File::open(&on_disk).map(drop),
                    false => Err(io::Error::other("it is not a regular file")),
                };
                match readable {
                    Ok(()) => self.found.routes.push(route),
                    Err(cause) => self.unreadable(path, cause),
                }
            }
            Ok(FileEntry::Unsupported(warning)) => self.found.warnings.push(warning),
            Ok(FileEntry::Skipped) => {}
            Err(error) => self.found.errors.push(error),
        }
    }

    fn unreadable(&mut self, path: &str, cause: io::Error) {
        let file = self.in_project(path).into();
        self.found.errors.push(RouteError::Unreadable { file, cause });
    }

    fn in_project(&self, path: &str) -> String {
        if path.is_empty() { self.pages.to_owned() } else { format!("{}/{path}", self.pages) }
    }

    fn on_disk(&self, path: &str) -> PathBuf {
        self.project.join(self.pages).join(path)
    }
}

fn sorted_names(directory: &Path) -> io::Result<Vec<std::ffi::OsString>> {
    let entries = fs::read_dir(directory)?;
    let mut names = entries.map(|entry| Ok(entry?.file_name())).collect::<io::Result<Vec<_>>>()?;
    names.sort_by(|a, b| a.as_encoded_bytes().cmp(b.as_encoded_bytes()));
    Ok(names)
}
