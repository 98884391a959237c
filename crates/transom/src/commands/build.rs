//! `transom build`: a self-contained folder that `transom start` serves.

use std::io;
use std::path::{Path, absolute};
use std::sync::Arc;
use std::time::Instant;

use transom_bundler::{ClientFiles, EmitError, emit};
use transom_diag::Diagnostic;
use transom_manifest::CODE_FILE;
use transom_permissions::Permissions;

use crate::args::BuildArgs;
use crate::compile;
use crate::printer::Printer;
use crate::project::{PUBLIC_FOLDER, Project, read_settings_file};
use crate::report::{Report, io_diagnostic};
use crate::serving;
use crate::settings::file;

/// Compiles the project and writes it. Until everything has been written, an older build stays as it is.
///
/// # Errors
/// A [`Report`] when the project has an error, or the folder cannot be written.
pub(crate) fn run(args: &BuildArgs, printer: Printer) -> Result<(), Report> {
    let begun = Instant::now();
    let project = Project::open(&args.project)?;
    let root = project.root();
    let settings = read_settings_file(root)?; // A build with settings that cannot be used must not come into being.
    let compiled = compile::production(root, &args.mode)?;
    printer.diagnostics(root, &compiled.warnings);
    let state = project.default_state();
    let permissions = Arc::new(Permissions::new(settings.permissions, root, &state));
    let log = serving::log_sink(printer);
    let rendered =
        compile::prerender(root, state.clone(), Arc::clone(&permissions), &compiled, log)
            .map_err(|unrendered| Report::one(root, unrendered.diagnostic))?;
    printer.diagnostics(root, &rendered.warnings);
    super::list_ignored(&compiled.manifest.config, printer);

    let out = match &args.out {
        Some(out) => absolute(out).map_err(|error| Report::io("write", out, &error))?,
        None => project.default_build(),
    };
    let public = root.join(PUBLIC_FOLDER);
    let client = ClientFiles { public: &public, written: &rendered.files };
    let settings_file = settings_text(root)?;
    let mut beside: Vec<(&str, &[u8])> = Vec::new();
    beside.extend(settings_file.as_deref().map(|text| (file::NAME, text)));
    let code = compile::compiled_code(&compiled, state, permissions, serving::log_sink(printer));
    match &code {
        Ok(code) => beside.push((CODE_FILE, code)),
        Err(reason) => printer.status(format_args!(
            "starts will be slower: the modules could not be compiled in advance: {reason}"
        )),
    }
    let manifest = emit(&out, &compiled.bundle, compiled.manifest, client, &beside)
        .map_err(|error| Report::one("", refused(&error)))?;

    let routes = manifest.routes.len();
    printer.status(format_args!(
        "built {routes} {} and {} public {} into {} in {} ms",
        super::plural(routes, "route"),
        manifest.client_files,
        super::plural(manifest.client_files as usize, "file"),
        out.display(),
        begun.elapsed().as_millis(),
    ));
    Ok(())
}

/// The settings go with the build: it may be copied to another machine.
fn settings_text(root: &Path) -> Result<Option<Vec<u8>>, Report> {
    let path = root.join(file::NAME);
    match std::fs::read(&path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Report::io("read", &path, &error)),
    }
}

fn refused(error: &EmitError) -> Diagnostic {
    match error {
        EmitError::Io { path, source } => io_diagnostic("write", path, source),
        EmitError::NotABuild { .. } => Diagnostic::error("build/not-a-build", error),
        _ => Diagnostic::error("build/failed", error),
    }
}
