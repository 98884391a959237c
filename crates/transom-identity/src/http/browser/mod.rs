//! The module that pages import, and its types; and the tokens that it asks for.

use bytes::Bytes;
use http::header::{CACHE_CONTROL, COOKIE, SET_COOKIE};
use http::{HeaderValue, Request, Response, StatusCode};

use super::FORGED;
use super::origin::{Site, text};
use super::reply;
use crate::{Caller, Identity, IdentityError, Issued, session_cookie};

const MODULE: &str = include_str!("essentials.js");
const TYPES: &str = include_str!("essentials.d.ts");

/// The file at `path`.
pub(super) fn file(path: &str) -> Option<Response<Bytes>> {
    let (kind, text) = match path {
        "/_transom/essentials.js" => ("text/javascript; charset=utf-8", MODULE),
        "/_transom/essentials.d.ts" => ("text/plain; charset=utf-8", TYPES),
        _ => return None,
    };
    let mut response = reply::with_body(StatusCode::OK, kind, text);
    // It belongs to this version of the server: asked for again when that may be another one.
    let keep = HeaderValue::from_static("public, max-age=300");
    response.headers_mut().insert(CACHE_CONTROL, keep);
    Some(response)
}

/// The grant `session`, which is transom's own: an access token for the session in the request's cookie, for a page
/// that cannot read it; without one a visit begins. There is no refresh token: the cookie is what renews.
pub(super) fn token(
    identity: &Identity,
    site: &Site,
    request: &Request<Bytes>,
    respond: impl Fn(Result<Issued, IdentityError>) -> Response<Bytes>,
) -> Response<Bytes> {
    if !site.trusts(request) {
        return reply::problem(StatusCode::FORBIDDEN, FORGED);
    }
    let cookies = text(request.headers(), COOKIE.as_str());
    if let Caller::Known(claims) = identity.caller(None, cookies, site.is_https) {
        return respond(identity.issue_as(&claims));
    }
    let (token, claims) = match identity.begin_visit() {
        Ok(begun) => begun,
        Err(error) => return reply::failure(&error),
    };
    let mut response = respond(identity.issue_as(&claims));
    // Tokens are letters, digits and `-_.`.
    if let Ok(cookie) = HeaderValue::try_from(session_cookie(&token, site.is_https, None)) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}
