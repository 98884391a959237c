//! A project in a temporary folder and the questions that the tests ask about its bundle.

use std::{fs, path::Path};

use tempfile::TempDir;
use transom_bundler::{
    Bundle, BundleErrors, BundleOptions, Bundler, Entry, ImportMetaEnv, Mode, VirtualModule,
};

/// Files on disk and the options to bundle them with.
pub struct Project {
    dir: TempDir,
    pub options: BundleOptions,
}

impl Project {
    /// A project of the given files; every file directly in `pages/` is an entry named like the file.
    pub fn new(files: &[(&str, &str)]) -> Self {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let mut options =
            BundleOptions { root: dir.path().to_path_buf(), ..BundleOptions::default() };
        for (name, text) in files {
            write(dir.path(), name, text);
            if let Some(entry) = name.strip_prefix("pages/") {
                options.entries.push(Entry::new(entry, dir.path().join(name)));
            }
        }
        Self { dir, options }
    }

    pub fn mode(mut self, mode: Mode) -> Self {
        self.options.mode = mode;
        self
    }

    pub fn virtual_module(mut self, specifier: &str, source: &str) -> Self {
        self.options.virtual_modules.push(VirtualModule::new(specifier, source));
        self
    }

    pub fn external(mut self, prefix: &str) -> Self {
        self.options.externals.push(prefix.to_owned());
        self
    }

    pub fn env(mut self, variables: &[(&str, &str)]) -> Self {
        let owned = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        self.options.env =
            ImportMetaEnv { variables: owned.collect::<Vec<_>>().into(), ..self.options.env };
        self
    }

    pub fn write(&self, name: &str, text: &str) {
        write(self.dir.path(), name, text);
    }

    pub fn bundle(&self) -> Result<Bundle, BundleErrors> {
        runtime().block_on(Bundler::new(self.options.clone()).bundle())
    }

    /// The code of the only entry, and of all its chunks behind it.
    pub fn code(&self) -> String {
        let bundle = self.bundle().unwrap_or_else(|errors| panic!("{errors}"));
        bundle
            .chunks
            .iter()
            .map(|chunk| chunk.code.as_str())
            .collect::<Vec<_>>()
            .join("\n// next chunk\n")
    }

    /// Every error as `code file:line:column message (hint)`.
    pub fn errors(&self) -> Vec<String> {
        let errors = self.bundle().expect_err("the project is broken");
        errors
            .0
            .iter()
            .map(|error| {
                let hint = error.hint.as_ref().map(|hint| format!(" ({hint})")).unwrap_or_default();
                format!("{} {error}{hint}", error.code)
            })
            .collect()
    }
}

pub fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime")
}

fn write(dir: &Path, name: &str, text: &str) {
    let path = dir.join(name);
    fs::create_dir_all(path.parent().expect("inside the project")).expect("writable");
    fs::write(path, text).expect("writable");
}
