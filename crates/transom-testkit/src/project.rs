//! Projects in temporary folders, and the commands that are run on them.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::process::{Ended, Process};
use crate::server::Server;

/// How a project is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// `transom dev`
    Dev,
    /// `transom build`, then `transom start`
    Start,
}

/// A project in a temporary folder, which is removed with it.
#[derive(Debug)]
pub struct Project {
    folder: TempDir,
    binary: PathBuf,
    env: Vec<(String, String)>,
    args: Vec<String>,
}

impl Project {
    /// An empty project; `binary` is `env!("CARGO_BIN_EXE_transom")`, which only a test of the crate
    /// `transom` can name.
    ///
    /// # Panics
    /// When no temporary folder can be made.
    #[must_use]
    pub fn new(binary: impl Into<PathBuf>) -> Self {
        let folder = TempDir::with_prefix("transom-test-").expect("a temporary folder can be made");
        Self { folder, binary: binary.into(), env: Vec::new(), args: Vec::new() }
    }

    /// A copy of the project in `source`, without what building it or installing packages has left.
    ///
    /// # Panics
    /// When it cannot be copied.
    #[must_use]
    pub fn copy_of(binary: impl Into<PathBuf>, source: &Path) -> Self {
        let project = Self::new(binary);
        copy(source, project.folder.path());
        project
    }

    /// Adds a file.
    ///
    /// # Panics
    /// When it cannot be written.
    #[must_use]
    pub fn file(self, path: &str, contents: impl AsRef<[u8]>) -> Self {
        self.write(path, contents);
        self
    }

    /// Adds one endpoint, `/`, whose handler for `method` has this body; `request` and `url` are at hand.
    #[must_use]
    pub fn handler(self, method: &str, body: &str) -> Self {
        let source = format!(
            "import type {{ APIRoute }} from 'astro';\n\
             export const {method}: APIRoute = async ({{ request, url }}) => {{\n{body}\n}};"
        );
        self.file("src/pages/index.ts", source)
    }

    /// Sets an environment variable for every command that is run on the project.
    #[must_use]
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.env.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Adds an argument to the command that serves the project.
    #[must_use]
    pub fn arg(mut self, arg: &str) -> Self {
        self.args.push(arg.to_owned());
        self
    }

    /// Writes a file of the project, in place, as an editor that saves does.
    ///
    /// # Panics
    /// When it cannot be written.
    pub fn write(&self, path: &str, contents: impl AsRef<[u8]>) {
        let path = self.path(path);
        let folder = path.parent().expect("a file is in a folder");
        fs::create_dir_all(folder).expect("folders can be made in the project");
        fs::write(&path, contents)
            .unwrap_or_else(|error| panic!("cannot write {}: {error}", path.display()));
    }

    /// Makes a folder that is elsewhere part of the project, such as installed packages.
    ///
    /// # Panics
    /// When it cannot be linked.
    #[must_use]
    pub fn link(self, path: &str, target: &Path) -> Self {
        let link = self.path(path);
        std::os::unix::fs::symlink(target, &link)
            .unwrap_or_else(|error| panic!("cannot link {}: {error}", link.display()));
        self
    }

    /// Removes a file of the project.
    ///
    /// # Panics
    /// When it is not there.
    pub fn remove(&self, path: &str) {
        fs::remove_file(self.path(path)).expect("the file is there");
    }

    /// Gives a file of the project another name.
    ///
    /// # Panics
    /// When it is not there.
    pub fn rename(&self, from: &str, to: &str) {
        fs::rename(self.path(from), self.path(to)).expect("the file is there");
    }

    /// The absolute path of something in the project.
    #[must_use]
    pub fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// Runs the binary in the project's folder until it ends.
    #[must_use]
    pub fn run(&self, args: &[&str]) -> Ended {
        self.spawn(args).wait()
    }

    /// Runs the binary in the project's folder with `input` on its stdin until it ends.
    #[must_use]
    pub fn run_with_input(&self, args: &[&str], input: &str) -> Ended {
        Process::start_with_input(&mut self.command(args), input).wait()
    }

    /// Starts the binary in the project's folder.
    #[must_use]
    pub fn spawn(&self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Process {
        Process::start(&mut self.command(args))
    }

    fn command(&self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
        let mut command = Command::new(&self.binary);
        // Whoever runs the tests may have set these for themselves.
        for (name, _) in std::env::vars_os() {
            let own = name.to_str().is_some_and(|name| name.starts_with("TRANSOM_"));
            if own || name == "HOST" || name == "PORT" {
                command.env_remove(name);
            }
        }
        command.args(args).current_dir(self.folder.path()).env("NO_COLOR", "1");
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Builds the project.
    ///
    /// # Panics
    /// When that fails, with what was printed.
    #[track_caller]
    pub fn build(&self) {
        let ended = self.run(&["build", self.folder_name()]);
        assert!(ended.status.success(), "the build failed ({}):\n{}", ended.status, ended.stderr);
    }

    /// Builds the project and serves it with `transom start`.
    ///
    /// # Panics
    /// When the build fails or the server does not come up.
    #[must_use]
    #[track_caller]
    pub fn build_and_serve(self) -> Server {
        self.serve(Mode::Start)
    }

    /// Serves the project with `transom dev`.
    ///
    /// # Panics
    /// When the server does not come up.
    #[must_use]
    #[track_caller]
    pub fn serve_dev(self) -> Server {
        self.serve(Mode::Dev)
    }

    /// Serves the project in either mode, on a free port of 127.0.0.1.
    ///
    /// # Panics
    /// When the server does not come up.
    #[must_use]
    #[track_caller]
    pub fn serve(self, mode: Mode) -> Server {
        match mode {
            Mode::Dev => self.listen("dev"),
            Mode::Start => {
                self.build();
                self.listen("start")
            }
        }
    }

    /// Serves what was built before, or a build that was copied into this folder.
    ///
    /// # Panics
    /// When the server does not come up.
    #[must_use]
    #[track_caller]
    pub fn start(self) -> Server {
        self.listen("start")
    }

    #[track_caller]
    fn listen(self, command: &str) -> Server {
        let mut args = vec![command, self.folder_name(), "--host", "127.0.0.1"];
        if !self.args.iter().any(|arg| arg == "--port") {
            args.extend(["--port", "0"]);
        }
        args.extend(self.args.iter().map(String::as_str));
        let process = self.spawn(args);
        Server::new(process, self)
    }

    fn folder_name(&self) -> &str {
        self.folder.path().to_str().expect("temporary folders have names in UTF-8")
    }
}

/// Copies a folder, without the folders that `.gitignore` of every example names.
fn copy(from: &Path, to: &Path) {
    let entries = fs::read_dir(from)
        .unwrap_or_else(|error| panic!("cannot read {}: {error}", from.display()));
    for entry in entries {
        let entry = entry.expect("the folder can be listed");
        let name = entry.file_name();
        let target = to.join(&name);
        if entry.file_type().expect("a file has a type").is_dir() {
            let left_over = [".astro", ".transom", "dist", "node_modules", "storage"];
            if !left_over.iter().any(|folder| name == *folder) {
                fs::create_dir(&target).expect("the target folder is new");
                copy(&entry.path(), &target);
            }
        } else {
            fs::copy(entry.path(), &target).expect("the file can be copied");
        }
    }
}
