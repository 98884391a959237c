//! Where the state is that a command works on.

use std::path::PathBuf;

/// The options of every command that works on a project's state, beside a server that runs or without one.
#[derive(Debug, clap::Args)]
pub(crate) struct StateArgs {
    /// Project folder, or a folder written by `transom build`
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub(crate) project: PathBuf,
    /// Folder for state [env: TRANSOM_DATA_DIR] [default: `.transom` in the project; of a build folder `./.transom`]
    #[arg(long, value_name = "PATH")]
    pub(crate) data: Option<PathBuf>,
}
