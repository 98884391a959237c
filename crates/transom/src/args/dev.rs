//! `transom dev`.

use std::path::PathBuf;

use super::ServeArgs;

/// Serve a project while it is being written
#[derive(Debug, clap::Args)]
pub(crate) struct DevArgs {
    /// Project folder
    #[arg(value_name = "DIR", default_value = ".")]
    pub(crate) project: PathBuf,
    /// Mode that selects the `.env.MODE` files and sets `import.meta.env.MODE`
    #[arg(long, value_name = "MODE", default_value = "development")]
    pub(crate) mode: String,
    #[command(flatten)]
    pub(crate) serve: ServeArgs,
}
