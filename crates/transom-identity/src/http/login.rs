//! Logging in and out in a browser. The session is a cookie that no script can read.

use bytes::Bytes;
use http::header::{COOKIE, SET_COOKIE};
use http::{HeaderValue, Request, Response, StatusCode};
use serde::Serialize;

use super::form::{Fields, is_json};
use super::origin::{Site, text};
use super::{LONGEST_BODY, PREFIX, callback, reply};
use crate::caller::{cookie, cookie_name};
use crate::{AccountKind, Caller, Identity, IdentityError, SubjectType, session_cookie};

/// What a script learns of a log-in; the session itself is in the cookie.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LoggedIn<'a> {
    subject_type: SubjectType,
    subject_id: &'a str,
}

/// The name that the SDK's own log-in uses for the way back, and the shorter one of the form.
fn way_back<'a>(site: &Site, fields: &'a Fields) -> &'a str {
    site.path(fields.get("return").or_else(|| fields.get("return_to_url")))
}

/// The page that asks for address and password, or with `flow=code` the way to it over the authorization endpoint.
pub(super) fn page(identity: &Identity, site: &Site, request: &Request<Bytes>) -> Response<Bytes> {
    let fields = Fields::of_query(request);
    if fields.get("flow") == Some("code") {
        return callback::begin(identity, site, way_back(site, &fields));
    }
    login_page(StatusCode::OK, way_back(site, &fields), kind(&fields), "")
}

/// Checks address and password, and begins a new session whatever cookie the browser has brought.
pub(super) async fn log_in(
    identity: &Identity,
    site: &Site,
    request: &Request<Bytes>,
) -> Response<Bytes> {
    if request.body().len() > LONGEST_BODY {
        return reply::problem(StatusCode::PAYLOAD_TOO_LARGE, "the body is too long");
    }
    let Some(fields) = Fields::of_body(request) else {
        return reply::problem(StatusCode::BAD_REQUEST, "the body is no form and no JSON object");
    };
    let (email, password) = (fields.get("email"), fields.get("password"));
    let (email, password) = (email.unwrap_or_default(), password.unwrap_or_default());
    let kind = kind(&fields);
    let back = way_back(site, &fields);
    let begun = match identity.check_password(kind, email, password).await {
        Ok(account) => identity.begin_session(&account).await.map(|token| (account, token)),
        Err(error) => Err(error),
    };
    let (account, token) = match begun {
        Ok(begun) => begun,
        Err(error @ IdentityError::Credentials) if !is_json(request) => {
            return login_page(StatusCode::UNAUTHORIZED, back, kind, &error.to_string());
        }
        Err(error) => return reply::failure(&error),
    };
    // What the browser had before is over, a visitor's session too.
    if let Err(error) = end(identity, site, request).await {
        return reply::failure(&error);
    }
    let mut response = if is_json(request) {
        let subject_type = account.kind.subject_type();
        reply::json(StatusCode::OK, &LoggedIn { subject_type, subject_id: &account.id })
    } else {
        reply::see_other(back)
    };
    let seconds = identity.settings().lifetimes.session.as_secs();
    set_cookie(&mut response, site, &token, seconds);
    response
}

/// A page with a button: a link must not log anybody out.
pub(super) fn logout_page(site: &Site, request: &Request<Bytes>) -> Response<Bytes> {
    let fields = Fields::of_query(request);
    let back = escape(way_back(site, &fields));
    let form = format!(
        "<form method=\"post\" action=\"{PREFIX}logout\">\
         <input type=\"hidden\" name=\"return\" value=\"{back}\"><button>Log out</button></form>"
    );
    reply::page(StatusCode::OK, frame("Log out", &form))
}

/// Ends the session; its tokens are void from now on.
pub(super) async fn log_out(
    identity: &Identity,
    site: &Site,
    request: &Request<Bytes>,
) -> Response<Bytes> {
    let fields = Fields::of_body(request).unwrap_or_default();
    if let Err(error) = end(identity, site, request).await {
        return reply::failure(&error);
    }
    let mut response = if is_json(request) {
        reply::empty(StatusCode::NO_CONTENT)
    } else {
        reply::see_other(way_back(site, &fields))
    };
    set_cookie(&mut response, site, "", 0);
    response
}

/// The way back from a log-out elsewhere. It takes a cookie away that stands for nobody any more, and ends no session:
/// a link must not log anybody out.
pub(super) fn logged_out(
    identity: &Identity,
    site: &Site,
    request: &Request<Bytes>,
) -> Response<Bytes> {
    let mut response = reply::see_other(way_back(site, &Fields::of_query(request)));
    let cookies = text(request.headers(), COOKIE.as_str());
    let is_there = cookies.and_then(|all| cookie(all, cookie_name(site.is_https))).is_some();
    if is_there && !matches!(identity.caller(None, cookies, site.is_https), Caller::Known(_)) {
        set_cookie(&mut response, site, "", 0);
    }
    response
}

async fn end(
    identity: &Identity,
    site: &Site,
    request: &Request<Bytes>,
) -> Result<(), IdentityError> {
    let cookies = text(request.headers(), COOKIE.as_str());
    match identity.caller(None, cookies, site.is_https) {
        Caller::Known(claims) => identity.end_session(&claims).await,
        Caller::Refused | Caller::Nobody => Ok(()),
    }
}

fn set_cookie(response: &mut Response<Bytes>, site: &Site, token: &str, max_age: u64) {
    // Tokens are letters, digits and `-_.`.
    if let Ok(cookie) = HeaderValue::try_from(session_cookie(token, site.is_https, Some(max_age))) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
}

fn kind(fields: &Fields) -> AccountKind {
    match fields.get("as") {
        Some("user") => AccountKind::User,
        _ => AccountKind::Member,
    }
}

fn login_page(status: StatusCode, back: &str, kind: AccountKind, error: &str) -> Response<Bytes> {
    let kind = match kind {
        AccountKind::Member => "member",
        AccountKind::User => "user",
    };
    let (back, error) = (escape(back), escape(error));
    let form = format!(
        "<form method=\"post\" action=\"{PREFIX}login\">\
         <p role=\"alert\">{error}</p>\
         <input type=\"hidden\" name=\"return\" value=\"{back}\">\
         <input type=\"hidden\" name=\"as\" value=\"{kind}\">\
         <label>E-mail <input type=\"email\" name=\"email\" autocomplete=\"username\" required></label>\
         <label>Password <input type=\"password\" name=\"password\" autocomplete=\"current-password\" required></label>\
         <button>Log in</button></form>"
    );
    reply::page(status, frame("Log in", &form))
}

fn frame(title: &str, form: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title>\
         <style>body{{font:16px system-ui;max-width:20rem;margin:4rem auto;padding:0 1rem}}\
         label,button{{display:block;width:100%;margin:1rem 0}}\
         input{{width:100%;box-sizing:border-box;padding:.5rem}}button{{padding:.6rem}}</style>\
         <h1>{title}</h1>{form}</html>"
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
