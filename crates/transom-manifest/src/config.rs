//! The part of `astro.config.*` and `transom.toml` that concerns endpoints, evaluated to plain data.
//!
//! Every field has Astro's default, so that `{}` is a valid configuration. Which source wins for which field
//! is decided by the command line crate; this file only gives the result a shape.
//! Spec: `astro-endpoints.md` sections 1.6, 1.7, 1.9, 3.5, 3.6, 4, 6 and 7.

use serde::{Deserialize, Serialize};

use crate::env_schema::EnvField;

/// Astro's default port.
const DEFAULT_PORT: u16 = 4321;

/// The evaluated configuration of a project. Flat on purpose: readers want one field, not a path.
///
/// More than twelve fields because each is an independent setting of the reference.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ProjectConfig {
    /// `site`: the public origin, `import.meta.env.SITE` and `context.site`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    /// `base` as written; `/` by default.
    pub base: String,
    /// `trailingSlash`.
    pub trailing_slash: TrailingSlash,
    /// `output`; endpoints without `prerender` are on demand under `server`.
    pub output: Output,
    /// `security.checkOrigin`.
    pub check_origin: bool,
    /// `security.allowedDomains`.
    pub allowed_domains: Vec<AllowedDomain>,
    /// The Node adapter's `bodySizeLimit` in bytes; `None` = no limit was configured, `Some(0)` = unlimited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body_size_limit: Option<u64>,
    /// `redirects`, in the order of the config file.
    pub redirects: Vec<Redirect>,
    /// `i18n`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub i18n: Option<I18n>,
    /// `env.schema`, in the order of the config file.
    pub env_schema: Vec<EnvField>,
    /// `env.validateSecrets`.
    pub validate_secrets: bool,
    /// `session`.
    pub session: Session,
    /// `server.host`.
    pub server_host: Host,
    /// `server.port`.
    pub server_port: u16,
    /// `build.assetsPrefix`, for `import.meta.env.ASSETS_PREFIX`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assets_prefix: Option<String>,
    /// Package that the `adapter` came from, such as `@astrojs/node`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub adapter: Option<String>,
    /// Packages that the `integrations` came from, such as `@wix/astro`.
    pub integrations: Vec<String>,
    /// Configuration keys that exist and have no effect here, for verbose output.
    pub ignored: Vec<String>,
}

impl Default for ProjectConfig {
    fn default() -> Self {
        Self {
            site: None,
            base: "/".to_owned(),
            trailing_slash: TrailingSlash::default(),
            output: Output::default(),
            check_origin: true,
            allowed_domains: Vec::new(),
            body_size_limit: None,
            redirects: Vec::new(),
            i18n: None,
            env_schema: Vec::new(),
            validate_secrets: false,
            session: Session::default(),
            server_host: Host::default(),
            server_port: DEFAULT_PORT,
            assets_prefix: None,
            adapter: None,
            integrations: Vec::new(),
            ignored: Vec::new(),
        }
    }
}

/// Answers that differ from the reference on purpose, each only where it is asked for: `[compat]` of `transom.toml`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Compat {
    /// A method without a handler is 405 with `Allow`, and not 404.
    pub method_not_allowed: bool,
    /// Errors that no handler answers have a JSON body (RFC 9457), and not a page or none.
    pub json_errors: bool,
    /// A body over the limit is 413, and not 500.
    pub payload_too_large: bool,
    /// An encoded slash in a parameter is decoded.
    pub decode_slash: bool,
}

/// `trailingSlash`, section 1.6.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TrailingSlash {
    /// A missing slash is added by a redirect.
    Always,
    /// A trailing slash is removed by a redirect.
    Never,
    /// Both forms answer.
    #[default]
    Ignore,
}

/// `output`. Astro's default is `static`, where an endpoint is prerendered unless it says `prerender = false`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Output {
    /// Endpoints are prerendered unless they opt out.
    Static,
    /// Endpoints answer on demand unless they opt in to prerendering. transom's default: it is a server.
    #[default]
    Server,
}

/// One pattern of `security.allowedDomains`, section 4.2. Absent parts match anything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AllowedDomain {
    /// Host name; `*.` in front stands for one label, `**.` for any number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hostname: Option<String>,
    /// `http` or `https`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub protocol: Option<String>,
    /// Port as text, as in the config file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<String>,
}

/// One entry of `redirects`, section 1.9.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Redirect {
    /// Route pattern, such as `/old/[slug]`.
    pub from: String,
    /// Path or URL with the same parameters.
    pub destination: String,
    /// Fixed status; absent = 301 for GET and 308 for other methods.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
}

/// `i18n`, section 3.6.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct I18n {
    /// Known locales in order.
    pub locales: Vec<Locale>,
    /// `defaultLocale`.
    pub default_locale: String,
}

/// One entry of `i18n.locales`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Locale {
    /// A plain code such as `en`.
    Code(String),
    /// A path segment that stands for several codes; the first is the one answered.
    Path {
        /// Path segment.
        path: String,
        /// Language codes.
        codes: Vec<String>,
    },
}

/// `server.host`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Host {
    /// `false` = loopback, `true` = every interface.
    All(bool),
    /// A name or an address.
    Name(String),
}

impl Default for Host {
    fn default() -> Self {
        Self::All(false)
    }
}

/// `session`, section 3.5.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Session {
    /// False for `session: false`.
    pub enabled: bool,
    /// Default lifetime of an entry in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ttl: Option<u64>,
    /// The session cookie.
    pub cookie: SessionCookie,
}

impl Default for Session {
    fn default() -> Self {
        Self { enabled: true, ttl: None, cookie: SessionCookie::default() }
    }
}

/// `session.cookie`. Absent members keep the defaults of section 3.5.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SessionCookie {
    /// Cookie name; `astro-session` when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// `Domain` attribute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
    /// `Path` attribute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// `Max-Age` in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_age: Option<u64>,
    /// `SameSite` attribute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub same_site: Option<SameSite>,
    /// `Secure` attribute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secure: Option<bool>,
}

/// `SameSite` values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SameSite {
    /// Only same-site requests carry the cookie.
    Strict,
    /// Top-level navigation carries it too.
    Lax,
    /// Every request carries it.
    None,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_object_is_the_default_configuration() {
        let config: ProjectConfig = serde_json::from_str("{}").expect("every field has a default");
        assert_eq!(config, ProjectConfig::default());
        assert!(config.check_origin);
        assert_eq!((config.base.as_str(), config.server_port), ("/", 4321));
    }

    #[test]
    fn a_configuration_survives_a_round_trip() {
        let text = r#"{"site":"https://a.test","trailingSlash":"always","checkOrigin":false,
            "allowedDomains":[{"hostname":"**.a.test","protocol":"https"}],"bodySizeLimit":1024,
            "redirects":[{"from":"/b","destination":"/c","status":302},{"from":"/a","destination":"/d"}],
            "i18n":{"locales":["en",{"path":"german","codes":["de","de-AT"]}],"defaultLocale":"en"},
            "session":{"ttl":60,"cookie":{"sameSite":"strict"}},"serverHost":"0.0.0.0","serverPort":3000}"#;
        let config: ProjectConfig = serde_json::from_str(text).expect("valid configuration");
        assert_eq!(config.redirects[0].from, "/b", "the order of the file is kept");
        assert_eq!(config.server_host, Host::Name("0.0.0.0".to_owned()));
        let again = serde_json::to_string(&config).expect("plain data serialises");
        assert_eq!(serde_json::from_str::<ProjectConfig>(&again).expect("round trip"), config);
    }
}
