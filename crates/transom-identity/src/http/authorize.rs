//! `authorize`: a browser with a session gets a code for an application, one without is asked to log in first.
//! Spec: RFC 6749, section 4.1; RFC 9207.

use bytes::Bytes;
use http::header::COOKIE;
use http::{Request, Response, StatusCode};

use super::form::Fields;
use super::origin::{Site, text};
use super::{PREFIX, reply};
use crate::codes::is_challenge;
use crate::{Caller, Identity, SubjectType};

pub(super) async fn authorize(
    identity: &Identity,
    site: &Site,
    request: &Request<Bytes>,
) -> Response<Bytes> {
    let fields = Fields::of_query(request);
    // While the client or its address are in doubt, nothing is sent there.
    let refuse = |what: &str| reply::problem(StatusCode::BAD_REQUEST, what);
    if fields.get("client_id") != Some(identity.client_id()) {
        return refuse("the client id is not this project's");
    }
    let Some(redirect) = fields.get("redirect_uri") else {
        return refuse("`redirect_uri` is missing");
    };
    if !site.may_redirect(redirect, identity.settings()) {
        return refuse("`redirect_uri` is not one of those in `identity.redirects`");
    }
    let answer = |pairs: &[(&str, &str)]| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(pairs);
        if let Some(state) = fields.get("state") {
            query.append_pair("state", state);
        }
        let separator = if redirect.contains('?') { '&' } else { '?' };
        reply::see_other(&format!("{redirect}{separator}{}", query.finish()))
    };
    if fields.get("response_type") != Some("code") {
        return answer(&[("error", "unsupported_response_type")]);
    }
    let method = fields.get("code_challenge_method");
    let challenge = fields.get("code_challenge").filter(|text| is_challenge(text));
    let (Some("S256"), Some(challenge)) = (method, challenge) else {
        let what = "a `code_challenge` with the method `S256` is needed";
        return answer(&[("error", "invalid_request"), ("error_description", what)]);
    };
    let cookies = text(request.headers(), COOKIE.as_str());
    let claims = match identity.caller(None, cookies, site.is_https) {
        Caller::Known(claims) if is_person(claims.sub_type) => claims,
        _ => return ask(request),
    };
    match identity.issue_code(&claims, redirect, challenge).await {
        Ok(code) => answer(&[("code", &code)]),
        Err(error) => reply::failure(&error),
    }
}

fn is_person(kind: SubjectType) -> bool {
    matches!(kind, SubjectType::Member | SubjectType::User)
}

/// To the log-in page and from there back to this very request.
fn ask(request: &Request<Bytes>) -> Response<Bytes> {
    let here = request.uri().path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
    let query =
        form_urlencoded::Serializer::new(String::new()).append_pair("return", here).finish();
    reply::see_other(&format!("{PREFIX}login?{query}"))
}
