//! Following redirects, pure: what the next request is, or why there is none.
//!
//! Spec: <https://fetch.spec.whatwg.org/#http-redirect-fetch>.

use ada_url::Url;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, Method, StatusCode, header};

use super::client::ClientFailure;

/// The standard's limit on the redirects of one fetch.
const MAX_REDIRECTS: u32 = 20;

/// What fetch does with a redirect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RedirectMode {
    Follow,
    Error,
    Manual,
}

impl RedirectMode {
    pub(crate) fn from_web_name(name: &str) -> Option<Self> {
        match name {
            "follow" => Some(Self::Follow),
            "error" => Some(Self::Error),
            "manual" => Some(Self::Manual),
            _ => None,
        }
    }
}

/// A body as far as redirects care.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Replay {
    /// Can be sent again; `None` is no body.
    Bytes(Option<Bytes>),
    /// Is gone once sent.
    Once,
}

/// The request that a fetch is at.
#[derive(Debug, Clone)]
pub(crate) struct Hop {
    pub(crate) method: Method,
    /// Serialised, may have a fragment.
    pub(crate) url: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Replay,
    pub(crate) redirects: u32,
}

/// Headers that say something about a body that is no longer sent.
const BODY_HEADERS: [HeaderName; 5] = [
    header::CONTENT_ENCODING,
    header::CONTENT_LANGUAGE,
    header::CONTENT_LOCATION,
    header::CONTENT_TYPE,
    header::CONTENT_LENGTH,
];
/// Headers that are meant for one origin only.
const ORIGIN_HEADERS: [HeaderName; 4] =
    [header::AUTHORIZATION, header::PROXY_AUTHORIZATION, header::COOKIE, header::HOST];

impl Hop {
    /// The next request, or `None` when the response is the answer as it is.
    ///
    /// # Errors
    /// A rule of fetch that forbids to go on.
    pub(crate) fn after(
        &self,
        status: StatusCode,
        response: &HeaderMap,
        mode: RedirectMode,
    ) -> Result<Option<Self>, ClientFailure> {
        if !matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308) {
            return Ok(None);
        }
        match mode {
            RedirectMode::Manual => return Ok(None),
            RedirectMode::Error => return Err(ClientFailure::refused("unexpected redirect")),
            RedirectMode::Follow => {}
        }
        let Some(location) = response.get(header::LOCATION) else { return Ok(None) };
        let location = String::from_utf8_lossy(location.as_bytes());
        let target = self.resolve(&location)?;
        if self.redirects >= MAX_REDIRECTS {
            return Err(ClientFailure::refused("redirect count exceeded"));
        }

        let mut next = self.clone();
        next.redirects += 1;
        let same_origin =
            Url::parse(self.url.as_str(), None).is_ok_and(|url| url.origin() == target.origin());
        if target.has_credentials() && !same_origin {
            return Err(ClientFailure::refused(
                "a redirect to another origin may not carry credentials",
            ));
        }
        let code = status.as_u16();
        if code != 303 && self.body == Replay::Once {
            return Err(ClientFailure::refused(
                "a streamed request body cannot be sent again after a redirect",
            ));
        }
        let post_becomes_get = matches!(code, 301 | 302) && self.method == Method::POST;
        let all_becomes_get =
            code == 303 && self.method != Method::GET && self.method != Method::HEAD;
        if post_becomes_get || all_becomes_get {
            next.method = Method::GET;
            next.body = Replay::Bytes(None);
            for name in &BODY_HEADERS {
                next.headers.remove(name);
            }
        }
        if !same_origin {
            for name in &ORIGIN_HEADERS {
                next.headers.remove(name);
            }
        }
        next.url = target.href().to_owned();
        Ok(Some(next))
    }

    fn resolve(&self, location: &str) -> Result<Url, ClientFailure> {
        let mut target = Url::parse(location, Some(&self.url)).map_err(|_| {
            ClientFailure::refused(format!("the redirect's location `{location}` is no URL"))
        })?;
        if !matches!(target.protocol(), "http:" | "https:") {
            return Err(ClientFailure::refused("a redirect must lead to http or https"));
        }
        if !target.has_hash()
            && let Some((_, fragment)) = self.url.split_once('#')
        {
            target.set_hash(Some(fragment));
        }
        Ok(target)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hop(method: &str, url: &str, body: Replay) -> Hop {
        let mut headers = HeaderMap::new();
        for name in ["authorization", "cookie", "content-type", "x-own"] {
            headers.insert(HeaderName::from_static(name), "v".parse().expect("a value"));
        }
        Hop {
            method: method.parse().expect("a method"),
            url: url.to_owned(),
            headers,
            body,
            redirects: 0,
        }
    }

    /// One row: `METHOD url body -> status location`, and `METHOD url body header,header` of the next hop.
    #[track_caller]
    fn check(
        from: (&str, &str, Replay),
        status: u16,
        location: &str,
        expected: Result<&str, &str>,
    ) {
        let mut response = HeaderMap::new();
        response.insert(header::LOCATION, location.parse().expect("a value"));
        let status = StatusCode::from_u16(status).expect("a status");
        let found = hop(from.0, from.1, from.2).after(status, &response, RedirectMode::Follow);
        let found = found.map(|next| {
            next.map_or("stay".to_owned(), |next| {
                let mut names: Vec<_> = next.headers.keys().map(HeaderName::as_str).collect();
                names.sort_unstable();
                let body = if next.body == Replay::Bytes(None) { "empty" } else { "body" };
                format!("{} {} {body} {}", next.method, next.url, names.join(","))
            })
        });
        match (found, expected) {
            (Ok(found), Ok(expected)) => assert_eq!(found, expected),
            (Err(failure), Err(expected)) => {
                assert!(failure.to_string().contains(expected), "{failure}")
            }
            (found, expected) => panic!("found {found:?}, expected {expected:?}"),
        }
    }

    #[test]
    fn methods_bodies_and_headers_follow_the_standard() {
        let bytes = || Replay::Bytes(Some(Bytes::from_static(b"x")));
        let none = || Replay::Bytes(None);
        let all = "authorization,content-type,cookie,x-own";
        check(("GET", "http://a/x", none()), 200, "/y", Ok("stay"));
        check(("GET", "http://a/x", none()), 302, "/y", Ok(&format!("GET http://a/y empty {all}")));
        check(
            ("GET", "http://a/x#f", none()),
            302,
            "y",
            Ok(&format!("GET http://a/y#f empty {all}")),
        );
        check(
            ("GET", "http://a/x#f", none()),
            302,
            "y#g",
            Ok(&format!("GET http://a/y#g empty {all}")),
        );
        check(
            ("POST", "http://a/x", bytes()),
            301,
            "/y",
            Ok("GET http://a/y empty authorization,cookie,x-own"),
        );
        check(("PUT", "http://a/x", bytes()), 302, "/y", Ok(&format!("PUT http://a/y body {all}")));
        check(
            ("PUT", "http://a/x", bytes()),
            303,
            "/y",
            Ok("GET http://a/y empty authorization,cookie,x-own"),
        );
        check(
            ("HEAD", "http://a/x", none()),
            303,
            "/y",
            Ok(&format!("HEAD http://a/y empty {all}")),
        );
        check(
            ("POST", "http://a/x", bytes()),
            308,
            "/y",
            Ok(&format!("POST http://a/y body {all}")),
        );
        check(
            ("POST", "http://a/x", bytes()),
            307,
            "http://b/",
            Ok("POST http://b/ body content-type,x-own"),
        );
        check(
            ("GET", "http://a/x", none()),
            302,
            "https://a/",
            Ok("GET https://a/ empty content-type,x-own"),
        );
        check(("POST", "http://a/x", Replay::Once), 307, "/y", Err("cannot be sent again"));
        check(
            ("POST", "http://a/x", Replay::Once),
            303,
            "/y",
            Ok("GET http://a/y empty authorization,cookie,x-own"),
        );
        check(("GET", "http://a/x", none()), 302, "ftp://b/", Err("http or https"));
        check(("GET", "http://a/x", none()), 302, "http://u:p@b/", Err("credentials"));
        check(("GET", "http://a/x", none()), 302, "http://[", Err("is no URL"));
    }

    #[test]
    fn modes_and_the_limit_are_kept() {
        let mut response = HeaderMap::new();
        let mut from = hop("GET", "http://a/x", Replay::Bytes(None));
        assert!(
            from.after(StatusCode::FOUND, &response, RedirectMode::Follow)
                .expect("no location")
                .is_none()
        );
        response.insert(header::LOCATION, "/y".parse().expect("a value"));
        assert!(
            from.after(StatusCode::FOUND, &response, RedirectMode::Manual)
                .expect("as it is")
                .is_none()
        );
        assert!(from.after(StatusCode::FOUND, &response, RedirectMode::Error).is_err());
        from.redirects = MAX_REDIRECTS;
        assert!(from.after(StatusCode::FOUND, &response, RedirectMode::Follow).is_err());
    }
}
