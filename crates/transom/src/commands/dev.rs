//! `transom dev`: serves a project and follows its changes.

use crate::args::DevArgs;
use crate::compile::{self, Compiler};
use crate::editor;
use crate::printer::Printer;
use crate::project::lock::DevLock;
use crate::project::{Project, prepare_state_folder};
use crate::report::Report;
use crate::serving;
use crate::settings::Purpose;

/// Serves until a stop signal. An error in a route does not stop the server, nor keep it from starting.
///
/// # Errors
/// A [`Report`] when a setting or the config is wrong, or the server does not come up.
pub(crate) fn run(args: &DevArgs, printer: Printer) -> Result<(), Report> {
    let project = Project::open(&args.project)?;
    let runtime = compile::runtime()?;
    let mut compiler =
        runtime.block_on(Compiler::load(project.root(), &args.mode, Purpose::Development))?;
    let settings = super::settings::gather(
        &args.serve,
        project.root(),
        compiler.config(),
        &project.default_state(),
        Purpose::Development,
    )?;
    prepare_state_folder(&settings.data)?;
    let lock = DevLock::take(&settings.data)?;
    prepare_editor(&project, &compiler, printer);
    let compiled = runtime.block_on(compiler.compile())?;
    super::list_ignored(compiler.config(), printer);
    serving::develop(
        serving::Develop { project, settings, lock, compiler, compiled, runtime },
        printer,
    )
}

/// Editors are a comfort: a project that cannot be written to is served all the same.
fn prepare_editor(project: &Project, compiler: &Compiler, printer: Printer) {
    let written = editor::write_types(project, &compiler.config().env_schema)
        .and_then(|()| editor::write_tsconfig(project));
    if let Err(report) = written {
        for diagnostic in report.diagnostics {
            printer.detail(format_args!("no types for editors: {}", diagnostic.message));
        }
    }
}
