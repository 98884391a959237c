//! The options that `dev` and `start` share: one flag for every row of the settings table.
//!
//! The flags are not declared here but made from `settings::KEYS`, so that a setting's flag,
//! variable, `transom.toml` key, default and help text cannot drift apart.

use clap::error::ErrorKind;
use clap::{Arg, ArgMatches, Args, Command, FromArgMatches};

use crate::settings::{KEYS, Key, Layer};

/// The settings given as flags; relative paths are relative to the working directory.
#[derive(Debug, Default)]
pub(crate) struct ServeArgs {
    /// What was typed, ready to be laid over the weaker sources.
    pub(crate) layer: Layer,
}

impl Args for ServeArgs {
    fn augment_args(command: Command) -> Command {
        KEYS.iter()
            .fold(command.next_help_heading("Settings"), |command, key| command.arg(flag(key)))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for ServeArgs {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut args = Self::default();
        args.update_from_arg_matches(matches)?;
        Ok(args)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        for key in KEYS {
            if let Some(text) = matches.get_one::<String>(key.flag) {
                key.set(&mut self.layer, text, None).map_err(|complaint| {
                    clap::Error::raw(ErrorKind::ValueValidation, format!("{complaint}\n"))
                })?;
            }
        }
        Ok(())
    }
}

/// The clap declaration of one setting.
fn flag(key: &'static Key) -> Arg {
    let arg = Arg::new(key.flag)
        .long(key.flag)
        .value_name(key.value.placeholder())
        .value_parser(|text: &str| {
            key.set(&mut Layer::default(), text, None).map(|()| text.to_owned())
        })
        .help(format!("{} [env: {}] [default: {}]", key.about, key.env.join(", "), key.default));
    match key.bare {
        // As for Astro, `--host` alone opens the server to the network.
        Some(value) => arg.num_args(0..=1).default_missing_value(value),
        None => arg,
    }
}
