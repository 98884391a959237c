//! What commands on a project's state share: its settings, which say where it is, and its identity service.

use transom_diag::Diagnostic;
use transom_identity::{Identity, IdentityError};
use transom_manifest::ProjectConfig;
use transom_store::Location;

use crate::args::{ServeArgs, StateArgs};
use crate::project::{default_state, existing_folder, prepare_state_folder};
use crate::report::Report;
use crate::serving::Services;
use crate::settings::{Layer, Purpose, Settings};

/// What a command does to the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// It looks; where there is nothing, nothing is made.
    Look,
    /// It changes something, and makes what is not there.
    Change,
}

/// The settings of a project or of a copied build, with the same state folder as `transom start` has.
///
/// # Errors
/// A [`Report`] when a setting is wrong, the state folder cannot be made, or there is nothing to look at.
pub(super) fn settings(args: &StateArgs, purpose: Use) -> Result<Settings, Report> {
    let root = existing_folder(&args.project)?;
    let flags = ServeArgs { layer: Layer { data: args.data.clone(), ..Layer::default() } };
    let settings = super::settings::gather(
        &flags,
        &root,
        &ProjectConfig::default(), // No setting of the services comes from there.
        &default_state(&root),
        Purpose::Production,
    )?;
    match (purpose, settings.services.location(&settings.data)) {
        (Use::Change, _) => prepare_state_folder(&settings.data)?,
        (Use::Look, Location::Sqlite { file }) if !file.exists() => {
            let message = format!("nothing is stored yet: there is no `{}`", file.display());
            let diagnostic = Diagnostic::error("store/missing", message)
                .hint("name the project with `--project`, or its state folder with `--data`");
            return Err(Report::one("", diagnostic));
        }
        (Use::Look, _) => {}
    }
    Ok(settings)
}

/// Opens the identity service of a project, and runs `work` with it.
///
/// # Errors
/// A [`Report`] when a setting is wrong, the store cannot be used, or `work` fails.
pub(super) fn with_identity<T>(
    args: &StateArgs,
    purpose: Use,
    work: impl AsyncFnOnce(Identity) -> Result<T, IdentityError>,
) -> Result<T, Report> {
    let settings = settings(args, purpose)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Report::internal)?;
    let done = runtime.block_on(async {
        let identity = Services::of_command(&settings).identity.get().await?;
        work(identity).await
    });
    done.map_err(|error| failure(&error))
}

fn failure(error: &IdentityError) -> Report {
    let code = match error {
        IdentityError::Store(_) => "store/unusable",
        _ => "identity/refused",
    };
    Report::one("", Diagnostic::error(code, error))
}
