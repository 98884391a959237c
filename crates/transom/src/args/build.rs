//! `transom build`.

use std::path::PathBuf;

/// Build a project for production
#[derive(Debug, clap::Args)]
pub(crate) struct BuildArgs {
    /// Project folder
    #[arg(value_name = "DIR", default_value = ".")]
    pub(crate) project: PathBuf,
    /// Folder to write instead of `.transom/build` in the project
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Mode that selects the `.env.MODE` files and sets `import.meta.env.MODE`
    #[arg(long, value_name = "MODE", default_value = "production")]
    pub(crate) mode: String,
}
