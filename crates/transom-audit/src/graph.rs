//! From a handler to everything that it reaches in the modules of the project.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use oxc_resolver::{
    ResolveOptions, Resolver, TsconfigDiscovery, TsconfigOptions, TsconfigReferences,
};

use crate::module::{Export, Module};
use crate::secrets::Source;
use crate::value::Value;

/// The module with the guards.
const ACCESS: &str = "transom:access";
/// Longest chain of exports that lead to others; beyond it the chain is taken for a circle.
const MAX_DEPTH: usize = 32;

/// Somewhere in the project.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) file: String,
    pub(crate) line: usize,
}

/// What a handler reaches.
#[derive(Debug, Default)]
pub(crate) struct Reached {
    pub(crate) inspects: Vec<&'static str>,
    pub(crate) elevates: Option<Place>,
    pub(crate) changes: Option<(String, Place)>,
    pub(crate) uses_cookies: bool,
    pub(crate) secrets: Vec<(String, Place)>,
}

/// Whom a guard lets in.
#[derive(Debug, Clone, Default)]
pub(crate) struct Guard {
    pub(crate) kinds: Vec<String>,
    pub(crate) limited: bool,
}

/// A name of the top level of a module.
type Name = (PathBuf, String);

/// The modules of a project, read as they are needed.
pub(crate) struct Graph {
    root: PathBuf,
    secrets: Vec<String>,
    resolver: Resolver,
    modules: RefCell<HashMap<PathBuf, Rc<Module>>>,
}

impl Graph {
    pub(crate) fn new(root: &Path, secrets: &[String]) -> Self {
        let root = root.canonicalize().unwrap_or_else(|_| root.to_owned());
        let config_file = ["tsconfig.json", "jsconfig.json"]
            .map(|name| root.join(name))
            .into_iter()
            .find(|file| file.is_file());
        let list = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let options = ResolveOptions {
            extensions: list(&[".ts", ".mts", ".js", ".mjs", ".tsx", ".jsx"]),
            extension_alias: vec![(".js".to_owned(), list(&[".ts", ".js"]))],
            tsconfig: config_file.map(|config_file| {
                let references = TsconfigReferences::Disabled;
                TsconfigDiscovery::Manual(TsconfigOptions { config_file, references })
            }),
            ..ResolveOptions::default()
        };
        let modules = RefCell::default();
        Self { root, secrets: secrets.to_vec(), resolver: Resolver::new(options), modules }
    }

    /// Everything that an export of a file reaches.
    pub(crate) fn reach(&self, file: &str, export: &str) -> Reached {
        let mut reached = Reached::default();
        let mut open: Vec<Name> =
            self.exported(&self.root.join(file), export, 0).into_iter().collect();
        let mut seen: HashSet<Name> = open.iter().cloned().collect();
        while let Some((path, name)) = open.pop() {
            let module = self.module(&path);
            let Some(item) = module.items.get(&name) else { continue };
            let place = |line: usize| Place { file: self.shown(&path), line };
            for what in &item.facts.inspects {
                if !reached.inspects.contains(what) {
                    reached.inspects.push(what);
                }
            }
            if let (None, Some(line)) = (&reached.elevates, item.facts.elevates) {
                reached.elevates = Some(place(line));
            }
            if let (None, Some((what, line))) = (&reached.changes, &item.facts.changes) {
                reached.changes = Some((what.clone(), place(*line)));
            }
            reached.uses_cookies |= item.facts.uses_cookies;
            for (sources, line) in &item.facts.sinks {
                for secret in sources.iter().filter_map(|source| self.secret(&path, source, 0)) {
                    let found = (secret, place(*line));
                    if !reached.secrets.contains(&found) {
                        reached.secrets.push(found);
                    }
                }
            }
            for (name, member) in &item.facts.uses {
                for next in self.meant(&path, name, member.as_deref()) {
                    if seen.insert(next.clone()) {
                        open.push(next);
                    }
                }
            }
        }
        reached
    }

    /// Whom the guard around an export lets in.
    pub(crate) fn guard(&self, file: &str, export: &str) -> Guard {
        match self.exported(&self.root.join(file), export, 0) {
            Some(name) => self.guard_of_name(&name, 0).unwrap_or_default(),
            None => Guard::default(),
        }
    }

    /// Where an export is declared.
    pub(crate) fn place_of(&self, file: &str, export: &str) -> Place {
        match self.exported(&self.root.join(file), export, 0) {
            Some((path, name)) => {
                let line = self.module(&path).items.get(&name).map_or(1, |item| item.line);
                Place { file: self.shown(&path), line }
            }
            None => Place { file: file.to_owned(), line: 1 },
        }
    }

    fn guard_of_name(&self, (path, name): &Name, depth: usize) -> Option<Guard> {
        let module = self.module(path);
        self.guard_of(path, &module.items.get(name)?.value, depth + 1)
    }

    /// The guard around the handler that an expression makes.
    fn guard_of(&self, path: &Path, value: &Value, depth: usize) -> Option<Guard> {
        if depth > MAX_DEPTH {
            return None;
        }
        match value {
            Value::Name(name, member) => {
                let mut meant = self.meant(path, name, member.as_deref()).into_iter();
                meant.find_map(|name| self.guard_of_name(&name, depth))
            }
            Value::Call { callee, arguments, .. } => {
                let mut inner =
                    arguments.iter().filter_map(|value| self.guard_of(path, value, depth + 1));
                let inner = inner.next();
                let Some(outer) = self.guards(path, callee, depth + 1) else { return inner };
                let inner = inner.unwrap_or_default();
                let limited = outer.limited || inner.limited;
                // Whoever is to get through both must be let in by the inner one.
                let kinds = if inner.kinds.is_empty() { outer.kinds } else { inner.kinds };
                Some(Guard { kinds, limited })
            }
            Value::Other => None,
        }
    }

    /// What a function does that is given a handler.
    fn guards(&self, path: &Path, function: &Value, depth: usize) -> Option<Guard> {
        if depth > MAX_DEPTH {
            return None;
        }
        let of = |kinds: &[&str]| {
            let kinds = kinds.iter().map(|kind| (*kind).to_owned()).collect();
            Some(Guard { kinds, limited: false })
        };
        match function {
            Value::Name(name, member) => {
                match self.access(path, name, member.as_deref()).as_deref() {
                    Some("requireMember") => of(&["MEMBER"]),
                    Some("requireUser") => of(&["USER"]),
                    Some(_) => None,
                    None => self.meant(path, name, member.as_deref()).into_iter().find_map(
                        |(path, name)| {
                            let module = self.module(&path);
                            self.guards(&path, &module.items.get(&name)?.value, depth + 1)
                        },
                    ),
                }
            }
            Value::Call { callee, texts, .. } => {
                let Value::Name(name, member) = &**callee else { return None };
                match self.access(path, name, member.as_deref()).as_deref() {
                    Some("allow") => Some(Guard { kinds: texts.clone(), limited: false }),
                    Some("requireOwner") => of(&["the owner"]),
                    Some("rateLimit") => Some(Guard { kinds: Vec::new(), limited: true }),
                    _ => None,
                }
            }
            Value::Other => None,
        }
    }

    /// The name of the guard that a name stands for.
    fn access(&self, path: &Path, name: &str, member: Option<&str>) -> Option<String> {
        let module = self.module(path);
        let import = module.imports.get(name).filter(|import| import.specifier == ACCESS)?;
        import.name.clone().or_else(|| member.map(str::to_owned))
    }

    /// The secret behind a source, if there is one.
    fn secret(&self, path: &Path, source: &Source, depth: usize) -> Option<String> {
        match source {
            Source::Secret(name) => Some(name.clone()),
            Source::Name(_) if depth > MAX_DEPTH => None,
            Source::Name(name) => {
                self.meant(path, name, None).into_iter().find_map(|(path, name)| {
                    let module = self.module(&path);
                    let item = module.items.get(&name)?;
                    item.facts
                        .carries
                        .iter()
                        .find_map(|source| self.secret(&path, source, depth + 1))
                })
            }
        }
    }

    /// What a name of a module stands for, in this module or in another one.
    fn meant(&self, path: &Path, name: &str, member: Option<&str>) -> Vec<Name> {
        let module = self.module(path);
        if module.items.contains_key(name) {
            return vec![(path.to_owned(), name.to_owned())];
        }
        let Some(import) = module.imports.get(name) else { return Vec::new() };
        let Some(target) = self.resolve(path, &import.specifier) else { return Vec::new() };
        match (import.name.as_deref(), member) {
            (Some(name), _) | (None, Some(name)) => {
                self.exported(&target, name, 0).into_iter().collect()
            }
            // The namespace as a whole: anything of it may be used.
            (None, None) => {
                let names: Vec<String> = self.module(&target).exports.keys().cloned().collect();
                names.iter().filter_map(|name| self.exported(&target, name, 0)).collect()
            }
        }
    }

    /// Where an exported name is declared.
    fn exported(&self, path: &Path, name: &str, depth: usize) -> Option<Name> {
        if depth > MAX_DEPTH {
            return None;
        }
        let module = self.module(path);
        match module.exports.get(name) {
            Some(Export::Local(local)) if module.items.contains_key(local) => {
                Some((path.to_owned(), local.clone()))
            }
            Some(Export::Local(local)) => {
                let import = module.imports.get(local)?;
                let target = self.resolve(path, &import.specifier)?;
                self.exported(&target, import.name.as_deref()?, depth + 1)
            }
            Some(Export::From(import)) => {
                let target = self.resolve(path, &import.specifier)?;
                self.exported(&target, import.name.as_deref()?, depth + 1)
            }
            None => module.stars.iter().find_map(|specifier| {
                let target = self.resolve(path, specifier)?;
                self.exported(&target, name, depth + 1)
            }),
        }
    }

    /// The module of the project that a specifier leads to.
    fn resolve(&self, from: &Path, specifier: &str) -> Option<PathBuf> {
        let found = self.resolver.resolve(from.parent()?, specifier).ok()?.full_path();
        let is_package = found.components().any(|part| part.as_os_str() == "node_modules");
        (found.starts_with(&self.root) && !is_package).then_some(found)
    }

    fn module(&self, path: &Path) -> Rc<Module> {
        if let Some(module) = self.modules.borrow().get(path) {
            return Rc::clone(module);
        }
        let text = std::fs::read_to_string(path).unwrap_or_default();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let module = Rc::new(Module::parse(&text, &name, &self.secrets));
        self.modules.borrow_mut().insert(path.to_owned(), Rc::clone(&module));
        module
    }

    fn shown(&self, path: &Path) -> String {
        path.strip_prefix(&self.root).unwrap_or(path).display().to_string()
    }
}
