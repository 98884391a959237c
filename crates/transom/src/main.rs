//! The `transom` command: file-routed TypeScript HTTP endpoints in one program.
//!
//! `args` is what was typed, `settings` what was meant, `commands` do it, `printer` tells. Only this
//! file ends the process: 0 success, 1 the project is at fault, 2 wrong usage, 70 a bug in transom.

mod args;
mod commands;
mod compile;
mod config;
mod editor;
mod env_vars;
mod printer;
mod project;
#[cfg(test)]
mod reference;
mod report;
mod serving;
mod settings;
mod units;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::exit;

use clap::Parser;
use transom_identity::AccountKind;

use crate::args::{Cli, Command};
use crate::printer::{Printer, Verbosity};
use crate::report::{Exit, Report};

/// Requests allocate many small pieces, for which this allocator is made.
#[global_allocator]
static ALLOCATOR: transom_runtime::Allocator = transom_runtime::Allocator;

fn main() {
    // clap ends the process itself: 2 for wrong usage, 0 for --help and --version.
    let cli = Cli::parse();
    transom_runtime::skip_exit_handlers();
    let verbosity = if cli.verbose { Verbosity::Verbose } else { Verbosity::Normal };
    let printer = Printer::new(verbosity);
    let outcome = catch_unwind(AssertUnwindSafe(|| run(&cli.command, printer)))
        .unwrap_or_else(|_| Err(Report::internal("transom stopped because of the panic above")));
    let code = match outcome {
        Ok(()) => Exit::Success,
        Err(report) => {
            printer.report(&report);
            report.exit
        }
    };
    exit(code as i32);
}

fn run(command: &Command, printer: Printer) -> Result<(), Report> {
    match command {
        Command::Init(args) => commands::init::run(args, printer),
        Command::Dev(args) => commands::dev::run(args, printer),
        Command::Build(args) => commands::build::run(args, printer),
        Command::Start(args) => commands::start::run(args, printer),
        Command::Routes(args) => commands::routes::run(args, printer),
        Command::Check(args) => commands::check::run(args, printer),
        Command::Data(args) => commands::data::run(args, printer),
        Command::Token(args) => commands::token::run(args, printer),
        Command::Member(args) => commands::account::run(&args.action, AccountKind::Member, printer),
        Command::User(args) => commands::account::run(&args.action, AccountKind::User, printer),
    }
}
