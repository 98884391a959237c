//! Where the data is: a file, or the address of a PostgreSQL server.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio_postgres::config::{Config, Host, SslMode};

use crate::StoreError;

/// Name of the SQLite file in the state folder.
pub const DATABASE_FILE: &str = "transom.db";

/// A place for data. Its text form is for messages and holds no secret.
#[derive(Debug, Clone)]
pub enum Location {
    /// An SQLite file, made when there is none.
    Sqlite {
        /// Path of the file; its folder must exist.
        file: PathBuf,
    },
    /// A database on a PostgreSQL server.
    Postgres(Box<PostgresUrl>),
}

impl Location {
    /// The database file of a state folder.
    #[must_use]
    pub fn in_folder(folder: &Path) -> Self {
        Self::Sqlite { file: folder.join(DATABASE_FILE) }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite { file } => write!(f, "`{}`", file.display()),
            Self::Postgres(url) => url.fmt(f),
        }
    }
}

/// The address of a PostgreSQL database. Shown without user, password and options.
#[derive(Clone)]
pub struct PostgresUrl {
    pub(crate) config: Config,
    /// A file with certificates to trust instead of the system's.
    pub(crate) root_certificates: Option<PathBuf>,
}

impl PostgresUrl {
    /// Reads `postgres://user:password@host:port/database?sslmode=require`, or the `key=value` form of libpq.
    ///
    /// Without `sslmode`, connections within the machine are plain and all others use TLS if the server offers it.
    /// A certificate is always verified, whatever `sslmode` says, against `sslrootcert` or the system's authorities.
    ///
    /// # Errors
    /// [`StoreError::Address`] when it cannot be understood or names no host.
    pub fn parse(text: &str) -> Result<Self, StoreError> {
        let address = |reason: String| StoreError::Address { reason };
        let (text, mut own) = take_tls_options(text);
        let mut config: Config =
            text.parse().map_err(|error| address(crate::postgres::describe(&error)))?;
        if config.get_hosts().is_empty() {
            return Err(address("it names no host".to_owned()));
        }
        let root_certificates = own.remove_value("sslrootcert").map(PathBuf::from);
        match own.remove_value("sslmode").as_deref() {
            Some("disable") => config.ssl_mode(SslMode::Disable),
            Some("prefer") => config.ssl_mode(SslMode::Prefer),
            Some("require" | "verify-ca" | "verify-full") => config.ssl_mode(SslMode::Require),
            None if config.get_hosts().iter().all(is_local) => config.ssl_mode(SslMode::Disable),
            None => config.ssl_mode(SslMode::Prefer),
            Some(other) => {
                return Err(address(format!(
                    "`sslmode` is `{other}`, not `disable`, `prefer`, `require`, `verify-ca` or `verify-full`"
                )));
            }
        };
        if config.get_application_name().is_none() {
            config.application_name("transom");
        }
        Ok(Self { config, root_certificates })
    }
}

fn is_local(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => {
            let name = name.trim_start_matches('[').trim_end_matches(']');
            name == "localhost"
                || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
        }
        Host::Unix(_) => true,
    }
}

/// The options that the driver does not know or reads in a narrower sense.
#[derive(Default)]
struct TlsOptions(Vec<(String, String)>);

impl TlsOptions {
    fn remove_value(&mut self, name: &str) -> Option<String> {
        let index = self.0.iter().position(|(key, _)| key == name)?;
        Some(self.0.remove(index).1)
    }
}

/// Takes `sslmode` and `sslrootcert` out of an address of either form.
fn take_tls_options(text: &str) -> (String, TlsOptions) {
    let is_ours = |pair: &&str| pair.starts_with("sslmode=") || pair.starts_with("sslrootcert=");
    let (rest, options, separator) = match text.split_once("://") {
        Some(_) => match text.split_once('?') {
            Some((rest, query)) => (rest, query, '&'),
            None => return (text.to_owned(), TlsOptions::default()),
        },
        None => ("", text, ' '),
    };
    let (ours, others): (Vec<&str>, Vec<&str>) =
        options.split(separator).filter(|pair| !pair.is_empty()).partition(is_ours);
    let others = others.join(&separator.to_string());
    let text = match (separator, others.is_empty()) {
        ('&', true) => rest.to_owned(),
        ('&', false) => format!("{rest}?{others}"),
        _ => others,
    };
    let pairs = ours.iter().filter_map(|pair| pair.split_once('='));
    (text, TlsOptions(pairs.map(|(key, value)| (key.to_owned(), value.to_owned())).collect()))
}

impl fmt::Display for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let database = self.config.get_dbname().or(self.config.get_user()).unwrap_or("postgres");
        let hosts: Vec<String> = self
            .config
            .get_hosts()
            .iter()
            .map(|host| match host {
                Host::Tcp(name) => name.clone(),
                Host::Unix(path) => path.display().to_string(),
            })
            .collect();
        write!(f, "`{database}` of PostgreSQL on {}", hosts.join(", "))
    }
}

impl fmt::Debug for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Limits of a store.
#[derive(Debug, Clone)]
pub struct Options {
    /// Most connections to PostgreSQL at once.
    pub connections: usize,
    /// How long a call waits for a free connection to PostgreSQL, then [`StoreError::Exhausted`].
    pub wait: Duration,
    /// How long a single call may take on PostgreSQL, then [`StoreError::Unavailable`].
    pub timeout: Duration,
    /// How long SQLite waits while another process writes, then [`StoreError::Busy`].
    pub busy_timeout: Duration,
    /// Batches that may wait for SQLite's writer, then [`StoreError::Exhausted`].
    pub queue: usize,
    /// Largest SQLite file in bytes, `None` for what the disk holds; then [`StoreError::Full`].
    pub max_bytes: Option<u64>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            connections: 16,
            wait: Duration::from_secs(5),
            timeout: Duration::from_secs(15),
            busy_timeout: Duration::from_secs(5),
            queue: 8192,
            max_bytes: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_in_both_forms_and_shown_without_secrets() {
        let shown = |text: &str| PostgresUrl::parse(text).expect("a usable address").to_string();
        assert_eq!(
            shown("postgres://me:secret@db.example:5433/shop"),
            "`shop` of PostgreSQL on db.example"
        );
        assert_eq!(
            shown("host=a,b user=me password=secret dbname=shop"),
            "`shop` of PostgreSQL on a, b"
        );
    }

    #[track_caller]
    fn check_tls(text: &str, expected: SslMode) {
        let url = PostgresUrl::parse(text).expect("a usable address");
        assert_eq!(url.config.get_ssl_mode(), expected, "{text}");
    }

    #[test]
    fn tls_is_off_only_within_the_machine_or_when_it_is_said() {
        check_tls("postgres://me@localhost/shop", SslMode::Disable);
        check_tls("postgres://me@127.0.0.1/shop", SslMode::Disable);
        check_tls("postgres://me@[::1]/shop", SslMode::Disable);
        check_tls("host=/run/postgresql user=me", SslMode::Disable);
        check_tls("postgres://me@db/shop", SslMode::Prefer);
        check_tls("postgres://me@db/shop?sslmode=disable", SslMode::Disable);
        check_tls("postgres://me@db/shop?connect_timeout=3&sslmode=verify-full", SslMode::Require);
        check_tls("host=db user=me sslmode=require", SslMode::Require);
    }

    #[test]
    fn a_certificate_file_is_kept_apart() {
        let url =
            PostgresUrl::parse("postgres://me@db/shop?sslrootcert=/etc/ca.pem&sslmode=require");
        assert_eq!(
            url.expect("a usable address").root_certificates,
            Some(PathBuf::from("/etc/ca.pem"))
        );
    }

    #[test]
    fn a_wrong_address_is_refused_without_repeating_it() {
        for text in
            ["postgres://", "mysql://me:hunter2@db", "postgres://me:hunter2@db/shop?sslmode=x"]
        {
            let error = PostgresUrl::parse(text).expect_err(text).to_string();
            assert!(!error.contains("hunter2"), "{error}");
        }
    }
}
