//! Replays the recorded requests of `conformance/astro` against a built transom.
//!
//! Every fixture project is copied, built and started; its requests go out as raw bytes, one connection each, in
//! the order of the files; answers are compared as `conformance/astro/README.md` says. The run fails when a case
//! fails that `astro/expected.toml` does not name, when a named one passes, and when cases are missing.

mod case;
mod compare;
mod expected;
mod fixture;
mod outcome;
mod run;
mod template;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;

use crate::expected::Expected;

/// Replay recorded requests against transom and compare the answers
#[derive(Debug, Parser)]
struct Args {
    /// The transom to test; by default the one beside this program
    #[arg(long, value_name = "FILE")]
    binary: Option<PathBuf>,
    /// Replay the cases of these fixture projects only
    #[arg(long, value_name = "NAME")]
    fixture: Vec<String>,
    /// Replay cases whose id begins with this only
    #[arg(long, value_name = "ID")]
    only: Option<String>,
    /// Folder with `cases`, `fixtures` and `expected.toml`
    #[arg(long, value_name = "DIR", default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/astro"))]
    suite: PathBuf,
    /// Fixture projects that run at the same time
    #[arg(long, value_name = "N", default_value_t = 2)]
    parallel: usize,
}

fn main() -> ExitCode {
    let args = Args::parse();
    match replay(&args) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::from(2)
        }
    }
}

/// Whether everything was as expected.
fn replay(args: &Args) -> Result<bool, String> {
    let binary = match &args.binary {
        Some(binary) => std::path::absolute(binary).map_err(|error| error.to_string())?,
        None => beside_this_program()?,
    };
    if !binary.is_file() {
        return Err(format!("there is no transom at {}: build it first", binary.display()));
    }
    let mut cases = case::read_all(&args.suite.join("cases"))?;
    let is_whole_suite = args.fixture.is_empty() && args.only.is_none();
    cases.retain(|case| args.fixture.is_empty() || args.fixture.contains(&case.project));
    if let Some(prefix) = &args.only {
        cases.retain(|case| case.id.starts_with(prefix.as_str()));
    }
    let expected = Expected::read(&args.suite.join("expected.toml"))?;
    let outcomes = run::all(&binary, &args.suite.join("fixtures"), cases, args.parallel.max(1));
    print!("{}", outcome::report(&outcomes, &expected));
    Ok(expected.is_met_by(&outcomes, is_whole_suite))
}

fn beside_this_program() -> Result<PathBuf, String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    Ok(program.parent().unwrap_or(Path::new(".")).join("transom"))
}
