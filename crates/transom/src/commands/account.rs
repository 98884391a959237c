//! `transom member` and `transom user`: the accounts of a project.

use std::fmt::Write;
use std::io::{IsTerminal, stdin};

use transom_diag::Diagnostic;
use transom_identity::{Account, AccountKind, NewAccount, Role};

use super::state::{Use, with_identity};
use crate::args::{AccountAction, NewAccountArgs};
use crate::printer::Printer;
use crate::report::Report;

/// Does what was asked, beside a server that runs or without one.
///
/// # Errors
/// A [`Report`] when the account, its address or the password is refused, or the store cannot be used.
pub(crate) fn run<R>(
    action: &AccountAction<R>,
    kind: AccountKind,
    printer: Printer,
) -> Result<(), Report>
where
    R: clap::Args,
    for<'a> Option<Role>: From<&'a R>,
{
    match action {
        AccountAction::Add(args) => add(args, kind, printer),
        AccountAction::List { json, state } => {
            let accounts =
                with_identity(state, Use::Look, async |identity| identity.accounts(kind).await)?;
            printer.data_block(&if *json { as_json(&accounts) } else { as_table(&accounts) });
            Ok(())
        }
        AccountAction::Disable { account, state } => {
            let account = with_identity(state, Use::Change, async |identity| {
                identity.disable_account(kind, account).await
            })?;
            printer.status(format_args!("disabled {}, whose sessions have ended", account.email));
            Ok(())
        }
        AccountAction::Passwd { account, state } => {
            let password = read_password()?;
            let account = with_identity(state, Use::Change, async |identity| {
                identity.change_password(kind, account, &password).await
            })?;
            printer.status(format_args!(
                "changed the password of {}, whose sessions have ended",
                account.email
            ));
            Ok(())
        }
    }
}

fn add<R>(args: &NewAccountArgs<R>, kind: AccountKind, printer: Printer) -> Result<(), Report>
where
    R: clap::Args,
    for<'a> Option<Role>: From<&'a R>,
{
    let new = NewAccount {
        kind,
        id: args.id.clone(),
        email: args.email.clone(),
        password: read_password()?,
        role: (&args.role).into(),
    };
    let account =
        with_identity(&args.state, Use::Change, async |identity| identity.add_account(new).await)?;
    printer.data(account.id);
    Ok(())
}

/// Asks twice in a terminal; elsewhere the first line of the input is the password.
fn read_password() -> Result<String, Report> {
    let failed = |error: std::io::Error| {
        let message = format!("the password cannot be read: {error}");
        Report::one("", Diagnostic::error("identity/no-password", message))
    };
    if !stdin().is_terminal() {
        let mut line = String::new();
        stdin().read_line(&mut line).map_err(failed)?;
        return Ok(line.trim_end_matches(['\r', '\n']).to_owned());
    }
    let password = rpassword::prompt_password("Password: ").map_err(failed)?;
    if rpassword::prompt_password("Once more: ").map_err(failed)? == password {
        return Ok(password);
    }
    let message = "the two passwords differ";
    Err(Report::one("", Diagnostic::error("identity/no-password", message)))
}

fn as_json(accounts: &[Account]) -> String {
    let list: Vec<_> = accounts
        .iter()
        .map(|account| {
            serde_json::json!({
                "id": account.id,
                "email": account.email,
                "role": account.role.map(Role::as_str),
                "created": account.created_ms,
                "enabled": account.enabled,
            })
        })
        .collect();
    format!("{:#}\n", serde_json::Value::Array(list))
}

fn as_table(accounts: &[Account]) -> String {
    let width = accounts.iter().map(|account| account.id.len()).max().unwrap_or(0);
    let mut table = String::new();
    for account in accounts {
        let role = account.role.map(|role| format!("  {}", role.as_str())).unwrap_or_default();
        let state = if account.enabled { "" } else { "  disabled" };
        // Writing to a text cannot fail.
        let _ = writeln!(table, "{:width$}  {}{role}{state}", account.id, account.email);
    }
    table
}
