//! `[compat.cors]`: which other origins may read answers, and how.
//! Spec: <https://fetch.spec.whatwg.org/#http-cors-protocol>.

use std::time::Duration;

use super::SettingsError;
use super::layer::CorsLayer;

/// What pages of other origins may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cors {
    /// Never empty.
    pub(crate) origins: Vec<AllowedOrigin>,
    /// `None`: those that the endpoint has handlers for.
    pub(crate) methods: Option<Vec<String>>,
    /// `None`: those that the page asks for.
    pub(crate) headers: Option<Vec<String>>,
    pub(crate) expose: Vec<String>,
    pub(crate) credentials: bool,
    pub(crate) max_age: Option<Duration>,
}

/// An entry of `compat.cors.origins`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum AllowedOrigin {
    /// `*`
    Any,
    /// `https://shop.test`, as browsers write it.
    Exact(String),
    /// `https://*.shop.test`: what stands before the star and after it.
    Below { scheme: String, suffix: String },
}

impl AllowedOrigin {
    /// Reads one entry.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        if text == "*" {
            return Ok(Self::Any);
        }
        let complaint = || {
            format!(
                "`{text}` is not an origin; write one such as `https://app.example.com`, `https://*.example.com` or `*`"
            )
        };
        let (scheme, host) = text.split_once("://").ok_or_else(complaint)?;
        let (is_pattern, bare) = match host.strip_prefix("*.") {
            Some(rest) => (true, format!("{scheme}://{rest}")),
            None => (false, text.to_owned()),
        };
        let url = ada_url::Url::parse(&bare, None).map_err(|_| complaint())?;
        let origin = url.origin().to_string();
        let is_origin = matches!(scheme, "http" | "https") && origin == bare.to_ascii_lowercase();
        if !is_origin {
            return Err(complaint());
        }
        if !is_pattern {
            return Ok(Self::Exact(origin));
        }
        let (scheme, host) = origin.split_once("://").ok_or_else(complaint)?;
        Ok(Self::Below { scheme: format!("{scheme}://"), suffix: format!(".{host}") })
    }

    /// Whether the value of a header `Origin` is meant.
    pub(crate) fn allows(&self, origin: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Exact(exact) => exact == origin,
            Self::Below { scheme, suffix } => {
                let rest = origin.strip_prefix(scheme.as_str());
                rest.and_then(|rest| rest.strip_suffix(suffix.as_str()))
                    .is_some_and(|label| !label.is_empty())
            }
        }
    }
}

impl Cors {
    /// `None` when no origin is allowed, which is the default.
    ///
    /// # Errors
    /// When there are other keys and no origin, or cookies for everybody.
    pub(super) fn resolve(layer: CorsLayer) -> Result<Option<Self>, SettingsError> {
        let CorsLayer { origins, methods, headers, expose, credentials, max_age } = layer;
        let origins = origins.unwrap_or_default();
        let credentials = credentials.unwrap_or(false);
        if origins.is_empty() {
            let is_alone = (&methods, &headers, &expose, &max_age) == (&None, &None, &None, &None)
                && !credentials;
            return if is_alone { Ok(None) } else { Err(SettingsError::CorsWithoutOrigins) };
        }
        if credentials && origins.contains(&AllowedOrigin::Any) {
            return Err(SettingsError::CredentialsForAnybody);
        }
        let expose = expose.unwrap_or_default();
        Ok(Some(Self { origins, methods, headers, expose, credentials, max_age }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_compared_as_browsers_write_them() {
        let allows = |entry: &str, origin: &str| {
            AllowedOrigin::parse(entry).expect("an origin").allows(origin)
        };
        assert!(allows("*", "https://anything.test"));
        assert!(allows("https://shop.test", "https://shop.test"));
        assert!(allows("http://localhost:3000", "http://localhost:3000"));
        assert!(!allows("https://shop.test", "http://shop.test"));
        assert!(!allows("https://shop.test", "https://shop.test.evil.test"));
        assert!(allows("https://*.shop.test", "https://a.b.shop.test"));
        assert!(!allows("https://*.shop.test", "https://shop.test"));
        assert!(!allows("https://*.shop.test", "https://evilshop.test"));
        for wrong in [
            "shop.test",
            "https://shop.test/",
            "https://shop.test/path",
            "ftp://a.test",
            "",
            "null",
        ] {
            assert!(AllowedOrigin::parse(wrong).is_err(), "{wrong}");
        }
    }
}
