//! From the headers of a request to its caller. Spec: section 5.3, with the rules of section 11, items 9 and 10.

use std::sync::Arc;

use form_urlencoded::parse;

use crate::clock::SECOND;
use crate::tokens::issuer_of;
use crate::{Claims, Identity, Purpose, TokenInfo};

/// How long after its expiry the token in a cookie of the SDK is accepted. Spec: section 5.3.
const COOKIE_GRACE_MS: i64 = 600 * SECOND;
/// The cookie that the SDK keeps in a browser.
const SDK_COOKIE: &str = "wixSession";

/// Who a request comes from, as its headers say.
#[derive(Debug, Clone, PartialEq)]
pub enum Caller {
    /// Somebody with a valid token or session.
    Known(Arc<Claims>),
    /// Somebody with a header that is not accepted: another service's, or broken.
    Refused,
    /// Somebody without any: a new visitor.
    Nobody,
}

/// Name of the session cookie. On HTTPS its prefix keeps other hosts of the domain from setting it.
#[must_use]
pub fn cookie_name(is_https: bool) -> &'static str {
    if is_https { "__Host-transom_session" } else { "transom_session" }
}

/// The `Set-Cookie` field of a session token: for `max_age` seconds, or until the browser is closed.
#[must_use]
pub fn session_cookie(token: &str, is_https: bool, max_age: Option<u64>) -> String {
    let name = cookie_name(is_https);
    let age = max_age.map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
    let secure = if is_https { "; Secure" } else { "" };
    format!("{name}={token}{age}; Path=/; HttpOnly; SameSite=Lax{secure}")
}

/// The token in an `Authorization` header, with and without `Bearer`; `None` when there is nothing in it.
pub(crate) fn bearer(header: &str) -> Option<&str> {
    let header = header.trim();
    let token = match header.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => token.trim(),
        _ if header.eq_ignore_ascii_case("bearer") => "",
        _ => header,
    };
    Some(token).filter(|token| !token.is_empty())
}

/// The value of the first cookie with this name.
pub(crate) fn cookie<'a>(header: &'a str, name: &str) -> Option<&'a str> {
    header.split(';').find_map(|pair| {
        let (found, value) = pair.split_once('=')?;
        (found.trim() == name).then(|| value.trim())
    })
}

/// The access token in the cookie of the SDK.
fn sdk_cookie_token(value: &str) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Cookie {
        tokens: Tokens,
    }
    #[derive(serde::Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Tokens {
        access_token: AccessToken,
    }
    #[derive(serde::Deserialize)]
    struct AccessToken {
        value: String,
    }
    // A `+` is itself in a cookie; the parser of forms would take it for a space.
    let escaped = value.replace('+', "%2B").replace('&', "%26");
    let decoded = parse(escaped.as_bytes()).next()?.0.into_owned();
    let cookie: Cookie = serde_json::from_str(&decoded).ok()?;
    Some(cookie.tokens.access_token.value)
}

impl Identity {
    /// As [`caller`](Self::caller); fetches the key set of another issuer when it lacks the key of a token.
    pub async fn caller_patiently(
        &self,
        authorization: Option<&str>,
        cookies: Option<&str>,
        is_https: bool,
    ) -> Caller {
        match self.caller(authorization, cookies, is_https) {
            Caller::Refused => {
                let token = authorization.and_then(bearer).unwrap_or_default();
                self.verify_patiently(token).await.map_or(Caller::Refused, Caller::Known)
            }
            caller => caller,
        }
    }

    /// The caller of a request with these headers. A header that is not accepted makes the caller unknown; a cookie
    /// that is not accepted is as none.
    #[must_use]
    pub fn caller(
        &self,
        authorization: Option<&str>,
        cookies: Option<&str>,
        is_https: bool,
    ) -> Caller {
        if let Some(token) = authorization.and_then(bearer) {
            return self.verify(token).map_or(Caller::Refused, Caller::Known);
        }
        let Some(cookies) = cookies else { return Caller::Nobody };
        let session = cookie(cookies, cookie_name(is_https))
            .and_then(|token| self.tokens().verify(token, Purpose::Session).ok());
        let claims = session.or_else(|| {
            let token = sdk_cookie_token(cookie(cookies, SDK_COOKIE)?)?;
            self.tokens().verify_with_grace(&token, Purpose::Access, COOKIE_GRACE_MS).ok()
        });
        claims.map_or(Caller::Nobody, Caller::Known)
    }

    /// What a handler learns of its caller: of the token in the header, or of the one that a cookie stands for.
    #[must_use]
    pub fn info_of(&self, claims: &Claims) -> TokenInfo {
        match claims.purpose {
            Purpose::Access => TokenInfo::of(claims),
            Purpose::Session | Purpose::Refresh => TokenInfo::of(&self.on_behalf_of(claims)),
        }
    }

    /// Whether a token, with or without `Bearer`, says that it is this project's, whatever it is good for.
    #[must_use]
    pub fn is_own(&self, token: &str) -> bool {
        let token = bearer(token).unwrap_or_default();
        issuer_of(token).is_some_and(|issuer| issuer == self.project().issuer)
    }
}
