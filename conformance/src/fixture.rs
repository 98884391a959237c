//! Fixture projects: what `fixture.json` says, and whether a copy is complete.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;

/// The part of `fixture.json` that a run needs.
#[derive(Debug, Deserialize)]
pub(crate) struct Fixture {
    /// Environment of the server process, not of the build.
    #[serde(default)]
    pub(crate) start_env: BTreeMap<String, String>,
    /// Every file of the project.
    files: Vec<String>,
}

impl Fixture {
    /// Reads the description of a fixture and checks that none of its files is missing.
    pub(crate) fn read(folder: &Path) -> Result<Self, String> {
        let file = folder.join("fixture.json");
        let text = fs::read_to_string(&file)
            .map_err(|error| format!("cannot read {}: {error}", file.display()))?;
        let fixture: Self =
            serde_json::from_str(&text).map_err(|error| format!("{}: {error}", file.display()))?;
        match fixture.files.iter().find(|name| !folder.join(name).is_file()) {
            Some(missing) => Err(format!("{} lacks the file `{missing}`", folder.display())),
            None => Ok(fixture),
        }
    }
}
