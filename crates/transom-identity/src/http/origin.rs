//! Whose page a request comes from, and where answers may lead: the defence against forged requests and open
//! redirects.

use bytes::Bytes;
use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_MAX_AGE, HOST, ORIGIN, VARY,
};
use http::{HeaderMap, HeaderValue, Method, Request};

use super::form::is_json;
use crate::Settings;

/// The site as the client of one request sees it.
#[derive(Debug)]
pub(super) struct Site {
    /// As `https://shop.example`; empty when the request names no host.
    own: String,
    /// The request's `Origin`, when it is another one that is accepted.
    other: Option<HeaderValue>,
    /// Whether the client came by HTTPS.
    pub(super) is_https: bool,
}

impl Site {
    pub(super) fn of(request: &Request<Bytes>, is_https: bool, settings: &Settings) -> Self {
        let host = text(request.headers(), HOST.as_str()).unwrap_or_default();
        let scheme = if is_https { "https" } else { "http" };
        let own = if host.is_empty() { String::new() } else { format!("{scheme}://{host}") };
        let origin = request.headers().get(ORIGIN);
        let accepted = origin.filter(|origin| {
            settings.origins.iter().any(|accepted| accepted.as_bytes() == origin.as_bytes())
        });
        Self { own, other: accepted.cloned(), is_https }
    }

    /// Whether a request that changes state may come from where it comes from. Browsers say so with each POST; a
    /// client that says nothing must at least send what no form can send.
    pub(super) fn trusts(&self, request: &Request<Bytes>) -> bool {
        let headers = request.headers();
        match text(headers, ORIGIN.as_str()) {
            Some(origin) => self.other.is_some() || (!self.own.is_empty() && origin == self.own),
            None => match text(headers, "sec-fetch-site") {
                Some(site) => site == "same-origin" || site == "none",
                None => is_json(request),
            },
        }
    }

    /// The whole address of a path on this site.
    pub(super) fn address(&self, path: &str) -> String {
        format!("{}{path}", self.own)
    }

    /// The path on this site that a browser shall go to, `/` for anything that could lead elsewhere.
    pub(super) fn path<'a>(&self, wanted: Option<&'a str>) -> &'a str {
        let Some(wanted) = wanted else { return "/" };
        let rest = match wanted.strip_prefix(&self.own) {
            Some(rest) if !self.own.is_empty() && rest.starts_with('/') => rest,
            _ => wanted,
        };
        // Browsers read `\` as `/`, and skip tabs and line breaks. Two slashes begin a host.
        let is_plain = rest.bytes().all(|byte| byte > b' ' && byte != b'\\' && byte != 0x7F);
        if rest.starts_with('/') && !rest.starts_with("//") && is_plain { rest } else { "/" }
    }

    /// Whether an authorization code may be sent to this address.
    pub(super) fn may_redirect(&self, address: &str, settings: &Settings) -> bool {
        let is_own = !self.own.is_empty()
            && address.strip_prefix(&self.own).is_some_and(|rest| rest.starts_with('/'))
            && !address.contains('\\')
            && !address.contains('#');
        is_own || settings.redirects.iter().any(|accepted| accepted == address)
    }

    /// Lets pages of the accepted origin read the answer.
    pub(super) fn share(&self, method: &Method, headers: &mut HeaderMap) {
        headers.append(VARY, HeaderValue::from_static("Origin"));
        let Some(origin) = &self.other else { return };
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
        if *method == Method::OPTIONS {
            for (name, value) in [
                (ACCESS_CONTROL_ALLOW_METHODS, "GET, POST"),
                (ACCESS_CONTROL_ALLOW_HEADERS, "authorization, content-type"),
                (ACCESS_CONTROL_MAX_AGE, "600"),
            ] {
                headers.insert(name, HeaderValue::from_static(value));
            }
        }
    }
}

/// A header as text.
pub(super) fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site() -> Site {
        let request = Request::builder().header(HOST, "shop.example").body(Bytes::new());
        Site::of(&request.expect("a valid request"), true, &Settings::default())
    }

    #[track_caller]
    fn check_path(wanted: &str, expected: &str) {
        assert_eq!(site().path(Some(wanted)), expected, "{wanted:?}");
    }

    #[test]
    fn after_a_login_the_way_leads_to_the_own_site_only() {
        check_path("/account?x=1#top", "/account?x=1#top");
        check_path("https://shop.example/account", "/account");
        for elsewhere in [
            "https://evil.example/",
            "//evil.example/",
            "/\\evil.example/",
            "\\\\evil.example",
            "/\t/evil.example",
            "/\n//evil.example",
            "https://shop.example.evil.example/",
            "https://shop.example@evil.example/",
            "https://shop.example//evil.example",
            "javascript:alert(1)",
            "data:text/html,x",
            "account",
            "",
        ] {
            check_path(elsewhere, "/");
        }
    }

    #[test]
    fn codes_are_sent_to_listed_addresses_and_the_own_site_only() {
        let settings = Settings {
            redirects: vec!["https://app.example/callback".to_owned()],
            ..Settings::default()
        };
        let may = |address: &str| site().may_redirect(address, &settings);
        assert!(may("https://app.example/callback") && may("https://shop.example/back?x=1"));
        for refused in [
            "https://app.example/callback/",
            "https://app.example/callback?x=1",
            "https://app.example/",
            "https://shop.example.evil.example/back",
            "https://shop.example@evil.example/",
            "https://shop.example/\\evil",
            "http://shop.example/back",
            "/back",
        ] {
            assert!(!may(refused), "{refused}");
        }
    }
}
