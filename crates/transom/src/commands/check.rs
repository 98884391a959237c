//! `transom check`: everything that `transom build` does, except that nothing is written; and, for every endpoint and
//! method, how it is protected and what is dangerous about it.

use std::fmt::Write as _;

use serde_json::json;
use transom_audit::{Flag, Handler, Project as Audited, Protection, audit};
use transom_diag::Diagnostic;
use transom_manifest::{EnvAccess, Manifest};

use super::routes::{Row, rows};
use crate::args::CheckArgs;
use crate::compile;
use crate::printer::Printer;
use crate::project::{Project, read_settings_file};
use crate::report::Report;

/// Says what is wrong, or that nothing is.
///
/// # Errors
/// A [`Report`] with what `transom build` would complain about, and with `--deny` one about dangerous endpoints.
pub(crate) fn run(args: &CheckArgs, printer: Printer) -> Result<(), Report> {
    let project = Project::open(&args.project)?;
    read_settings_file(project.root())?;
    let compiled = compile::production(project.root(), &args.mode)?;
    printer.diagnostics(project.root(), &compiled.warnings);
    super::list_ignored(&compiled.manifest.config, printer);
    let checked = checked(&project, &compiled.manifest);
    if args.json {
        let handlers: Vec<_> = checked.iter().map(json_of).collect();
        printer.data(format_args!("{:#}", json!(handlers)));
    } else {
        printer.data_block(&table(&checked));
    }
    let routes = compiled.manifest.routes.len();
    printer.status(format_args!("{routes} {} without an error", super::plural(routes, "route")));
    let flags = checked.iter().map(|(_, handler)| handler.flags.len()).sum();
    if flags == 0 || !args.deny {
        return Ok(());
    }
    let message = format!("{flags} {} must not stay", super::plural(flags, "danger"));
    let hint =
        "guard the handlers that are marked with `!` (see `transom:access`), or leave `--deny` out";
    Err(Report::one("", Diagnostic::error("check/danger", message).hint(hint)))
}

/// Every handler as the table of routes lists it, and what is said about it.
fn checked<'a>(project: &Project, manifest: &'a Manifest) -> Vec<(Row<'a>, Handler)> {
    let rows = rows(&manifest.routes).into_iter().filter(|row| row.method.is_some());
    let rows: Vec<Row<'a>> = rows.collect();
    let method = |row: &Row<'_>| row.method.unwrap_or_default().to_owned();
    let config = &manifest.config;
    let secret = config.env_schema.iter().filter(|field| field.access == EnvAccess::Secret);
    let handlers = audit(&Audited {
        root: project.root().to_owned(),
        endpoints: rows.iter().map(|row| (row.file.to_owned(), vec![method(row)])).collect(),
        middleware: compile::middleware_file(project.root()).map(str::to_owned),
        checks_origin: config.check_origin,
        secrets: secret.map(|field| field.name.clone()).collect(),
    });
    rows.into_iter().zip(handlers).collect()
}

fn word(protection: Protection) -> &'static str {
    match protection {
        Protection::Guarded => "guarded",
        Protection::Inspects => "inspects",
        Protection::Open => "open",
    }
}

fn json_of((row, handler): &(Row<'_>, Handler)) -> serde_json::Value {
    let flag = |flag: &Flag| json!({ "code": flag.code, "message": flag.message, "file": flag.file, "line": flag.line });
    json!({
        "method": row.method,
        "path": row.path,
        "file": row.file,
        "protection": word(handler.protection),
        "by": handler.by,
        "rateLimited": handler.limited,
        "flags": handler.flags.iter().map(flag).collect::<Vec<_>>(),
    })
}

fn table(checked: &[(Row<'_>, Handler)]) -> String {
    let methods = checked.iter().map(|(row, _)| row.method.unwrap_or_default().len()).max();
    let paths = checked.iter().map(|(row, _)| row.path.chars().count()).max();
    let (methods, paths) = (methods.unwrap_or_default(), paths.unwrap_or_default());
    let mut text = String::new();
    for (row, handler) in checked {
        let method = row.method.unwrap_or_default();
        let _ =
            write!(text, "{method:methods$}  {:paths$}  {}", row.path, word(handler.protection));
        if !handler.by.is_empty() {
            let _ = write!(text, ": {}", handler.by.join(", "));
        }
        text.push_str(if handler.limited { "; rate limit\n" } else { "\n" });
        for Flag { message, file, line, .. } in &handler.flags {
            let _ = writeln!(text, "  ! {message} ({file}:{line})");
        }
    }
    text
}
