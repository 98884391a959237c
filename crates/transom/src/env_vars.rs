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
/// Longest time that a stop waits for open requests.
pub(crate) const TRANSOM_LIMIT_DRAIN: &str = "TRANSOM_LIMIT_DRAIN";

/// Any non-empty value turns colour off (<https://no-color.org>).
pub(crate) const NO_COLOR: &str = "NO_COLOR";

/// Variables that are not a setting of `transom.toml`, with what they do, for the reference page.
#[cfg(test)]
pub(crate) const OTHERS: [(&str, &str); 1] =
    [(NO_COLOR, "Any non-empty value turns colour off in everything transom prints")];
