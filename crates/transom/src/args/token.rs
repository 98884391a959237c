//! `transom token`.

use std::time::Duration;

use transom_identity::{Role, SubjectType};

use super::StateArgs;
use crate::units::parse_duration;

/// Print a token for calls by hand, such as with curl
#[derive(Debug, clap::Args)]
pub(crate) struct TokenArgs {
    /// What the caller is: `visitor`, `member`, `user` or `app`
    #[arg(long = "as", value_name = "KIND")]
    pub(crate) kind: SubjectType,
    /// Which one; a new one unless given, and for `app` always the project's
    #[arg(long, value_name = "ID")]
    pub(crate) id: Option<String>,
    /// What a user may do: `cms-editor` or `admin`
    #[arg(long, value_name = "ROLE")]
    pub(crate) role: Option<Role>,
    /// How long the token is valid
    #[arg(long, value_name = "DURATION", default_value = "1h", value_parser = parse_duration)]
    pub(crate) expires: Duration,
    #[command(flatten)]
    pub(crate) state: StateArgs,
}
