//! The settings table: each setting's place in `transom.toml`, flag, variables, default and parser.
//!
//! Flags (`args/serve.rs`), the environment (`environment.rs`), the file (`file.rs`) and the
//! reference pages are all made from this table. A new setting is a row here, a field in `Layer`
//! and a field in `Settings`. Rows without a flag are in `service_keys.rs`.

#![expect(clippy::unit_arg, reason = "a table of assignments reads best one line each")]

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::choices::switch;
use super::cors::AllowedOrigin;
use super::{AccessLog, Compression, Layer, defaults};
use crate::env_vars as env;
use crate::units::{ByteSize, parse_duration};

/// One setting in all its spellings.
#[derive(Debug)]
pub(crate) struct Key {
    /// Place in `transom.toml`, with dots.
    pub(crate) path: &'static str,
    /// Long flag, without the dashes.
    pub(crate) flag: &'static str,
    /// Environment variables, strongest first.
    pub(crate) env: &'static [&'static str],
    /// Kind of value.
    pub(crate) value: ValueKind,
    /// The default, as text for people.
    pub(crate) default: &'static str,
    /// The value that the flag alone stands for, when it may stand alone.
    pub(crate) bare: Option<&'static str>,
    /// One line of help without a full stop.
    pub(crate) about: &'static str,
    pub(super) parse: fn(&mut Layer, &str, Option<&Path>) -> Result<(), String>,
}

/// The kinds of value; they decide how a value may be written in `transom.toml`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ValueKind {
    Host,
    Port,
    Count,
    Path,
    Address,
    Switch,
    LogForm,
    Words,
    RouteForm,
    Size,
    Duration,
    Text,
    /// A text that nobody is shown.
    Secret,
    Algorithm,
    /// `local` or `wix`.
    Provider,
}

impl ValueKind {
    /// The name that stands for the value in help texts.
    pub(crate) const fn placeholder(self) -> &'static str {
        match self {
            Self::Host => "HOST",
            Self::Port => "PORT",
            Self::Count => "N",
            Self::Path => "PATH",
            Self::Address => "ADDRESS",
            Self::Switch => "on|off",
            Self::LogForm => "auto|human|json|off",
            Self::Words => "LIST",
            Self::RouteForm => "pages|endpoints|functions",
            Self::Size => "SIZE",
            Self::Duration => "DURATION",
            Self::Text | Self::Secret => "TEXT",
            Self::Algorithm => "EdDSA|RS256",
            Self::Provider => "local|wix",
        }
    }
}

impl Key {
    /// Reads `text` into `layer`; a relative path is resolved against `base` when there is one.
    ///
    /// # Errors
    /// A sentence that says what is wrong with `text` and what is accepted.
    pub(crate) fn set(
        &self,
        layer: &mut Layer,
        text: &str,
        base: Option<&Path>,
    ) -> Result<(), String> {
        (self.parse)(layer, text, base)
    }
}

/// Every setting of a running server, in the order of the documentation.
pub(crate) const KEYS: &[Key] = &[
    Key {
        path: "server.host",
        flag: "host",
        env: &[env::TRANSOM_HOST, env::HOST],
        value: ValueKind::Host,
        default: "localhost",
        bare: Some("0.0.0.0"),
        about: "Address or name to listen on",
        parse: |layer, text, _| Ok(layer.server.host = Some(host(text)?)),
    },
    Key {
        path: "server.port",
        flag: "port",
        env: &[env::TRANSOM_PORT, env::PORT],
        value: ValueKind::Port,
        default: "4321",
        bare: None,
        about: "Port to listen on; 0 picks a free one",
        parse: |layer, text, _| Ok(layer.server.port = Some(port(text)?)),
    },
    Key {
        path: "server.workers",
        flag: "workers",
        env: &[env::TRANSOM_WORKERS],
        value: ValueKind::Count,
        default: "1 in dev, one per core in start",
        bare: None,
        about: "Worker threads, each with its own JavaScript engine",
        parse: |layer, text, _| {
            Ok(layer.server.workers = Some(count(text, "workers", defaults::MAX_WORKERS)?))
        },
    },
    Key {
        path: "server.https.cert",
        flag: "cert",
        env: &[env::TRANSOM_CERT, env::SERVER_CERT_PATH],
        value: ValueKind::Path,
        default: "none, plain HTTP",
        bare: None,
        about: "Certificate chain for HTTPS, a PEM file",
        parse: |layer, text, base| Ok(layer.server.cert = Some(path(text, base)?)),
    },
    Key {
        path: "server.https.key",
        flag: "key",
        env: &[env::TRANSOM_KEY, env::SERVER_KEY_PATH],
        value: ValueKind::Path,
        default: "none, plain HTTP",
        bare: None,
        about: "Private key of the certificate, a PEM file",
        parse: |layer, text, base| Ok(layer.server.key = Some(path(text, base)?)),
    },
    Key {
        path: "server.admin",
        flag: "admin",
        env: &[env::TRANSOM_ADMIN],
        value: ValueKind::Address,
        default: "off",
        bare: None,
        about: "Address for /_transom/health, /ready and /metrics; a port alone means 127.0.0.1",
        parse: |layer, text, _| Ok(layer.server.admin = Some(address(text)?)),
    },
    Key {
        path: "server.extra_ca",
        flag: "extra-ca",
        env: &[env::TRANSOM_EXTRA_CA, env::NODE_EXTRA_CA_CERTS],
        value: ValueKind::Path,
        default: "none",
        bare: None,
        about: "Certificates that fetch() trusts besides the system's, a PEM file",
        parse: |layer, text, base| Ok(layer.server.extra_ca = Some(path(text, base)?)),
    },
    Key {
        path: "server.compression",
        flag: "compression",
        env: &[env::TRANSOM_COMPRESSION],
        value: ValueKind::Switch,
        default: "on",
        bare: None,
        about: "Compress responses for clients that accept it",
        parse: |layer, text, _| Ok(layer.server.compression = Some(Compression::parse(text)?)),
    },
    Key {
        path: "server.access_log",
        flag: "access-log",
        env: &[env::TRANSOM_ACCESS_LOG],
        value: ValueKind::LogForm,
        default: "auto: human in a terminal, JSON otherwise",
        bare: None,
        about: "Form of the access log",
        parse: |layer, text, _| Ok(layer.server.access_log = Some(AccessLog::parse(text)?)),
    },
    Key {
        path: "limits.headers",
        flag: "limit-headers",
        env: &[env::TRANSOM_LIMIT_HEADERS],
        value: ValueKind::Size,
        default: "16KiB",
        bare: None,
        about: "Largest head of a request, then 431; from 8KiB to 1MiB",
        parse: |layer, text, _| {
            let range = (defaults::MIN_HEADERS, defaults::MAX_HEADERS);
            Ok(layer.limits.headers = Some(size(text, range)?))
        },
    },
    Key {
        path: "limits.header_timeout",
        flag: "limit-header-timeout",
        env: &[env::TRANSOM_LIMIT_HEADER_TIMEOUT],
        value: ValueKind::Duration,
        default: "60s",
        bare: None,
        about: "Longest time until the head of a request is complete",
        parse: |layer, text, _| Ok(layer.limits.header_timeout = Some(positive(text)?)),
    },
    Key {
        path: "limits.body",
        flag: "limit-body",
        env: &[env::TRANSOM_LIMIT_BODY],
        value: ValueKind::Size,
        default: "1GiB, or the Node adapter's `bodySizeLimit`",
        bare: None,
        about: "Largest body of a request that a handler can read; 0 means no limit",
        parse: |layer, text, _| Ok(layer.limits.body = Some(ByteSize::parse(text)?)),
    },
    Key {
        path: "limits.body_timeout",
        flag: "limit-body-timeout",
        env: &[env::TRANSOM_LIMIT_BODY_TIMEOUT],
        value: ValueKind::Duration,
        default: "300s",
        bare: None,
        about: "Longest time until the body of a request is complete",
        parse: |layer, text, _| Ok(layer.limits.body_timeout = Some(positive(text)?)),
    },
    Key {
        path: "limits.keep_alive",
        flag: "limit-keep-alive",
        env: &[env::TRANSOM_LIMIT_KEEP_ALIVE],
        value: ValueKind::Duration,
        default: "5s",
        bare: None,
        about: "Longest time that an HTTP/1.1 connection may be idle between requests",
        parse: |layer, text, _| Ok(layer.limits.keep_alive = Some(positive(text)?)),
    },
    Key {
        path: "limits.http2_idle",
        flag: "limit-http2-idle",
        env: &[env::TRANSOM_LIMIT_HTTP2_IDLE],
        value: ValueKind::Duration,
        default: "60s",
        bare: None,
        about: "Longest time that an HTTP/2 connection may be idle",
        parse: |layer, text, _| Ok(layer.limits.http2_idle = Some(positive(text)?)),
    },
    Key {
        path: "limits.connections",
        flag: "limit-connections",
        env: &[env::TRANSOM_LIMIT_CONNECTIONS],
        value: ValueKind::Count,
        default: "10000",
        bare: None,
        about: "Most open connections of the whole server; more wait",
        parse: |layer, text, _| {
            Ok(layer.limits.connections = Some(count(text, "connections", usize::MAX)?))
        },
    },
    Key {
        path: "limits.cpu",
        flag: "limit-cpu",
        env: &[env::TRANSOM_LIMIT_CPU],
        value: ValueKind::Duration,
        default: "10s",
        bare: None,
        about: "Longest time that JavaScript may run without yielding, then 500",
        parse: |layer, text, _| Ok(layer.limits.cpu = Some(positive(text)?)),
    },
    Key {
        path: "limits.heap",
        flag: "limit-heap",
        env: &[env::TRANSOM_LIMIT_HEAP],
        value: ValueKind::Size,
        default: "512MB",
        bare: None,
        about: "Largest JavaScript heap of one worker, buffers included; at least 32MB",
        parse: |layer, text, _| {
            let range = (defaults::MIN_HEAP, defaults::MAX_HEAP);
            Ok(layer.limits.heap = Some(size(text, range)?))
        },
    },
    Key {
        path: "limits.fetch_timeout",
        flag: "limit-fetch-timeout",
        env: &[env::TRANSOM_LIMIT_FETCH_TIMEOUT],
        value: ValueKind::Duration,
        default: "300s",
        bare: None,
        about: "Longest time that fetch() waits for an answer's head, for more of its body, and for a body read at once",
        parse: |layer, text, _| Ok(layer.limits.fetch_timeout = Some(positive(text)?)),
    },
    Key {
        path: "limits.fetch_body",
        flag: "limit-fetch-body",
        env: &[env::TRANSOM_LIMIT_FETCH_BODY],
        value: ValueKind::Size,
        default: "256MiB",
        bare: None,
        about: "Largest body, decoded, that fetch() reads at once; streams are not limited; 0 means no limit",
        parse: |layer, text, _| Ok(layer.limits.fetch_body = Some(ByteSize::parse(text)?)),
    },
    Key {
        path: "limits.drain",
        flag: "limit-drain",
        env: &[env::TRANSOM_LIMIT_DRAIN],
        value: ValueKind::Duration,
        default: "25s",
        bare: None,
        about: "Longest time that a stop waits for open requests; 0 means do not wait",
        parse: |layer, text, _| Ok(layer.limits.drain = Some(parse_duration(text)?)),
    },
    Key {
        path: "compat.method_not_allowed",
        flag: "compat-method-not-allowed",
        env: &[env::TRANSOM_COMPAT_METHOD_NOT_ALLOWED],
        value: ValueKind::Switch,
        default: "off",
        bare: Some("on"),
        about: "Answer a method without a handler with 405 and `Allow`, not 404",
        parse: |layer, text, _| Ok(layer.compat.method_not_allowed = Some(switch(text)?)),
    },
    Key {
        path: "compat.json_errors",
        flag: "compat-json-errors",
        env: &[env::TRANSOM_COMPAT_JSON_ERRORS],
        value: ValueKind::Switch,
        default: "off",
        bare: Some("on"),
        about: "Give errors that no handler answers a JSON body (RFC 9457)",
        parse: |layer, text, _| Ok(layer.compat.json_errors = Some(switch(text)?)),
    },
    Key {
        path: "compat.payload_too_large",
        flag: "compat-payload-too-large",
        env: &[env::TRANSOM_COMPAT_PAYLOAD_TOO_LARGE],
        value: ValueKind::Switch,
        default: "off",
        bare: Some("on"),
        about: "Answer 413, not 500, when a handler fails because the body is over the limit",
        parse: |layer, text, _| Ok(layer.compat.payload_too_large = Some(switch(text)?)),
    },
    Key {
        path: "compat.decode_slash",
        flag: "compat-decode-slash",
        env: &[env::TRANSOM_COMPAT_DECODE_SLASH],
        value: ValueKind::Switch,
        default: "off",
        bare: Some("on"),
        about: "Decode `%2F` in route parameters",
        parse: |layer, text, _| Ok(layer.compat.decode_slash = Some(switch(text)?)),
    },
    Key {
        path: "compat.cors.origins",
        flag: "compat-cors-origins",
        env: &[env::TRANSOM_COMPAT_CORS_ORIGINS],
        value: ValueKind::Words,
        default: "none, no CORS",
        bare: None,
        about: "Origins whose pages may read answers, such as `https://app.example.com`; `*` means every origin",
        parse: |layer, text, _| {
            Ok(layer.compat.cors.origins = Some(words(text, AllowedOrigin::parse)?))
        },
    },
    Key {
        path: "compat.cors.methods",
        flag: "compat-cors-methods",
        env: &[env::TRANSOM_COMPAT_CORS_METHODS],
        value: ValueKind::Words,
        default: "those that the endpoint exports",
        bare: None,
        about: "Methods that such pages may use",
        parse: |layer, text, _| Ok(layer.compat.cors.methods = Some(words(text, token)?)),
    },
    Key {
        path: "compat.cors.headers",
        flag: "compat-cors-headers",
        env: &[env::TRANSOM_COMPAT_CORS_HEADERS],
        value: ValueKind::Words,
        default: "those that the page asks for",
        bare: None,
        about: "Request headers that such pages may send",
        parse: |layer, text, _| Ok(layer.compat.cors.headers = Some(words(text, token)?)),
    },
    Key {
        path: "compat.cors.expose",
        flag: "compat-cors-expose",
        env: &[env::TRANSOM_COMPAT_CORS_EXPOSE],
        value: ValueKind::Words,
        default: "only those that are always readable",
        bare: None,
        about: "Response headers that such pages may read",
        parse: |layer, text, _| Ok(layer.compat.cors.expose = Some(words(text, token)?)),
    },
    Key {
        path: "compat.cors.credentials",
        flag: "compat-cors-credentials",
        env: &[env::TRANSOM_COMPAT_CORS_CREDENTIALS],
        value: ValueKind::Switch,
        default: "off",
        bare: Some("on"),
        about: "Let such pages send cookies",
        parse: |layer, text, _| Ok(layer.compat.cors.credentials = Some(switch(text)?)),
    },
    Key {
        path: "compat.cors.max_age",
        flag: "compat-cors-max-age",
        env: &[env::TRANSOM_COMPAT_CORS_MAX_AGE],
        value: ValueKind::Duration,
        default: "unset",
        bare: None,
        about: "Longest time that a browser may remember what it was allowed",
        parse: |layer, text, _| Ok(layer.compat.cors.max_age = Some(parse_duration(text)?)),
    },
    Key {
        path: "data",
        flag: "data",
        env: &[env::TRANSOM_DATA_DIR],
        value: ValueKind::Path,
        default: "`.transom` in the project, `./.transom` for a copied build",
        bare: None,
        about: "Folder for state; the only one that must be writable",
        parse: |layer, text, base| Ok(layer.data = Some(path(text, base)?)),
    },
];

/// Entries between commas, each read by `read`.
pub(super) fn words<T>(
    text: &str,
    read: impl Fn(&str) -> Result<T, String>,
) -> Result<Vec<T>, String> {
    text.split(',').map(str::trim).filter(|word| !word.is_empty()).map(read).collect()
}

/// A method or the name of a header.
fn token(text: &str) -> Result<String, String> {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if text.bytes().all(is_token) {
        Ok(text.to_owned())
    } else {
        Err(format!("`{text}` is neither a method nor the name of a header"))
    }
}

fn host(text: &str) -> Result<String, String> {
    if text.is_empty() || text.contains(|c: char| c.is_whitespace() || "/?#@".contains(c)) {
        return Err(format!(
            "`{text}` is not a host; write a name or an address such as `0.0.0.0`"
        ));
    }
    // An IPv6 address may come in the brackets of a URL.
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    Ok(bare.to_owned())
}

fn port(text: &str) -> Result<u16, String> {
    text.parse()
        .map_err(|_| format!("`{text}` is not a port; write a number from 0 to 65535, 0 picks one"))
}

fn count(text: &str, of: &str, most: usize) -> Result<NonZeroUsize, String> {
    let number = text.parse().ok().filter(|count: &NonZeroUsize| count.get() <= most);
    number.ok_or_else(|| match most {
        usize::MAX => format!("`{text}` is not a number of {of}; write 1 or more"),
        most => format!("`{text}` is not a number of {of}; write one from 1 to {most}"),
    })
}

fn path(text: &str, base: Option<&Path>) -> Result<PathBuf, String> {
    if text.is_empty() {
        return Err("the path is empty".to_owned());
    }
    Ok(base.map_or_else(|| PathBuf::from(text), |base| base.join(text)))
}

fn address(text: &str) -> Result<SocketAddr, String> {
    if let Ok(address) = text.parse() {
        return Ok(address);
    }
    let port = text.strip_prefix(':').unwrap_or(text).parse().map_err(|_| {
        format!("`{text}` is not an address; write one such as `127.0.0.1:9090`, or a port alone")
    })?;
    Ok(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port))
}

pub(super) fn size(text: &str, (least, most): (ByteSize, ByteSize)) -> Result<ByteSize, String> {
    let size = ByteSize::parse(text)?;
    if size < least || size > most {
        return Err(format!("`{text}` is out of range; write a size from {least} to {most}"));
    }
    Ok(size)
}

pub(super) fn positive(text: &str) -> Result<Duration, String> {
    match parse_duration(text)? {
        Duration::ZERO => Err(format!("`{text}` leaves no time at all; write one such as `30s`")),
        duration => Ok(duration),
    }
}
