//! One bundle of a project's entries.
//!
//! rolldown reports every error it finds in one run, but emits nothing then. In development the entries that
//! reach a broken module are left out and the rest is bundled again, until what is left works.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    path::{Path, PathBuf},
    sync::Arc,
};

use rolldown::{BundleOutput, BundlerBuilder};
use rolldown_common::Output;
use rolldown_error::{BuildDiagnostic, EventKind};

use crate::{
    bundle::{Asset, Bundle, Chunk, FailedEntry},
    bundled_modules,
    error::{BundleError, BundleErrors, Place, project_path},
    import_meta_env::Inliner,
    names::chunk_names,
    options::{BundleOptions, Entry, Mode},
    plugin::{Project, ProjectPlugin},
    record::Record,
    rolldown_options::{input, rolldown_options},
    translate::{ModuleError, Translator},
    tsconfig::ProjectTsconfig,
    workers::Workers,
};

/// Bundles the entries of one project. Every call of [`Bundler::bundle`] reads the files anew.
#[derive(Debug)]
pub struct Bundler {
    options: BundleOptions,
    workers: Workers,
}

/// An entry whose file was found.
#[derive(Debug, Clone)]
pub(crate) struct FoundEntry {
    pub name: String,
    pub chunk: String,
    pub id: String,
}

impl Bundler {
    /// A bundler for `options`. Touches nothing yet.
    pub fn new(options: BundleOptions) -> Self {
        Self { options, workers: Workers::default() }
    }

    /// The options; changes hold from the next bundle on.
    pub fn options_mut(&mut self) -> &mut BundleOptions {
        &mut self.options
    }

    /// Bundles everything, on threads of the bundler's own: any executor may poll the future.
    ///
    /// # Errors
    /// In [`Mode::Production`] every error of every entry. In [`Mode::Development`] only what concerns no single
    /// entry, such as an invalid `tsconfig.json`; the rest is in [`Bundle::failed`].
    pub async fn bundle(&self) -> Result<Bundle, BundleErrors> {
        let root = self.options.root.canonicalize().unwrap_or_else(|_| self.options.root.clone());
        let tsconfig = ProjectTsconfig::load(&root).map_err(|error| BundleErrors(vec![error]))?;
        let warnings = tsconfig.warnings.clone();
        let watch_files = tsconfig.files_read.clone();
        let project = Arc::new(Project {
            root,
            base_url: self.options.env.base_url.clone(),
            virtual_modules: self
                .options
                .virtual_modules
                .iter()
                .map(|module| (module.specifier.clone(), module.source.clone()))
                .collect(),
            externals: self.options.externals.clone(),
            tsconfig,
            inliner: Inliner::new(&self.options.env),
        });
        let mut run = Run::new(project, &self.options.entries);
        run.bundle.warnings = warnings;
        run.watch.extend(watch_files);
        self.workers.run(run.finish(self.options.mode)).await
    }
}

/// What one run of rolldown came to.
struct Attempt {
    output: Option<(BundleOutput, Arc<Record>)>,
    /// Each error with the names of the entries it belongs to.
    errors: Vec<(Vec<String>, BundleError)>,
    /// Every file that was looked at.
    files: HashSet<PathBuf>,
}

/// One call of [`Bundler::bundle`].
struct Run {
    project: Arc<Project>,
    entries: Vec<FoundEntry>,
    errors: BTreeMap<String, Vec<BundleError>>,
    watch: HashSet<PathBuf>,
    bundle: Bundle,
}

impl Run {
    fn new(project: Arc<Project>, entries: &[Entry]) -> Self {
        let names = chunk_names(entries.iter().map(|entry| entry.name.as_str()));
        let mut run = Self {
            project,
            entries: Vec::new(),
            errors: BTreeMap::new(),
            watch: HashSet::new(),
            bundle: Bundle::default(),
        };
        for (entry, chunk) in entries.iter().zip(names) {
            match run.find(&entry.file) {
                Ok(id) => run.entries.push(FoundEntry { name: entry.name.clone(), chunk, id }),
                Err(error) => run.errors.entry(entry.name.clone()).or_default().push(error),
            }
        }
        run
    }

    fn find(&self, file: &Path) -> Result<String, BundleError> {
        let path = self.project.root.join(file);
        let shown = project_path(&self.project.root, &path);
        let found = path.canonicalize().and_then(|path| std::fs::File::open(&path).map(|_| path));
        let error = |message| BundleError {
            code: "bundle/unreadable-file",
            message,
            place: Some(Box::new(Place::file(shown.clone()))),
            hint: None,
        };
        let path = found.map_err(|cause| error(format!("cannot read the file: {cause}")))?;
        path.to_str()
            .map(str::to_owned)
            .ok_or_else(|| error("the path is not valid Unicode".to_owned()))
    }

    async fn finish(mut self, mode: Mode) -> Result<Bundle, BundleErrors> {
        if mode == Mode::Production && !self.errors.is_empty() {
            return Err(self.all_errors());
        }
        while !self.entries.is_empty() {
            let Attempt { output, errors, files } = self.attempt(&self.entries).await;
            self.watch.extend(files);
            if errors.is_empty() {
                let Some((output, record)) = output else { break };
                self.take(output, &record);
                break;
            }
            if mode == Mode::Production {
                return Err(BundleErrors(unique(errors.into_iter().map(|(_, error)| error))));
            }
            self.exclude(errors).await?;
        }
        if mode == Mode::Production && !self.errors.is_empty() {
            return Err(self.all_errors());
        }
        let failed = std::mem::take(&mut self.errors);
        self.bundle.failed = failed
            .into_iter()
            .map(|(name, errors)| FailedEntry { name, errors: unique(errors) })
            .collect();
        self.bundle.watch_files = self.watch.into_iter().collect();
        self.bundle.watch_files.sort();
        Ok(self.bundle)
    }

    fn all_errors(self) -> BundleErrors {
        BundleErrors(unique(self.errors.into_values().flatten()))
    }

    /// Takes failing entries out. An error that cannot be traced is looked for in each entry alone.
    async fn exclude(
        &mut self,
        errors: Vec<(Vec<String>, BundleError)>,
    ) -> Result<(), BundleErrors> {
        let mut untraced = Vec::new();
        let before = self.entries.len();
        for (names, error) in errors {
            if names.is_empty() {
                untraced.push(error);
                continue;
            }
            for name in names {
                self.entries.retain(|entry| entry.name != name);
                self.errors.entry(name).or_default().push(error.clone());
            }
        }
        if self.entries.len() < before || untraced.is_empty() {
            return Ok(());
        }
        let mut kept = Vec::new();
        for entry in std::mem::take(&mut self.entries) {
            let errors = self.attempt(std::slice::from_ref(&entry)).await.errors;
            if errors.is_empty() {
                kept.push(entry);
            } else {
                let errors = errors.into_iter().map(|(_, error)| error);
                self.errors.entry(entry.name).or_default().extend(errors);
            }
        }
        if kept.len() == before {
            return Err(BundleErrors(untraced));
        }
        self.entries = kept;
        Ok(())
    }

    /// Runs rolldown once.
    async fn attempt(&self, entries: &[FoundEntry]) -> Attempt {
        let record = Arc::new(Record::default());
        let plugin =
            ProjectPlugin { project: Arc::clone(&self.project), record: Arc::clone(&record) };
        let mut options =
            rolldown_options(&self.project.root, self.project.tsconfig.transform_options());
        options.input = Some(input(entries));
        let built = BundlerBuilder::default()
            .with_options(options)
            .with_plugins(vec![Arc::new(plugin)])
            .build();
        let output = match built {
            Ok(mut bundler) => bundler.generate().await,
            Err(errors) => Err(errors),
        };
        let translator = Translator { root: &self.project.root };
        let findings = record.lock();
        let mut errors: Vec<ModuleError> = match &output {
            Ok(output) => output
                .warnings
                .iter()
                .filter_map(|warning| translator.unresolved_import(warning))
                .collect(),
            Err(failed) => {
                let is_json =
                    |error: &BuildDiagnostic| matches!(error.kind(), EventKind::JsonParseError);
                let ids = failed.iter().any(is_json).then(|| findings.imports.values().flatten());
                let mut errors =
                    translator.json_errors(ids.into_iter().flatten().map(String::as_str));
                errors.extend(
                    failed
                        .iter()
                        .filter(|error| !is_json(error))
                        .map(|error| translator.error(error)),
                );
                errors
            }
        };
        let urls = findings.url_imports.iter();
        errors.extend(urls.map(|(importer, specifier)| translator.url_import(importer, specifier)));
        errors.extend(
            findings.unsupported.iter().map(|id| translator.unsupported(id, findings.importer(id))),
        );
        let reach: Vec<(&str, HashSet<&str>)> = if errors.is_empty() {
            Vec::new()
        } else {
            entries
                .iter()
                .map(|entry| (entry.name.as_str(), findings.reachable(&entry.id)))
                .collect()
        };
        let errors = errors
            .into_iter()
            .map(|ModuleError { module, error }| {
                let hit =
                    |ids: &HashSet<&str>| module.as_deref().is_some_and(|id| ids.contains(id));
                let names = reach
                    .iter()
                    .filter(|(_, ids)| hit(ids))
                    .map(|(name, _)| (*name).to_owned())
                    .collect();
                (names, error)
            })
            .collect();
        let found = findings.imports.iter().flat_map(|(id, imports)| imports.iter().chain([id]));
        let files = found
            .chain(entries.iter().map(|entry| &entry.id))
            .filter_map(|id| source_file(id))
            .collect();
        drop(findings);
        Attempt { output: output.ok().map(|output| (output, record)), errors, files }
    }

    fn take(&mut self, output: BundleOutput, record: &Record) {
        let translator = Translator { root: &self.project.root };
        let mut maps: HashMap<String, String> = HashMap::new();
        let mut chunks = Vec::new();
        for output in output.assets {
            match output {
                Output::Asset(asset) => {
                    if let Ok(text) = asset.source.clone().try_into_string() {
                        maps.insert(asset.filename.to_string(), text);
                    }
                }
                Output::Chunk(chunk) => chunks.push(chunk),
            }
        }
        let names: HashMap<&str, &str> =
            self.entries.iter().map(|entry| (entry.chunk.as_str(), entry.name.as_str())).collect();
        self.bundle.chunks = chunks
            .into_iter()
            .map(|chunk| {
                let entry_name = chunk.is_entry.then(|| names.get(chunk.name.as_str())).flatten();
                let mut exports: Vec<String> = entry_name
                    .map(|_| chunk.exports.iter().map(ToString::to_string).collect())
                    .unwrap_or_default();
                exports.sort();
                Chunk {
                    map: maps.remove(&format!("{}.map", chunk.filename)),
                    file: chunk.filename.to_string(),
                    is_entry: entry_name.is_some(),
                    entry_name: entry_name.map(|name| (*name).to_owned()),
                    exports,
                    modules: chunk
                        .module_ids
                        .iter()
                        .filter_map(|id| source_file(id.as_str()))
                        .collect(),
                    code: chunk.code.clone(),
                }
            })
            .collect();
        self.bundle.chunks.sort_by(|a, b| (!a.is_entry, &a.file).cmp(&(!b.is_entry, &b.file)));
        let shown = output
            .warnings
            .iter()
            .filter(|warning| !warning.id().is_some_and(|id| id.contains("node_modules")))
            .map(|warning| translator.warning(warning));
        self.bundle.warnings.extend(shown);
        let findings = record.lock();
        if findings.asks_at_run_time {
            bundled_modules::list(&mut self.bundle.chunks);
        }
        self.bundle.assets = findings
            .assets
            .iter()
            .map(|(source, file)| Asset { source: source.clone(), file: file.clone() })
            .collect();
        self.bundle.assets.sort_by(|a, b| a.file.cmp(&b.file));
    }
}

/// The file of a module id, without query; virtual modules have none.
fn source_file(id: &str) -> Option<PathBuf> {
    let path = id.split_once('?').map_or(id, |(path, _)| path);
    Path::new(path).is_absolute().then(|| PathBuf::from(path))
}

fn unique(errors: impl IntoIterator<Item = BundleError>) -> Vec<BundleError> {
    let mut kept: Vec<BundleError> = Vec::new();
    for error in errors {
        if !kept.contains(&error) {
            kept.push(error);
        }
    }
    kept
}
