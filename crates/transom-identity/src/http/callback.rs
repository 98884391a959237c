//! Logging in by way of the authorization endpoint, as the original's pages do: `login?flow=code` sends the browser to
//! `authorize`, which sends it to `callback` with a code.
//! Spec: RFC 6749, section 4.1; RFC 7636; RFC 6819, section 4.4.1.8 (the state keeps others from planting a code).

use bytes::Bytes;
use http::header::{COOKIE, SET_COOKIE};
use http::{HeaderValue, Request, Response, StatusCode};

use super::form::Fields;
use super::origin::{Site, text};
use super::{PREFIX, reply};
use crate::Identity;
use crate::caller::cookie;
use crate::codes::sha256_text;
use crate::project::random_text;

/// What the browser keeps until it comes back: state, verifier and way back.
const FLOW_COOKIE: &str = "transom_flow";
/// How long a log-in may take, in seconds.
const FLOW_SECONDS: u32 = 30 * 60;

/// Begins: to the authorization endpoint, and from there to [`finish`].
pub(super) fn begin(identity: &Identity, site: &Site, back: &str) -> Response<Bytes> {
    let (state, verifier) = (random_text(), random_text());
    let address = site.address(&format!("{PREFIX}callback"));
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("response_type", "code")
        .append_pair("client_id", identity.client_id())
        .append_pair("redirect_uri", &address)
        .append_pair("state", &state)
        .append_pair("code_challenge", &sha256_text(&verifier))
        .append_pair("code_challenge_method", "S256")
        .finish();
    let kept = form_urlencoded::Serializer::new(String::new())
        .append_pair("state", &state)
        .append_pair("verifier", &verifier)
        .append_pair("return", back)
        .finish();
    let mut response = reply::see_other(&format!("{PREFIX}authorize?{query}"));
    keep(&mut response, site, &kept, FLOW_SECONDS);
    response
}

/// The way back: exchanges the code, once, and goes on to where the visitor came from.
pub(super) async fn finish(
    identity: &Identity,
    site: &Site,
    request: &Request<Bytes>,
) -> Response<Bytes> {
    let refuse = |what: &str| {
        let mut response = reply::problem(StatusCode::BAD_REQUEST, what);
        keep(&mut response, site, "", 0);
        response
    };
    let kept = text(request.headers(), COOKIE.as_str()).and_then(|all| cookie(all, FLOW_COOKIE));
    let Some(kept) = kept.filter(|kept| !kept.is_empty()) else {
        return refuse("no log-in is under way in this browser");
    };
    let kept = Fields::of_pairs(kept);
    let fields = Fields::of_query(request);
    if fields.get("state").is_none() || fields.get("state") != kept.get("state") {
        return refuse("the answer belongs to another log-in");
    }
    if let Some(code) = fields.get("code") {
        let address = site.address(&format!("{PREFIX}callback"));
        let verifier = kept.get("verifier").unwrap_or_default();
        // The browser has its session already; that the code is good is what lets it go on.
        if identity.redeem_code(code, &address, verifier).await.is_err() {
            return refuse("the code is not accepted");
        }
    }
    let mut response = reply::see_other(site.path(kept.get("return")));
    keep(&mut response, site, "", 0);
    response
}

fn keep(response: &mut Response<Bytes>, site: &Site, kept: &str, seconds: u32) {
    let secure = if site.is_https { "; Secure" } else { "" };
    let field =
        format!("{FLOW_COOKIE}={kept}; Max-Age={seconds}; Path=/; HttpOnly; SameSite=Lax{secure}");
    // It is written in letters, digits and `%`, `&`, `=`.
    if let Ok(field) = HeaderValue::try_from(field) {
        response.headers_mut().append(SET_COOKIE, field);
    }
}
