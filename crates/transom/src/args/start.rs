//! `transom start`.

use std::path::PathBuf;

use super::ServeArgs;

/// Serve a built project in production
#[derive(Debug, clap::Args)]
pub(crate) struct StartArgs {
    /// Project folder, or a folder written by `transom build`
    #[arg(value_name = "DIR", default_value = ".")]
    pub(crate) project: PathBuf,
    #[command(flatten)]
    pub(crate) serve: ServeArgs,
}
