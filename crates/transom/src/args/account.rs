//! `transom member` and `transom user`.

use clap::Subcommand;
use transom_identity::Role;

use super::StateArgs;

/// Make, list and disable members of the site
#[derive(Debug, clap::Args)]
pub(crate) struct MemberArgs {
    #[command(subcommand)]
    pub(crate) action: AccountAction<NoRole>,
}

/// Make, list and disable users, the site's staff
#[derive(Debug, clap::Args)]
pub(crate) struct UserArgs {
    #[command(subcommand)]
    pub(crate) action: AccountAction<WithRole>,
}

/// What is done to an account.
#[derive(Debug, Subcommand)]
pub(crate) enum AccountAction<R: clap::Args> {
    /// Make an account; the password is asked for, or read as the first line of the input
    Add(NewAccountArgs<R>),
    /// List the accounts, oldest first
    List {
        /// Print a JSON array instead of a table
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        state: StateArgs,
    },
    /// Keep an account from logging in and end its sessions
    Disable {
        /// Id or e-mail address
        #[arg(value_name = "ACCOUNT")]
        account: String,
        #[command(flatten)]
        state: StateArgs,
    },
    /// Change the password of an account and end its sessions
    Passwd {
        /// Id or e-mail address
        #[arg(value_name = "ACCOUNT")]
        account: String,
        #[command(flatten)]
        state: StateArgs,
    },
}

/// An account to be made.
#[derive(Debug, clap::Args)]
pub(crate) struct NewAccountArgs<R: clap::Args> {
    /// E-mail address
    #[arg(value_name = "EMAIL")]
    pub(crate) email: String,
    /// Id that handlers see; a random one unless given
    #[arg(long, value_name = "ID")]
    pub(crate) id: Option<String>,
    #[command(flatten)]
    pub(crate) role: R,
    #[command(flatten)]
    pub(crate) state: StateArgs,
}

/// Members have no role.
#[derive(Debug, clap::Args)]
pub(crate) struct NoRole {}

/// What a user may do.
#[derive(Debug, clap::Args)]
pub(crate) struct WithRole {
    /// What the user may do: `cms-editor` or `admin`; nothing more than to be known unless given
    #[arg(long, value_name = "ROLE")]
    pub(crate) role: Option<Role>,
}

impl From<&NoRole> for Option<Role> {
    fn from(_: &NoRole) -> Self {
        None
    }
}

impl From<&WithRole> for Option<Role> {
    fn from(args: &WithRole) -> Self {
        args.role
    }
}
