//! The reference pages in `docs/reference/`, rendered from the declarations that they document.
//!
//! The test fails when a page is stale; with `TRANSOM_WRITE_REFERENCE=1` in the environment it writes
//! the pages instead.

use std::fmt::Write;
use std::path::Path;

use clap::{Arg, Command, CommandFactory};

use crate::args::Cli;
use crate::env_vars;
use crate::settings::{
    COLLECTION_KEYS, FILE_KEYS, ISSUER_KEYS, KEYS, Key, SERVICE_KEYS, ValueKind,
};

const NOTICE: &str = "<!-- Generated from the source by `crates/transom/src/reference.rs`. -->\n\n";

#[test]
fn the_reference_pages_are_up_to_date() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference");
    let pages = [
        ("command-line.md", command_line()),
        ("environment.md", environment()),
        ("transom-toml.md", transom_toml()),
    ];
    for (name, text) in pages {
        let path = folder.join(name);
        if std::env::var_os("TRANSOM_WRITE_REFERENCE").is_some() {
            std::fs::write(&path, text).expect("the page is writable");
        } else {
            let found = std::fs::read_to_string(&path).unwrap_or_default();
            assert!(found == text, "{name} is stale: run the test with TRANSOM_WRITE_REFERENCE=1");
        }
    }
}

fn command_line() -> String {
    let mut page = format!("# Command line\n\n{NOTICE}");
    let mut cli = Cli::command();
    cli.build();
    page.push_str("Every command also takes `--verbose` (`-v`) and `--help` (`-h`).\n");
    sections(&mut page, &cli, 2);
    page.push_str("\n## Settings of `dev` and `start`\n\n");
    page.push_str("| flag | meaning | default |\n|---|---|---|\n");
    for key in KEYS {
        let flag = format!("--{} {}", key.flag, key.value.placeholder());
        let alone = key.bare.map(|value| format!("; the flag alone means `{value}`"));
        let about = format!("{}{}", key.about, alone.unwrap_or_default());
        let _ = writeln!(page, "| {} | {about} | {} |", code(&flag), key.default);
    }
    page.push_str(
        "\n## Exit codes\n\n| code | meaning |\n|---|---|\n| 0 | success |\n\
         | 1 | the project, its settings or its surroundings are at fault |\n\
         | 2 | the command line cannot be understood |\n| 70 | a bug in transom |\n",
    );
    page
}

/// A section for each command below `parent`, whose headings have so many marks.
fn sections(page: &mut String, parent: &Command, marks: usize) {
    for command in parent.get_subcommands().filter(|command| command.get_name() != "help") {
        let name = command.get_bin_name().unwrap_or_default();
        let _ = write!(page, "\n{} {name}\n\n{}.\n", "#".repeat(marks), about(command));
        let takes_settings = KEYS
            .iter()
            .all(|key| command.get_arguments().any(|arg| arg.get_long() == Some(key.flag)));
        let listed = |arg: &&Arg| is_own(arg) && !(takes_settings && is_setting(arg));
        for (number, arg) in command.get_arguments().filter(listed).enumerate() {
            let line = if number == 0 { "\n" } else { "" };
            let _ = writeln!(page, "{line}- {}: {}{}", spelling(arg), help(arg), default(arg));
        }
        if takes_settings {
            page.push_str("- and a flag for each setting, below\n");
        }
        sections(page, command, marks + 1);
    }
}

/// Every command and every flag that a person can type has its line.
#[test]
fn the_page_of_the_command_line_has_all_commands_and_flags() {
    fn check(page: &str, command: &Command) {
        for command in command.get_subcommands().filter(|command| command.get_name() != "help") {
            let name = command.get_bin_name().unwrap_or_default();
            let section = page.split_once(&format!("# {name}\n")).map(|(_, rest)| rest);
            let section = section.unwrap_or_else(|| panic!("no section `{name}`"));
            let section = section.split("\n#").next().unwrap_or_default();
            for arg in command.get_arguments().filter(|arg| is_own(arg)) {
                let is_listed = section.contains(&format!("- {}: ", spelling(arg)));
                let is_below = is_setting(arg) && section.contains("a flag for each setting");
                assert!(is_listed || is_below, "{name}: {}", spelling(arg));
            }
            check(page, command);
        }
    }
    let mut cli = Cli::command();
    cli.build();
    let page = command_line();
    check(&page, &cli);
    for name in ["data import", "data restore", "member add", "user passwd"] {
        assert!(page.contains(&format!("### transom {name}\n")), "{name}");
    }
    let token = page.split("## transom token").nth(1).and_then(|rest| rest.split("\n##").next());
    assert!(!token.expect("a section").contains("each setting"), "it takes `--data` alone");
}

fn environment() -> String {
    let mut page = format!("# Environment variables\n\n{NOTICE}");
    page.push_str(
        "An empty variable counts as unset. Where a setting has two variables, the first one wins.\n\
         A project's own variables are described in the [guide](../guide/environment.md).\n\n\
         | variable | meaning | default |\n|---|---|---|\n",
    );
    for key in KEYS.iter().chain(SERVICE_KEYS) {
        let names: Vec<String> = key.env.iter().map(|name| code(name)).collect();
        let _ = writeln!(page, "| {} | {} | {} |", names.join(", "), key.about, key.default);
    }
    for (name, meaning) in env_vars::OTHERS {
        let _ = writeln!(page, "| {} | {meaning} | unset |", code(name));
    }
    page
}

fn transom_toml() -> String {
    let mut page = format!("# transom.toml\n\n{NOTICE}");
    page.push_str(
        "The file is optional and stands in the project folder; relative paths in it are relative to \
         that folder.\nAn unknown key is an error.\n\n\
         | key | value | meaning | default |\n|---|---|---|---|\n",
    );
    for key in KEYS.iter().chain(SERVICE_KEYS).chain(FILE_KEYS) {
        let _ = writeln!(
            page,
            "| {} | {} | {} | {} |",
            code(key.path),
            accepted(key),
            key.about,
            key.default
        );
    }
    page.push_str(
        "\n## [[identity.issuer]]\n\nOne table for each issuer whose tokens are accepted beside the project's own.\n\n\
         | key | meaning |\n|---|---|\n",
    );
    for (name, meaning) in ISSUER_KEYS {
        let _ = writeln!(page, "| {} | {meaning} |", code(name));
    }
    page.push_str(
        "\n## [collections.ID]\n\nOne table for each collection of the data service; see [Data](../data.md).\n\n\
         | key | meaning |\n|---|---|\n",
    );
    for (name, meaning) in COLLECTION_KEYS {
        let _ = writeln!(page, "| {} | {meaning} |", code(name));
    }
    page.push_str(
        "\n## Sizes and durations\n\nA size is a number of bytes or a text such as `\"16KiB\"`, `\"512MB\"`, `\"1GiB\"`: KB, MB and GB \
         are powers of 1000, KiB, MiB and GiB of 1024.\nA duration is a text such as `\"500ms\"`, `\"30s\"`, \
         `\"5m\"`, `\"1h\"`.\n",
    );
    page
}

fn accepted(key: &Key) -> &'static str {
    match key.value {
        ValueKind::Host => "name or address",
        ValueKind::Port | ValueKind::Count => "number",
        ValueKind::Path => "path",
        ValueKind::Address => "`\"host:port\"` or port",
        ValueKind::Switch => "`true`, `false`",
        ValueKind::LogForm => "`\"auto\"`, `\"human\"`, `\"json\"`, `\"off\"`",
        ValueKind::Words => "list of texts",
        ValueKind::RouteForm => "`\"pages\"`, `\"endpoints\"`, `\"functions\"`",
        ValueKind::Size => "size",
        ValueKind::Duration => "duration",
        ValueKind::Text | ValueKind::Secret => "text",
        ValueKind::Algorithm => "`\"EdDSA\"`, `\"RS256\"`",
        ValueKind::Provider => "`\"local\"`, `\"wix\"`",
    }
}

fn code(text: &str) -> String {
    format!("`{}`", text.replace('|', "\\|"))
}

fn about(command: &Command) -> String {
    command.get_about().map(ToString::to_string).unwrap_or_default()
}

fn help(arg: &Arg) -> String {
    arg.get_help().map(ToString::to_string).unwrap_or_default()
}

fn default(arg: &Arg) -> String {
    let values = arg.get_default_values();
    if values.is_empty() || !arg.get_action().takes_values() {
        return String::new();
    }
    format!(" (default `{}`)", values[0].to_string_lossy())
}

fn spelling(arg: &Arg) -> String {
    let value = arg.get_value_names().and_then(|names| names.first()).map(ToString::to_string);
    let value = value.filter(|_| arg.get_action().takes_values()).unwrap_or_default();
    match arg.get_long() {
        Some(long) => code(format!("--{long} {value}").trim_end()),
        None => code(&value),
    }
}

fn is_setting(arg: &Arg) -> bool {
    KEYS.iter().any(|key| arg.get_long() == Some(key.flag))
}

fn is_own(arg: &Arg) -> bool {
    !matches!(arg.get_id().as_str(), "help" | "version" | "verbose")
}
