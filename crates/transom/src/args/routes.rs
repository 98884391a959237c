//! `transom routes`.

use std::path::PathBuf;

/// List the methods, paths and files of a project's endpoints
#[derive(Debug, clap::Args)]
pub(crate) struct RoutesArgs {
    /// Project folder
    #[arg(value_name = "DIR", default_value = ".")]
    pub(crate) project: PathBuf,
    /// Print a JSON array instead of a table
    #[arg(long)]
    pub(crate) json: bool,
}
