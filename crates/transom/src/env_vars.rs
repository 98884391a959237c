//! Every environment variable that transom itself reads, in one place.
//!
//! Variables that carry a setting are listed with that setting in `settings/keys.rs`; this file
//! names them all. `docs/reference/environment.md` is generated from the two lists. The project's
//! own variables (`.env` files, `process.env`) are not transom's and are not here.

/// Address to listen on, as for Astro's Node adapter.
pub(crate) const HOST: &str = "HOST";
/// Like [`HOST`], and stronger.
pub(crate) const TRANSOM_HOST: &str = "TRANSOM_HOST";
/// Port to listen on, as for Astro's Node adapter; 0 picks a free one.
pub(crate) const PORT: &str = "PORT";
/// Like [`PORT`], and stronger.
pub(crate) const TRANSOM_PORT: &str = "TRANSOM_PORT";
/// Certificate chain for HTTPS, as for Astro's Node adapter.
pub(crate) const SERVER_CERT_PATH: &str = "SERVER_CERT_PATH";
/// Like [`SERVER_CERT_PATH`], and stronger.
pub(crate) const TRANSOM_CERT: &str = "TRANSOM_CERT";
/// Private key for HTTPS, as for Astro's Node adapter.
pub(crate) const SERVER_KEY_PATH: &str = "SERVER_KEY_PATH";
/// Like [`SERVER_KEY_PATH`], and stronger.
pub(crate) const TRANSOM_KEY: &str = "TRANSOM_KEY";
/// Certificates that `fetch()` trusts besides the system's, as for Node.
pub(crate) const NODE_EXTRA_CA_CERTS: &str = "NODE_EXTRA_CA_CERTS";
/// Like [`NODE_EXTRA_CA_CERTS`], and stronger.
pub(crate) const TRANSOM_EXTRA_CA: &str = "TRANSOM_EXTRA_CA";
/// Number of worker threads.
pub(crate) const TRANSOM_WORKERS: &str = "TRANSOM_WORKERS";
/// Address of the health, readiness and metrics endpoints.
pub(crate) const TRANSOM_ADMIN: &str = "TRANSOM_ADMIN";
/// Whether responses are compressed.
pub(crate) const TRANSOM_COMPRESSION: &str = "TRANSOM_COMPRESSION";
/// Form of the access log.
pub(crate) const TRANSOM_ACCESS_LOG: &str = "TRANSOM_ACCESS_LOG";
/// Folder for state.
pub(crate) const TRANSOM_DATA_DIR: &str = "TRANSOM_DATA_DIR";
/// Largest head of a request.
pub(crate) const TRANSOM_LIMIT_HEADERS: &str = "TRANSOM_LIMIT_HEADERS";
/// Longest time until the head of a request is complete.
pub(crate) const TRANSOM_LIMIT_HEADER_TIMEOUT: &str = "TRANSOM_LIMIT_HEADER_TIMEOUT";
/// Largest body of a request.
pub(crate) const TRANSOM_LIMIT_BODY: &str = "TRANSOM_LIMIT_BODY";
/// Longest time until the body of a request is complete.
pub(crate) const TRANSOM_LIMIT_BODY_TIMEOUT: &str = "TRANSOM_LIMIT_BODY_TIMEOUT";
/// Longest time that an HTTP/1.1 connection may be idle.
pub(crate) const TRANSOM_LIMIT_KEEP_ALIVE: &str = "TRANSOM_LIMIT_KEEP_ALIVE";
/// Longest time that an HTTP/2 connection may be idle.
pub(crate) const TRANSOM_LIMIT_HTTP2_IDLE: &str = "TRANSOM_LIMIT_HTTP2_IDLE";
/// Most open connections of the whole server.
pub(crate) const TRANSOM_LIMIT_CONNECTIONS: &str = "TRANSOM_LIMIT_CONNECTIONS";
/// Longest time that JavaScript may run without yielding.
pub(crate) const TRANSOM_LIMIT_CPU: &str = "TRANSOM_LIMIT_CPU";
/// Largest JavaScript heap of one worker.
pub(crate) const TRANSOM_LIMIT_HEAP: &str = "TRANSOM_LIMIT_HEAP";
/// Longest time that `fetch()` waits.
pub(crate) const TRANSOM_LIMIT_FETCH_TIMEOUT: &str = "TRANSOM_LIMIT_FETCH_TIMEOUT";
/// Largest body that `fetch()` reads at once.
pub(crate) const TRANSOM_LIMIT_FETCH_BODY: &str = "TRANSOM_LIMIT_FETCH_BODY";
/// Longest time that a stop waits for open requests.
pub(crate) const TRANSOM_LIMIT_DRAIN: &str = "TRANSOM_LIMIT_DRAIN";

/// Whether a method without a handler is 405.
pub(crate) const TRANSOM_COMPAT_METHOD_NOT_ALLOWED: &str = "TRANSOM_COMPAT_METHOD_NOT_ALLOWED";
/// Whether errors that no handler answers have a JSON body.
pub(crate) const TRANSOM_COMPAT_JSON_ERRORS: &str = "TRANSOM_COMPAT_JSON_ERRORS";
/// Whether a body over the limit is 413.
pub(crate) const TRANSOM_COMPAT_PAYLOAD_TOO_LARGE: &str = "TRANSOM_COMPAT_PAYLOAD_TOO_LARGE";
/// Whether an encoded slash in a parameter is decoded.
pub(crate) const TRANSOM_COMPAT_DECODE_SLASH: &str = "TRANSOM_COMPAT_DECODE_SLASH";
/// Origins whose pages may read answers.
pub(crate) const TRANSOM_COMPAT_CORS_ORIGINS: &str = "TRANSOM_COMPAT_CORS_ORIGINS";
/// Methods that pages of other origins may use.
pub(crate) const TRANSOM_COMPAT_CORS_METHODS: &str = "TRANSOM_COMPAT_CORS_METHODS";
/// Request headers that pages of other origins may send.
pub(crate) const TRANSOM_COMPAT_CORS_HEADERS: &str = "TRANSOM_COMPAT_CORS_HEADERS";
/// Response headers that pages of other origins may read.
pub(crate) const TRANSOM_COMPAT_CORS_EXPOSE: &str = "TRANSOM_COMPAT_CORS_EXPOSE";
/// Whether pages of other origins may send cookies.
pub(crate) const TRANSOM_COMPAT_CORS_CREDENTIALS: &str = "TRANSOM_COMPAT_CORS_CREDENTIALS";
/// How long a browser may remember what it was allowed.
pub(crate) const TRANSOM_COMPAT_CORS_MAX_AGE: &str = "TRANSOM_COMPAT_CORS_MAX_AGE";

/// Whether the identity service is opened at start.
pub(crate) const TRANSOM_IDENTITY_ENABLED: &str = "TRANSOM_IDENTITY_ENABLED";
/// How tokens are signed.
pub(crate) const TRANSOM_IDENTITY_ALGORITHM: &str = "TRANSOM_IDENTITY_ALGORITHM";
/// Id of the project's OAuth client.
pub(crate) const TRANSOM_IDENTITY_CLIENT_ID: &str = "TRANSOM_IDENTITY_CLIENT_ID";
/// The app's secret.
pub(crate) const TRANSOM_IDENTITY_CLIENT_SECRET: &str = "TRANSOM_IDENTITY_CLIENT_SECRET";
/// Who says who is calling.
pub(crate) const TRANSOM_IDENTITY_PROVIDER: &str = "TRANSOM_IDENTITY_PROVIDER";
/// Where the API of the provider is.
pub(crate) const TRANSOM_IDENTITY_API: &str = "TRANSOM_IDENTITY_API";
/// Id of the app's instance on the site.
pub(crate) const TRANSOM_IDENTITY_INSTANCE_ID: &str = "TRANSOM_IDENTITY_INSTANCE_ID";
/// Other origins whose pages may log in.
pub(crate) const TRANSOM_IDENTITY_ORIGINS: &str = "TRANSOM_IDENTITY_ORIGINS";
/// Addresses that an authorization code may be sent to.
pub(crate) const TRANSOM_IDENTITY_REDIRECTS: &str = "TRANSOM_IDENTITY_REDIRECTS";
/// Other origins that tokens are sent to.
pub(crate) const TRANSOM_IDENTITY_TOKEN_ORIGINS: &str = "TRANSOM_IDENTITY_TOKEN_ORIGINS";
/// How long an access token is valid.
pub(crate) const TRANSOM_IDENTITY_TOKEN_LIFETIME: &str = "TRANSOM_IDENTITY_TOKEN_LIFETIME";
/// How long a session is valid after its last renewal.
pub(crate) const TRANSOM_IDENTITY_SESSION_LIFETIME: &str = "TRANSOM_IDENTITY_SESSION_LIFETIME";
/// How long a key signs before the next one does.
pub(crate) const TRANSOM_IDENTITY_KEY_LIFETIME: &str = "TRANSOM_IDENTITY_KEY_LIFETIME";
/// How far the clocks of others may be off.
pub(crate) const TRANSOM_IDENTITY_CLOCK_SKEW: &str = "TRANSOM_IDENTITY_CLOCK_SKEW";
/// A PostgreSQL database for state. `DATABASE_URL` belongs to the handlers and is never read.
pub(crate) const TRANSOM_DATABASE_URL: &str = "TRANSOM_DATABASE_URL";
/// Most connections to that database at once.
pub(crate) const TRANSOM_STORE_CONNECTIONS: &str = "TRANSOM_STORE_CONNECTIONS";
/// Largest file of state.
pub(crate) const TRANSOM_STORE_MAX_SIZE: &str = "TRANSOM_STORE_MAX_SIZE";

/// Any non-empty value turns colour off (<https://no-color.org>).
pub(crate) const NO_COLOR: &str = "NO_COLOR";

/// Variables that are not a setting of `transom.toml`, with what they do, for the reference page.
#[cfg(test)]
pub(crate) const OTHERS: [(&str, &str); 1] =
    [(NO_COLOR, "Any non-empty value turns colour off in everything transom prints")];
