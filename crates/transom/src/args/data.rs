//! `transom data`.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};

use super::StateArgs;

/// Look into the collections of the data service, and bring data in and out
#[derive(Debug, clap::Args)]
pub(crate) struct DataArgs {
    #[command(subcommand)]
    pub(crate) action: DataAction,
}

/// What is done with data.
#[derive(Debug, Subcommand)]
pub(crate) enum DataAction {
    /// List the collections and how many items each has
    List {
        /// Print a JSON array instead of a table
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        state: StateArgs,
    },
    /// Print what is declared of a collection, as JSON
    Describe {
        /// Id of the collection
        #[arg(value_name = "COLLECTION")]
        collection: String,
        #[command(flatten)]
        state: StateArgs,
    },
    /// Print an item, as JSON
    Get {
        /// Id of the collection
        #[arg(value_name = "COLLECTION")]
        collection: String,
        /// Id of the item
        #[arg(value_name = "ID")]
        item: String,
        #[command(flatten)]
        state: StateArgs,
    },
    /// Print the items that a query finds, one JSON object a line
    Query(QueryArgs),
    /// Read items from a file into a collection
    Import(ImportArgs),
    /// Write the items of a collection to a file
    Export(ExportArgs),
    /// Write all collections to a file, as they are at one moment
    Backup {
        /// The file, which must not be there yet; `-` for the standard output
        #[arg(value_name = "FILE")]
        file: PathBuf,
        #[command(flatten)]
        state: StateArgs,
    },
    /// Read all collections from a backup
    Restore {
        /// The backup, or `-` for the standard input
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Empty collections that hold items, instead of refusing the backup
        #[arg(long)]
        replace: bool,
        #[command(flatten)]
        state: StateArgs,
    },
    /// Drop the indexes that are not declared here: after an update, when no instance runs any more that declares them
    DropIndexes {
        #[command(flatten)]
        state: StateArgs,
    },
    /// Copy all collections to another store, and compare what arrived
    Migrate {
        /// The other store: an address such as `postgres://user@host/database`, or a state folder
        #[arg(long, value_name = "STORE")]
        to: String,
        #[command(flatten)]
        state: StateArgs,
    },
}

/// A query.
#[derive(Debug, clap::Args)]
pub(crate) struct QueryArgs {
    /// Id of the collection
    #[arg(value_name = "COLLECTION")]
    pub(crate) collection: String,
    /// Filter as JSON, such as `{"price": {"$lt": 10}}`
    #[arg(long, value_name = "JSON")]
    pub(crate) filter: Option<String>,
    /// Field to sort by, `-FIELD` for descending order; may be given again
    #[arg(long, value_name = "FIELD", allow_hyphen_values = true)]
    pub(crate) sort: Vec<String>,
    /// Most items, at most 1000
    #[arg(long, value_name = "COUNT", default_value_t = 50)]
    pub(crate) limit: u32,
    /// Items to pass over
    #[arg(long, value_name = "COUNT", default_value_t = 0)]
    pub(crate) skip: u32,
    /// Print how the database would find them instead
    #[arg(long)]
    pub(crate) explain: bool,
    #[command(flatten)]
    pub(crate) state: StateArgs,
}

/// An import.
#[derive(Debug, clap::Args)]
pub(crate) struct ImportArgs {
    /// Id of the collection
    #[arg(value_name = "COLLECTION")]
    pub(crate) collection: String,
    /// The file, or `-` for the standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// How items stand in it; by the name of the file unless given
    #[arg(long, value_name = "FORMAT")]
    pub(crate) format: Option<FormatArg>,
    /// Let items take the place of those with the same id, instead of refusing them
    #[arg(long)]
    pub(crate) replace: bool,
    /// What follows a line that is refused: `stop` or `skip`
    #[arg(long, value_name = "WHAT", default_value = "stop")]
    pub(crate) on_reject: OnRejectArg,
    /// Go on behind the last batch of an import of this file that was cut off
    #[arg(long)]
    pub(crate) resume: bool,
    #[command(flatten)]
    pub(crate) state: StateArgs,
}

/// An export.
#[derive(Debug, clap::Args)]
pub(crate) struct ExportArgs {
    /// Id of the collection
    #[arg(value_name = "COLLECTION")]
    pub(crate) collection: String,
    /// The file, or `-` for the standard output
    #[arg(value_name = "FILE", default_value = "-")]
    pub(crate) file: PathBuf,
    /// How items stand in it; by the name of the file unless given
    #[arg(long, value_name = "FORMAT")]
    pub(crate) format: Option<FormatArg>,
    /// Filter as JSON, such as `{"price": {"$lt": 10}}`
    #[arg(long, value_name = "JSON")]
    pub(crate) filter: Option<String>,
    #[command(flatten)]
    pub(crate) state: StateArgs,
}

/// How items stand in a file.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum FormatArg {
    /// One JSON object a line
    Jsonl,
    /// Comma-separated values under a line of names
    Csv,
}

/// What follows a line that is refused.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum OnRejectArg {
    /// The import ends
    Stop,
    /// The line is left out and told
    Skip,
}
