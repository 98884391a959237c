//! `transom init`.

use std::path::PathBuf;

/// Write a small project to start from
#[derive(Debug, clap::Args)]
pub(crate) struct InitArgs {
    /// Folder to create, or an existing one to add to
    #[arg(value_name = "DIR", default_value = ".")]
    pub(crate) project: PathBuf,
}
