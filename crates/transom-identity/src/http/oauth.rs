//! `token`, `token-info` and `jwks`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CACHE_CONTROL};
use http::{HeaderValue, Request, Response, StatusCode};
use serde::Serialize;

use super::form::Fields;
use super::origin::{Site, text};
use super::{LONGEST_BODY, browser, reply};
use crate::{Identity, IdentityError, Issued};

/// The form of the answer. Spec: RFC 6749, section 5.1.
#[derive(Serialize)]
struct Tokens {
    access_token: String,
    token_type: &'static str,
    expires_in: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
}

/// Issues tokens. Spec: sections 4.4 and 5.3.
pub(super) async fn token(
    identity: &Identity,
    site: &Site,
    request: &Request<Bytes>,
) -> Response<Bytes> {
    if request.body().len() > LONGEST_BODY {
        return reply::problem(StatusCode::PAYLOAD_TOO_LARGE, "the body is too long");
    }
    let Some(fields) = Fields::of_body(request) else {
        let what = "the body is no form and no JSON object, or has a field twice";
        return reply::oauth_error("invalid_request", what);
    };
    let Some(grant) = fields.get("grant_type") else {
        return reply::oauth_error("invalid_request", "`grant_type` is missing");
    };
    let client = Client::of(request, &fields);
    let is_client = client.id.as_deref() == Some(identity.client_id());
    let is_app = client.is_app(identity);
    let unknown =
        || reply::oauth_error("invalid_client", "the client id or secret is not this project's");
    let issued = match grant {
        "anonymous" if is_client => identity.issue_anonymous(),
        "client_credentials" if is_app => {
            if fields.get("instance_id").is_some_and(|id| id != identity.instance_id()) {
                return reply::oauth_error(
                    "invalid_grant",
                    "the instance id is not this project's",
                );
            }
            identity.issue_for_app()
        }
        "anonymous" | "client_credentials" => return unknown(),
        "session" => return browser::token(identity, site, request, respond),
        "refresh_token" => {
            // The token itself says whose it is; a client that names itself must be the right one.
            if client.id.is_some() && !is_client {
                return unknown();
            }
            match fields.get("refresh_token") {
                Some(token) => identity.refresh(token).await,
                None => return missing("refresh_token"),
            }
        }
        "strip_bound_session" => {
            if !client.secret.as_deref().is_some_and(|secret| identity.is_app_secret(secret)) {
                return unknown();
            }
            match fields.get("access_token") {
                Some(token) => identity.strip(token).await,
                None => return missing("access_token"),
            }
        }
        "authorization_code" if !is_client => return unknown(),
        "authorization_code" => {
            let (code, verifier) = (fields.get("code"), fields.get("code_verifier"));
            match (code, fields.get("redirect_uri"), verifier) {
                (Some(code), Some(redirect), Some(verifier)) => {
                    identity.redeem_code(code, redirect, verifier).await
                }
                (None, ..) => return missing("code"),
                (_, None, _) => return missing("redirect_uri"),
                (_, _, None) => return missing("code_verifier"),
            }
        }
        _ => return reply::oauth_error("unsupported_grant_type", "this grant is not known here"),
    };
    respond(issued)
}

fn missing(field: &str) -> Response<Bytes> {
    reply::oauth_error("invalid_request", &format!("`{field}` is missing"))
}

fn respond(issued: Result<Issued, IdentityError>) -> Response<Bytes> {
    match issued {
        Ok(Issued { access_token, refresh_token, expires_in }) => {
            let tokens = Tokens { access_token, token_type: "Bearer", expires_in, refresh_token };
            reply::json(StatusCode::OK, &tokens)
        }
        Err(IdentityError::Refused(_)) => {
            reply::oauth_error("invalid_grant", "the token or code is not accepted")
        }
        Err(error) => reply::failure(&error),
    }
}

/// Who asks for tokens: named in the body, or in the header as the standard prefers.
struct Client {
    id: Option<String>,
    secret: Option<String>,
}

impl Client {
    fn of(request: &Request<Bytes>, fields: &Fields) -> Self {
        let (id, secret) = basic(request).unzip();
        let field = |name| fields.get(name).map(str::to_owned);
        Self {
            id: id.or_else(|| field("client_id")),
            secret: secret.or_else(|| field("client_secret")),
        }
    }

    fn is_app(&self, identity: &Identity) -> bool {
        match (&self.id, &self.secret) {
            (Some(id), Some(secret)) => identity.is_app(id, secret),
            _ => false,
        }
    }
}

fn basic(request: &Request<Bytes>) -> Option<(String, String)> {
    let header = text(request.headers(), AUTHORIZATION.as_str())?;
    let (scheme, credentials) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(credentials.trim()).ok()?).ok()?;
    let (id, secret) = decoded.split_once(':')?;
    Some((id.to_owned(), secret.to_owned()))
}

/// Says what a token is. Spec: section 5.2. A token that is not accepted is answered, not refused.
pub(super) async fn token_info(identity: &Identity, request: &Request<Bytes>) -> Response<Bytes> {
    if request.body().len() > LONGEST_BODY {
        return reply::problem(StatusCode::PAYLOAD_TOO_LARGE, "the body is too long");
    }
    let Some(fields) = Fields::of_body(request) else {
        return reply::problem(StatusCode::BAD_REQUEST, "the body is no form and no JSON object");
    };
    let info = match fields.get("token") {
        Some(token) => identity.token_info(token).await,
        None => identity.inactive(),
    };
    reply::json(StatusCode::OK, &info)
}

/// The public keys, which others may keep for a while.
pub(super) fn key_set(identity: &Identity) -> Response<Bytes> {
    let mut response = reply::json(StatusCode::OK, &identity.key_set());
    let keep = HeaderValue::from_static("public, max-age=15");
    response.headers_mut().insert(CACHE_CONTROL, keep);
    response
}
