//! `transom check`.

use std::path::PathBuf;

/// Report what is wrong with a project, and how its endpoints are protected, without writing or serving anything
#[derive(Debug, clap::Args)]
pub(crate) struct CheckArgs {
    /// Project folder
    #[arg(value_name = "DIR", default_value = ".")]
    pub(crate) project: PathBuf,
    /// Mode that selects the `.env.MODE` files and sets `import.meta.env.MODE`
    #[arg(long, value_name = "MODE", default_value = "production")]
    pub(crate) mode: String,
    /// Print a JSON array instead of a table
    #[arg(long)]
    pub(crate) json: bool,
    /// Fail when an endpoint does something dangerous
    #[arg(long)]
    pub(crate) deny: bool,
}
