//! What the plugin learns while rolldown works: the import graph, export names, and errors that rolldown itself
//! cannot express. Shared between rolldown's threads and read after each build.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    path::PathBuf,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// The growing record of one bundler. A rebuilt module replaces what was known about it.
#[derive(Debug, Default)]
pub(crate) struct Record(Mutex<Findings>);

/// The contents of a [`Record`].
#[derive(Debug, Default)]
pub(crate) struct Findings {
    /// Module id to the ids it imports, dynamic imports included.
    pub imports: HashMap<String, Vec<String>>,
    /// Importer and specifier of imports over the network.
    pub url_imports: BTreeSet<(String, String)>,
    /// Ids of modules of a type that no endpoint can import.
    pub unsupported: HashSet<String>,
    /// Files imported with `?url`: where they are and the path below `client/` they must get.
    pub assets: HashMap<PathBuf, String>,
    /// Whether a module asks for others whose names only running it tells.
    pub asks_at_run_time: bool,
}

impl Record {
    /// Exclusive access. A panic elsewhere cannot leave the plain data half written, so poisoning is ignored.
    pub fn lock(&self) -> MutexGuard<'_, Findings> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Findings {
    /// Ids that `start` reaches, itself included.
    pub fn reachable<'a>(&'a self, start: &'a str) -> HashSet<&'a str> {
        let mut found = HashSet::from([start]);
        let mut open = vec![start];
        while let Some(id) = open.pop() {
            for next in self.imports.get(id).into_iter().flatten() {
                if found.insert(next.as_str()) {
                    open.push(next);
                }
            }
        }
        found
    }

    /// One module that imports `id`; the first by name, so that messages are stable.
    pub fn importer(&self, id: &str) -> Option<&str> {
        let imports_it = |ids: &[String]| ids.iter().any(|other| other == id);
        self.imports
            .iter()
            .filter(|(_, ids)| imports_it(ids))
            .map(|(importer, _)| importer.as_str())
            .min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reachability_follows_circles() {
        let record = Record::default();
        let mut findings = record.lock();
        for (from, to) in [("a", vec!["b"]), ("b", vec!["c", "a"]), ("d", vec!["b"])] {
            findings.imports.insert(from.into(), to.into_iter().map(str::to_owned).collect());
        }
        assert_eq!(findings.reachable("a"), HashSet::from(["a", "b", "c"]));
        assert_eq!(findings.reachable("c"), HashSet::from(["c"]));
        assert_eq!(findings.importer("b"), Some("a"));
    }
}
