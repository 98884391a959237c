//! `transom check`: everything that `transom build` does, except that nothing is written.

use crate::args::CheckArgs;
use crate::compile;
use crate::printer::Printer;
use crate::project::{Project, read_settings_file};
use crate::report::Report;

/// Says what is wrong, or that nothing is.
///
/// # Errors
/// A [`Report`] with what `transom build` would complain about.
pub(crate) fn run(args: &CheckArgs, printer: Printer) -> Result<(), Report> {
    let project = Project::open(&args.project)?;
    read_settings_file(project.root())?;
    let compiled = compile::production(project.root(), &args.mode)?;
    printer.diagnostics(project.root(), &compiled.warnings);
    super::list_ignored(&compiled.manifest.config, printer);
    let routes = compiled.manifest.routes.len();
    printer.status(format_args!("{routes} {} without an error", super::plural(routes, "route")));
    Ok(())
}
