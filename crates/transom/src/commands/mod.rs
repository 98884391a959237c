//! The subcommands, one file each, and what several of them say.

pub(crate) mod account;
pub(crate) mod build;
pub(crate) mod check;
pub(crate) mod data;
pub(crate) mod dev;
pub(crate) mod init;
mod new_file;
pub(crate) mod routes;
mod settings;
pub(crate) mod start;
mod state;
pub(crate) mod token;

use transom_manifest::ProjectConfig;

use crate::printer::Printer;

/// Lists, when details are wanted, the options of the Astro config that have no effect.
fn list_ignored(config: &ProjectConfig, printer: Printer) {
    if !config.ignored.is_empty() {
        let list = config.ignored.join("`, `");
        printer.detail(format_args!("options of the Astro config without effect here: `{list}`"));
    }
    if !config.integrations.is_empty() {
        let list = config.integrations.join("`, `");
        printer.detail(format_args!("integrations that are not run: `{list}`"));
    }
}

fn plural(count: usize, word: &'static str) -> String {
    if count == 1 { word.to_owned() } else { format!("{word}s") }
}
