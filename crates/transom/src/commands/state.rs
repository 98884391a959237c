//! What commands on a project's state share: its settings and its identity service.

use transom_diag::Diagnostic;
use transom_identity::{Identity, IdentityError};
use transom_manifest::ProjectConfig;

use crate::args::{ServeArgs, StateArgs};
use crate::project::{Project, prepare_state_folder};
use crate::report::Report;
use crate::serving::Services;
use crate::settings::{Layer, Purpose};

/// Opens the identity service of a project, and runs `work` with it.
///
/// # Errors
/// A [`Report`] when a setting is wrong, the store cannot be used, or `work` fails.
pub(super) fn with_identity<T>(
    args: &StateArgs,
    work: impl AsyncFnOnce(Identity) -> Result<T, IdentityError>,
) -> Result<T, Report> {
    let project = Project::open(&args.project)?;
    let flags = ServeArgs { layer: Layer { data: args.data.clone(), ..Layer::default() } };
    let settings = super::settings::gather(
        &flags,
        project.root(),
        &ProjectConfig::default(), // No setting of the services comes from there.
        &project.default_state(),
        Purpose::Production,
    )?;
    prepare_state_folder(&settings.data)?;
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
