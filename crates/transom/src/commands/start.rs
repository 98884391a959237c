//! `transom start`: serves a build.

use crate::args::StartArgs;
use crate::printer::Printer;
use crate::project::{BuildFolder, prepare_state_folder};
use crate::report::Report;
use crate::serving;
use crate::settings::Purpose;

/// Serves until a stop signal.
///
/// # Errors
/// A [`Report`] when there is no usable build, a setting is wrong, or the server does not come up.
pub(crate) fn run(args: &StartArgs, printer: Printer) -> Result<(), Report> {
    let build = BuildFolder::open(&args.project)?;
    let config = &build.manifest.config;
    let settings = super::settings::gather(
        &args.serve,
        &build.settings_folder,
        config,
        &build.default_state,
        Purpose::Production,
    )?;
    prepare_state_folder(&settings.data)?;
    super::list_ignored(config, printer);
    serving::start(serving::Start { build, settings }, printer)
}
