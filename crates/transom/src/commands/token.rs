//! `transom token`: a token of this project, for calls by hand.

use transom_identity::{Role, Subject, SubjectType};

use super::state::Use;
use crate::args::TokenArgs;
use crate::printer::Printer;
use crate::report::Report;

/// Prints the token, and nothing else, to stdout.
///
/// # Errors
/// A [`Report`] when the options do not fit together or the store cannot be used.
pub(crate) fn run(args: &TokenArgs, printer: Printer) -> Result<(), Report> {
    let refuse = |message: &str| {
        Report::one("", transom_diag::Diagnostic::error("identity/refused", message))
    };
    if args.role.is_some() && args.kind != SubjectType::User {
        return Err(refuse("only a user has a role: write `--as user`"));
    }
    if args.id.is_some() && args.kind == SubjectType::App {
        return Err(refuse("the app's id is the project's own: leave `--id` out"));
    }
    if args.expires.as_secs() == 0 {
        return Err(refuse("`--expires` leaves no time at all; write one such as `1h`"));
    }
    let token = super::state::with_identity(&args.state, Use::Change, async |identity| {
        let id = match (args.kind, &args.id) {
            (SubjectType::App, _) => identity.client_id().to_owned(),
            (_, Some(id)) => id.clone(),
            (_, None) => identity.new_id(),
        };
        let role: Option<Role> = args.role;
        identity.issue(&Subject::new(args.kind, id), role, args.expires)
    })?;
    printer.data(token);
    Ok(())
}
