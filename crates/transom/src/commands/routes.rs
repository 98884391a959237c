//! `transom routes`: method, path and file of every endpoint, one line each, in matching order; and, to stderr, which
//! folders were taken for endpoints and why.

use std::fmt::Write;

use serde_json::json;
use transom_manifest::Route;
use transom_server::MORE_METHODS;

use crate::args::RoutesArgs;
use crate::compile;
use crate::printer::Printer;
use crate::project::Project;
use crate::report::Report;

/// The methods that people use most, and `ALL`, the export for every other method.
const USUAL_METHODS: [&str; 8] =
    ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "ALL"];

/// Prints the table, or JSON.
///
/// # Errors
/// A [`Report`] when the project has an error.
pub(crate) fn run(args: &RoutesArgs, printer: Printer) -> Result<(), Report> {
    let project = Project::open(&args.project)?;
    let compiled = compile::production(project.root(), "production")?;
    for line in compiled.sources.describe() {
        printer.status(line);
    }
    let rows = rows(&compiled.manifest.routes);
    if args.json {
        let rows: Vec<_> = rows.iter().map(Row::json).collect();
        printer.data(format_args!("{:#}", json!(rows)));
    } else {
        printer.data_block(&table(&rows));
    }
    Ok(())
}

/// One handler.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Row<'a> {
    /// `None` when the file exports no handler at all.
    pub(super) method: Option<&'a str>,
    pub(super) path: &'a str,
    pub(super) file: &'a str,
}

impl Row<'_> {
    fn json(&self) -> serde_json::Value {
        json!({ "method": self.method, "path": self.path, "file": self.file })
    }
}

/// The handlers of routes, in matching order.
pub(super) fn rows(routes: &[Route]) -> Vec<Row<'_>> {
    let mut rows = Vec::new();
    for route in routes {
        let (path, file) = (route.route.as_str(), route.file.as_str());
        let exported = |method: &&str| route.exports.iter().any(|name| name == method);
        let methods = USUAL_METHODS.into_iter().chain(MORE_METHODS).filter(exported);
        let before = rows.len();
        rows.extend(methods.map(|method| Row { method: Some(method), path, file }));
        if rows.len() == before {
            rows.push(Row { method: None, path, file });
        }
    }
    rows
}

fn table(rows: &[Row<'_>]) -> String {
    let method = |row: &Row<'_>| row.method.unwrap_or("-").len();
    let methods = rows.iter().map(method).max().unwrap_or_default();
    let paths = rows.iter().map(|row| row.path.chars().count()).max().unwrap_or_default();
    let mut text = String::new();
    for Row { method, path, file } in rows {
        let _ = writeln!(text, "{:methods$}  {path:paths$}  {file}", method.unwrap_or("-"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_handler_has_a_line() {
        let route = |route: &str, file: &str, exports: &[&str]| Route {
            route: route.to_owned(),
            file: file.to_owned(),
            exports: exports.iter().map(|name| (*name).to_owned()).collect(),
            ..Route::default()
        };
        let routes = [
            route(
                "/api/users",
                "src/pages/api/users.ts",
                &["DELETE", "GET", "VERSION", "prerender"],
            ),
            route("/x", "src/pages/x.ts", &["default"]),
        ];
        let rows = rows(&routes);
        assert_eq!(
            table(&rows),
            "GET     /api/users  src/pages/api/users.ts\n\
             DELETE  /api/users  src/pages/api/users.ts\n\
             -       /x          src/pages/x.ts\n"
        );
        let json = json!({ "method": null, "path": "/x", "file": "src/pages/x.ts" });
        assert_eq!(rows[2].json(), json);
        assert_eq!(table(&[]), "");
    }
}
