//! Which paths of a project are worth a notice.

use std::{
    collections::HashSet,
    path::{Component, Path, PathBuf},
};

/// Folders of every project that are watched with everything below them.
const FOLDERS: [&str; 2] = ["src", "public"];
/// Folders that programs fill and people do not edit.
const GENERATED: [&str; 6] = ["node_modules", ".git", ".transom", ".astro", ".hg", ".svn"];
/// Files of the project folder itself, besides `.env*`, `astro.config.*` and scripts.
const CONFIGURATION: [&str; 9] = [
    "transom.toml",
    "package.json",
    "tsconfig.json",
    "jsconfig.json",
    // Written at the end of an installation.
    "package-lock.json",
    "pnpm-lock.yaml",
    "yarn.lock",
    "bun.lock",
    "bun.lockb",
];
const SCRIPTS: [&str; 8] = ["ts", "js", "mts", "mjs", "cts", "cjs", "tsx", "jsx"];

/// Decides by path alone; nothing here touches the disk except [`Filter::new`], which makes folders absolute.
#[derive(Debug)]
pub(crate) struct Filter {
    root: PathBuf,
    folders: Vec<PathBuf>,
    files: HashSet<PathBuf>,
    dirs: HashSet<PathBuf>,
}

impl Filter {
    pub fn new(root: PathBuf, folders: &[PathBuf]) -> Self {
        let mut all: Vec<PathBuf> = FOLDERS.iter().map(|folder| root.join(folder)).collect();
        for folder in folders {
            let folder = root.join(folder);
            if !all.iter().any(|known| folder.starts_with(known)) {
                all.push(folder);
            }
        }
        Self { root, folders: all, files: HashSet::new(), dirs: HashSet::new() }
    }

    /// The folders that are watched with everything below them.
    pub fn folders(&self) -> &[PathBuf] {
        &self.folders
    }

    /// True for one of [`Filter::folders`].
    pub fn is_folder(&self, path: &Path) -> bool {
        self.folders.iter().any(|folder| folder == path)
    }

    /// Adds single files and answers the folders that have to be watched for them and are not yet.
    pub fn add_files<'a>(
        &mut self,
        files: impl IntoIterator<Item = &'a PathBuf>,
    ) -> HashSet<PathBuf> {
        let mut new = HashSet::new();
        for file in files {
            let Some(dir) = file.parent() else { continue };
            if is_generated(file) || self.folders.iter().any(|folder| file.starts_with(folder)) {
                continue;
            }
            self.files.insert(file.clone());
            if dir != self.root && self.dirs.insert(dir.to_path_buf()) {
                new.insert(dir.to_path_buf());
            }
        }
        new
    }

    /// Whether a change of `path` may matter.
    pub fn is_relevant(&self, path: &Path) -> bool {
        if self.files.contains(path) {
            return true;
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let inside = path.strip_prefix(&self.root).unwrap_or(path);
        if is_generated(inside) || is_temporary(&name) {
            return false;
        }
        if self.folders.iter().any(|folder| path.starts_with(folder)) {
            return true;
        }
        let is_script = SCRIPTS
            .iter()
            .any(|script| path.extension().is_some_and(|extension| extension == *script));
        match path.parent() {
            Some(dir) if dir == self.root => {
                is_script
                    || CONFIGURATION.contains(&&*name)
                    || name == ".env"
                    || name.starts_with(".env.")
            }
            // Beside a file that is imported another may appear that an import is still looking for.
            Some(dir) => is_script && self.dirs.contains(dir),
            None => false,
        }
    }
}

fn is_generated(path: &Path) -> bool {
    path.components().any(
        |part| matches!(part, Component::Normal(name) if GENERATED.iter().any(|dir| name == *dir)),
    )
}

/// Names that editors and tools use while they write.
fn is_temporary(name: &str) -> bool {
    let ends = [
        "~",
        ".swp",
        ".swo",
        ".swx",
        ".tmp",
        ".temp",
        ".crswap",
        ".part",
        "___jb_tmp___",
        "___jb_old___",
    ];
    let starts = [".#", ".goutputstream-", ".~lock", "~$"];
    ends.iter().any(|end| name.ends_with(end))
        || starts.iter().any(|start| name.starts_with(start))
        || (name.starts_with('#') && name.ends_with('#'))
        || ["4913", ".DS_Store", "Thumbs.db"].contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_matters() {
        let mut filter = Filter::new("/p".into(), &["src/deeper".into()]);
        let extra: Vec<PathBuf> =
            ["/p/lib/a.ts", "/p/data.json", "/other/b.ts", "/p/node_modules/x/i.js", "/p/src/c.ts"]
                .map(PathBuf::from)
                .into();
        let dirs = filter.add_files(&extra);
        assert_eq!(dirs, HashSet::from(["/p/lib".into(), "/other".into()]));
        let check = |path: &str, expected: bool| {
            assert_eq!(filter.is_relevant(Path::new(path)), expected, "{path}")
        };
        for path in [
            "/p/src",
            "/p/src/pages/a.ts",
            "/p/src/data.bin",
            "/p/public/x.png",
            "/p/.env",
            "/p/.env.local",
            "/p/transom.toml",
            "/p/astro.config.mjs",
            "/p/astro.config.ts",
            "/p/package.json",
            "/p/package-lock.json",
            "/p/lib/a.ts",
            "/p/lib/new.ts",
            "/p/data.json",
            "/other/b.ts",
            "/p/src/.well-known/x.ts",
        ] {
            check(path, true);
        }
        for path in [
            "/p",
            "/p/README.md",
            "/p/db.sqlite",
            "/p/other.json",
            "/p/dist/a.js",
            "/p/node_modules/x/i.js",
            "/p/.git/index",
            "/p/.transom/build/x.js",
            "/p/src/a.ts~",
            "/p/src/.a.ts.swp",
            "/p/src/4913",
            "/p/src/#a.ts#",
            "/p/src/.#a.ts",
            "/p/src/node_modules/y/i.js",
            "/p/lib/notes.txt",
            "/p/.environment",
            "/p/src/a.ts.tmp",
        ] {
            check(path, false);
        }
    }
}
