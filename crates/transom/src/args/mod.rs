//! What was typed: the command line as clap types, one file per subcommand.
//!
//! Parsing touches neither disk nor network and reads no environment variable: defaults, variables
//! and files are merged in `settings/`.

mod account;
mod build;
mod check;
mod data;
mod dev;
mod init;
mod routes;
mod serve;
mod start;
mod state;
mod token;

pub(crate) use account::{AccountAction, MemberArgs, NewAccountArgs, UserArgs};
pub(crate) use build::BuildArgs;
pub(crate) use check::CheckArgs;
pub(crate) use data::{
    DataAction, DataArgs, ExportArgs, FormatArg, ImportArgs, OnRejectArg, QueryArgs,
};
pub(crate) use dev::DevArgs;
pub(crate) use init::InitArgs;
pub(crate) use routes::RoutesArgs;
pub(crate) use serve::ServeArgs;
pub(crate) use start::StartArgs;
pub(crate) use state::StateArgs;
pub(crate) use token::TokenArgs;

use clap::{Parser, Subcommand};

/// File-routed TypeScript HTTP endpoints in one program, without Node
#[derive(Debug, Parser)]
#[command(name = "transom", version, max_term_width = 100, arg_required_else_help = true)]
pub(crate) struct Cli {
    /// Say more: ignored configuration, chosen values, timings
    #[arg(short, long, global = true)]
    pub(crate) verbose: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The subcommands, in the order in which a person meets them.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Init(InitArgs),
    Dev(DevArgs),
    Build(BuildArgs),
    Start(StartArgs),
    Routes(RoutesArgs),
    Check(CheckArgs),
    Token(TokenArgs),
    Member(MemberArgs),
    User(UserArgs),
    Data(DataArgs),
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::Cli;

    #[test]
    fn the_declarations_are_consistent() {
        Cli::command().debug_assert();
    }

    /// House rule: help is one line without a full stop.
    #[test]
    fn help_texts_are_single_lines_without_full_stop() {
        let mut commands = vec![Cli::command()];
        while let Some(command) = commands.pop() {
            let own = command.get_about().map(ToString::to_string);
            let options =
                command.get_arguments().filter_map(|a| a.get_help().map(|h| h.to_string()));
            for text in own.into_iter().chain(options) {
                assert!(!text.ends_with('.') && !text.contains('\n'), "`{text}`");
            }
            commands.extend(command.get_subcommands().cloned());
        }
    }
}
