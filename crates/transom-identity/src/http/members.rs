//! The list of members, for the app alone: the example of a call that a handler must elevate.

use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::{Request, Response, StatusCode};
use serde::Serialize;

use super::form::Fields;
use super::origin::text;
use super::{LONGEST_BODY, reply};
use crate::{Account, AccountKind, Caller, Identity, NewAccount, SubjectType};

/// A member in the form of the wire.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Member<'a> {
    id: &'a str,
    email: &'a str,
    enabled: bool,
    /// Milliseconds since 1970.
    created: i64,
}

#[derive(Serialize)]
struct Members<'a> {
    members: Vec<Member<'a>>,
}

fn member(account: &Account) -> Member<'_> {
    Member {
        id: &account.id,
        email: &account.email,
        enabled: account.enabled,
        created: account.created_ms,
    }
}

/// All members, oldest first.
pub(super) async fn list(identity: &Identity, request: &Request<Bytes>) -> Response<Bytes> {
    if let Err(refusal) = only_app(identity, request) {
        return *refusal;
    }
    match identity.accounts(AccountKind::Member).await {
        Ok(accounts) => {
            reply::json(StatusCode::OK, &Members { members: accounts.iter().map(member).collect() })
        }
        Err(error) => reply::failure(&error),
    }
}

/// Makes a member.
pub(super) async fn add(identity: &Identity, request: &Request<Bytes>) -> Response<Bytes> {
    if let Err(refusal) = only_app(identity, request) {
        return *refusal;
    }
    if request.body().len() > LONGEST_BODY {
        return reply::problem(StatusCode::PAYLOAD_TOO_LARGE, "the body is too long");
    }
    let Some(fields) = Fields::of_body(request) else {
        return reply::problem(StatusCode::BAD_REQUEST, "the body is no form and no JSON object");
    };
    let (Some(email), Some(password)) = (fields.get("email"), fields.get("password")) else {
        return reply::problem(StatusCode::BAD_REQUEST, "`email` and `password` are needed");
    };
    let new = NewAccount {
        kind: AccountKind::Member,
        id: fields.get("id").map(str::to_owned),
        email: email.to_owned(),
        password: password.to_owned(),
        role: None,
    };
    match identity.add_account(new).await {
        Ok(account) => reply::json(StatusCode::CREATED, &member(&account)),
        Err(error) => reply::failure(&error),
    }
}

/// Cookies do not count here, so no page can make a browser call this.
fn only_app(identity: &Identity, request: &Request<Bytes>) -> Result<(), Box<Response<Bytes>>> {
    let authorization = text(request.headers(), AUTHORIZATION.as_str());
    match identity.caller(authorization, None, false) {
        Caller::Known(claims) if claims.sub_type == SubjectType::App => Ok(()),
        Caller::Known(_) => Err(Box::new(reply::problem(
            StatusCode::FORBIDDEN,
            "only the app may call this: elevate the call",
        ))),
        Caller::Refused | Caller::Nobody => {
            let mut response = reply::problem(StatusCode::UNAUTHORIZED, "a token is needed");
            response.headers_mut().insert(
                http::header::WWW_AUTHENTICATE,
                http::HeaderValue::from_static("Bearer realm=\"transom\""),
            );
            Err(Box::new(response))
        }
    }
}
