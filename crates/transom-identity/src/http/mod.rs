//! The HTTP surface: the OAuth endpoints, log-in and log-out, and the list of members, and the module for pages.
//! Spec: `wix-http-endpoints.md` sections 4.4 and 5; RFC 6749, 7517, 7636.
//!
//! Invariants: what changes state needs POST and, where a cookie decides, a page of an accepted origin; a token in the
//! address is never read; an answer that carries a token is not cached.

mod authorize;
mod browser;
mod callback;
mod form;
mod login;
mod members;
mod oauth;
mod origin;
mod reply;

use bytes::Bytes;
use http::{Method, Request, Response};

use crate::Identity;
use origin::Site;

/// Where the endpoints are.
pub const PREFIX: &str = "/_transom/oauth2/";
/// Where the list of members is.
pub const MEMBERS: &str = "/_transom/api/members";

/// Longest body of a request, in bytes.
pub const LONGEST_BODY: usize = 64 << 10;

const FORGED: &str = "the request comes from a page of another origin, or does not say from which; \
                      pages of other origins are listed in `identity.origins`";

/// Whether a path belongs to this surface.
#[must_use]
pub fn serves(path: &str) -> bool {
    path.starts_with(PREFIX) || path == MEMBERS || browser::file(path).is_some()
}

/// Answers a request for a path of this surface. `is_https` says how the client reached the server.
pub async fn answer(
    identity: &Identity,
    request: Request<Bytes>,
    is_https: bool,
) -> Response<Bytes> {
    let site = Site::of(&request, is_https, identity.settings());
    let method = request.method().clone();
    let mut response = if method == Method::OPTIONS {
        reply::empty(http::StatusCode::NO_CONTENT)
    } else {
        route(identity, &site, &method, &request).await
    };
    site.share(&method, response.headers_mut());
    response
}

async fn route(
    identity: &Identity,
    site: &Site,
    method: &Method,
    request: &Request<Bytes>,
) -> Response<Bytes> {
    let path = request.uri().path();
    let name = path.strip_prefix(PREFIX).unwrap_or(path);
    let is_read = method == Method::GET || method == Method::HEAD;
    if let Some(file) = browser::file(path) {
        return if is_read { file } else { reply::method_not_allowed("GET, HEAD") };
    }
    match (name, is_read, method == Method::POST) {
        ("token", _, true) => oauth::token(identity, site, request).await,
        ("token-info", _, true) => oauth::token_info(identity, request).await,
        ("jwks", true, _) => oauth::key_set(identity),
        ("authorize", true, _) => authorize::authorize(identity, site, request).await,
        ("login" | "logout", _, true) if !site.trusts(request) => {
            reply::problem(http::StatusCode::FORBIDDEN, FORGED)
        }
        ("login", true, _) => login::page(identity, site, request),
        ("callback", true, _) => callback::finish(identity, site, request).await,
        ("login", _, true) => login::log_in(identity, site, request).await,
        ("logout", true, _) => login::logout_page(site, request),
        ("logout", _, true) => login::log_out(identity, site, request).await,
        ("logout-callback", true, _) => login::logged_out(identity, site, request),
        (MEMBERS, true, _) => members::list(identity, request).await,
        (MEMBERS, _, true) => members::add(identity, request).await,
        ("token" | "token-info", ..) => reply::method_not_allowed("POST"),
        ("jwks" | "authorize" | "callback" | "logout-callback", ..) => {
            reply::method_not_allowed("GET, HEAD")
        }
        ("login" | "logout" | MEMBERS, ..) => reply::method_not_allowed("GET, HEAD, POST"),
        _ => reply::problem(http::StatusCode::NOT_FOUND, "there is no such endpoint"),
    }
}
