//! What editors and `tsc --noEmit` need to know `astro`, `astro:*` and the project's variables with
//! nothing installed: declaration files in `.transom/types/`, and a `tsconfig.json` where there is none.

mod env_declarations;

use std::fs;
use std::io;
use std::path::Path;

use transom_manifest::EnvField;

use crate::project::{Project, prepare_state_folder};
use crate::report::Report;

/// The `tsconfig.json` for a project that has none.
pub(crate) const TSCONFIG: &str = include_str!("../../templates/tsconfig.json");

const TYPES_FOLDER: &str = "types";
/// Declarations that stand for a package only as long as it is not installed.
const PACKAGES: [(&str, &str); 2] =
    [("wix-data.d.ts", "@wix/data"), ("wix-essentials.d.ts", "@wix/essentials")];

/// Writes the declaration files, the variables of `schema` among them.
///
/// # Errors
/// A [`Report`] when the state folder in the project cannot be written.
pub(crate) fn write_types(project: &Project, schema: &[EnvField]) -> Result<(), Report> {
    let state = project.default_state();
    prepare_state_folder(&state)?;
    let folder = state.join(TYPES_FOLDER);
    let write = || -> io::Result<()> {
        fs::create_dir_all(&folder)?;
        for (name, text) in transom_app::TYPES {
            let is_installed = PACKAGES.iter().any(|(file, package)| {
                file == name && project.root().join("node_modules").join(package).is_dir()
            });
            // A declaration would hide the types that the package brings.
            if is_installed {
                drop(fs::remove_file(folder.join(name))); // Usually there is none.
            } else {
                write_if_changed(&folder.join(name), text)?;
            }
        }
        write_if_changed(&folder.join("env-schema.d.ts"), &env_declarations::render(schema))
    };
    write().map_err(|error| Report::io("write the declaration files in", &folder, &error))
}

/// Writes a `tsconfig.json` unless the project has one, or a `jsconfig.json`.
///
/// # Errors
/// A [`Report`] when the project folder cannot be written.
pub(crate) fn write_tsconfig(project: &Project) -> Result<(), Report> {
    let path = project.root().join("tsconfig.json");
    if path.exists() || project.root().join("jsconfig.json").exists() {
        return Ok(());
    }
    fs::write(&path, TSCONFIG).map_err(|error| Report::io("write", &path, &error))
}

/// Leaves a file with the same text alone, so that an editor does not check everything again.
fn write_if_changed(path: &Path, text: &str) -> io::Result<()> {
    if fs::read(path).is_ok_and(|found| found == text.as_bytes()) {
        return Ok(());
    }
    fs::write(path, text)
}
