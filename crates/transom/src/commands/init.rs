//! `transom init`: a small project to start from. Writes nothing when it would overwrite something.

use std::fs;
use std::path::Path;

use transom_diag::Diagnostic;

use crate::args::InitArgs;
use crate::editor;
use crate::printer::Printer;
use crate::project::{Project, STATE_FOLDER};
use crate::report::Report;

/// The files of the new project; `{{project}}` stands for the name of its folder.
const FILES: &[(&str, &str)] = &[
    ("src/pages/api/hello.ts", include_str!("../../templates/src/pages/api/hello.ts")),
    ("package.json", include_str!("../../templates/package.json")),
    ("tsconfig.json", editor::TSCONFIG),
    ("transom.toml", include_str!("../../templates/transom.toml")),
    (".gitignore", include_str!("../../templates/gitignore")),
];

/// Writes the project and says what to do next.
///
/// # Errors
/// A [`Report`] when one of the files exists already, or when the folder cannot be written.
pub(crate) fn run(args: &InitArgs, printer: Printer) -> Result<(), Report> {
    let folder = &args.project;
    refuse_to_overwrite(folder)?;
    fs::create_dir_all(folder).map_err(|error| Report::io("create", folder, &error))?;
    let project = Project::open(folder)?;
    let name = package_name(project.root());
    for (file, text) in FILES {
        write(&project.root().join(file), &text.replace("{{project}}", &name))?;
    }
    editor::write_types(&project, &[])?;

    for (file, _) in FILES {
        printer.detail(format_args!("wrote {file}"));
    }
    printer.status(format_args!("A project is in {}. Next:\n", project.root().display()));
    if folder != Path::new(".") {
        printer.status(format_args!("    cd {}", folder.display()));
    }
    printer.status("    transom dev");
    printer.status("    curl \"http://localhost:4321/api/hello?name=Ada\"");
    Ok(())
}

fn refuse_to_overwrite(folder: &Path) -> Result<(), Report> {
    if folder.is_file() {
        let message = format!("`{}` is a file, not a folder", folder.display());
        return Err(Report::one("", Diagnostic::error("project/not-a-folder", message)));
    }
    let exists = |file: &&str| folder.join(file).symlink_metadata().is_ok();
    let found: Vec<&str> = FILES.iter().map(|(file, _)| *file).filter(exists).collect();
    if found.is_empty() {
        return Ok(());
    }
    let message =
        format!("`{}` already has `{}`, nothing was written", folder.display(), found.join("`, `"));
    let diagnostic = Diagnostic::error("init/exists", message)
        .hint("name another folder, for example `transom init my-api`")
        .hint("an existing project needs no `init`: run `transom dev` in it");
    Err(Report::one("", diagnostic))
}

fn write(path: &Path, text: &str) -> Result<(), Report> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(path, text))
        .map_err(|error| Report::io("write", path, &error))
}

/// The folder's name in the letters that npm accepts.
fn package_name(root: &Path) -> String {
    let name = root.file_name().map(|name| name.to_string_lossy().to_lowercase());
    let letters = name.unwrap_or_default().replace(|c: char| !c.is_ascii_alphanumeric(), "-");
    match letters.trim_matches('-') {
        "" => STATE_FOLDER.trim_start_matches('.').to_owned(),
        name => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_names_the_package() {
        for (folder, name) in [("/a/My API", "my-api"), ("/a/.x", "x"), ("/", "transom")] {
            assert_eq!(package_name(Path::new(folder)), name, "{folder}");
        }
    }
}
