//! `permissions.net`: which hosts may be connected to.

use std::net::IpAddr;

use crate::denied::Denied;

/// How sockets in the file system are written.
const UNIX: &str = "unix:";

/// One entry of `net`: a host (`api.example.com`, `*.example.com`, `10.0.0.0/8`, `[::1]`, `*`), with or without a
/// port (`db.internal:5432`, `*:443`); or a socket in the file system (`unix:/run/postgresql/.s.PGSQL.5432`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetRule {
    host: Host,
    port: Option<u16>,
    text: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Host {
    Any,
    Name(String),
    /// Every name below this one.
    Below(String),
    /// Addresses that share this many leading bits.
    Network(IpAddr, u8),
    /// A socket in the file system.
    Unix(String),
}

impl NetRule {
    /// Reads an entry.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it and what is accepted.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!(
                "`{text}` is no host; write one such as `api.example.com`, `*.example.com`, `10.0.0.0/8` or \
                 `localhost:5432`"
            )
        };
        if let Some(path) = text.strip_prefix(UNIX) {
            return Ok(Self {
                host: Host::Unix(path.to_owned()),
                port: None,
                text: text.to_owned(),
            });
        }
        let (host, port) = split_port(text).ok_or_else(wrong)?;
        let host = match host.split_once('/') {
            Some((address, bits)) => {
                let address: IpAddr = bare(address).parse().map_err(|_| wrong())?;
                let bits: u8 = bits.parse().map_err(|_| wrong())?;
                if bits > width(address) {
                    return Err(wrong());
                }
                Host::Network(address, bits)
            }
            None => Self::host(host).ok_or_else(wrong)?,
        };
        Ok(Self { host, port, text: text.to_owned() })
    }

    fn host(host: &str) -> Option<Host> {
        if host == "*" {
            return Some(Host::Any);
        }
        if let Ok(address) = bare(host).parse::<IpAddr>() {
            return Some(Host::Network(address, width(address)));
        }
        let (is_below, name) = match host.strip_prefix("*.") {
            Some(rest) => (true, rest),
            None => (false, host),
        };
        let fits = |c: char| !c.is_ascii_whitespace() && !"*/?#@[]:,\"".contains(c);
        if name.is_empty() || !name.chars().all(fits) {
            return None;
        }
        let name = normal(name);
        Some(if is_below { Host::Below(name) } else { Host::Name(name) })
    }

    fn allows(&self, host: &str, address: Option<IpAddr>, port: u16) -> bool {
        let fits = match &self.host {
            Host::Any => true,
            Host::Unix(_) => false,
            Host::Name(name) => name == host,
            Host::Below(name) => {
                host.strip_suffix(name.as_str()).is_some_and(|rest| rest.ends_with('.'))
            }
            Host::Network(network, bits) => {
                address.is_some_and(|address| shares(*network, address, *bits))
            }
        };
        fits && self.port.is_none_or(|own| own == port || port == 0)
    }
}

/// The hosts that may be connected to; `None` is all of them.
#[derive(Debug)]
pub(crate) struct NetRules(Option<Vec<NetRule>>);

impl NetRules {
    pub(crate) fn new(rules: Option<Vec<NetRule>>) -> Self {
        Self(rules)
    }

    pub(crate) fn check(&self, host: &str, port: u16) -> Result<(), Denied> {
        let Some(rules) = &self.0 else { return Ok(()) };
        let name = normal(bare(host));
        let address = name.parse().ok().map(|address: IpAddr| address.to_canonical());
        if rules.iter().any(|rule| rule.allows(&name, address, port)) {
            return Ok(());
        }
        let shown = match address {
            Some(IpAddr::V6(address)) => format!("[{address}]"),
            _ => name,
        };
        let place = if port == 0 { shown } else { format!("{shown}:{port}") };
        let texts: Vec<String> = rules.iter().map(|rule| rule.text.clone()).collect();
        let doing = format!("connecting to `{place}`");
        Err(Denied::by_rule(&doing, "net", &texts, &place))
    }

    pub(crate) fn check_unix(&self, path: &str) -> Result<(), Denied> {
        let Some(rules) = &self.0 else { return Ok(()) };
        let fits = |rule: &NetRule| match &rule.host {
            Host::Any => rule.port.is_none(),
            Host::Unix(own) => own == path,
            _ => false,
        };
        if rules.iter().any(fits) {
            return Ok(());
        }
        let texts: Vec<String> = rules.iter().map(|rule| rule.text.clone()).collect();
        let doing = format!("connecting to the socket `{path}`");
        Err(Denied::by_rule(&doing, "net", &texts, &format!("{UNIX}{path}")))
    }
}

/// Host and port of an entry; `None` when the port is none.
fn split_port(text: &str) -> Option<(&str, Option<u16>)> {
    let is_bare_v6 = !text.starts_with('[') && text.matches(':').count() > 1;
    let host_end = if is_bare_v6 { text.len() } else { text.rfind(']').map_or(0, |at| at + 1) };
    match text[host_end..].rfind(':').map(|at| at + host_end) {
        Some(at) => Some((&text[..at], Some(text[at + 1..].parse().ok()?))),
        None => Some((text, None)),
    }
}

fn bare(host: &str) -> &str {
    host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host)
}

/// Names are compared without case and without the dot of the root.
fn normal(name: &str) -> String {
    name.trim_end_matches('.').to_ascii_lowercase()
}

const fn width(address: IpAddr) -> u8 {
    match address {
        IpAddr::V4(_) => 32,
        IpAddr::V6(_) => 128,
    }
}

fn shares(network: IpAddr, address: IpAddr, bits: u8) -> bool {
    match (network, address) {
        (IpAddr::V4(one), IpAddr::V4(other)) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(bits)).unwrap_or(0);
            u32::from(one) & mask == u32::from(other) & mask
        }
        (IpAddr::V6(one), IpAddr::V6(other)) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(bits)).unwrap_or(0);
            u128::from(one) & mask == u128::from(other) & mask
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(rule: &str, host: &str, port: u16, expected: bool) {
        let rules = NetRules::new(Some(vec![NetRule::parse(rule).expect("a rule")]));
        assert_eq!(rules.check(host, port).is_ok(), expected, "{rule} {host} {port}");
    }

    #[test]
    fn hosts_are_matched() {
        check("example.com", "Example.com.", 443, true);
        check("example.com", "a.example.com", 443, false);
        check("*.example.com", "a.example.com", 1, true);
        check("*.example.com", "example.com", 1, false);
        check("*.example.com", "badexample.com", 1, false);
        check("localhost:5432", "localhost", 5432, true);
        check("localhost:5432", "localhost", 80, false);
        check("*:443", "x.y", 443, true);
        check("10.0.0.0/8", "10.9.8.7", 1, true);
        check("10.0.0.0/8", "11.0.0.1", 1, false);
        check("10.0.0.0/8", "::ffff:10.0.0.1", 1, true);
        check("0.0.0.0/0", "1.2.3.4", 1, true);
        check("[::1]:80", "[::1]", 80, true);
        check("::1", "::1", 80, true);
        check("fd00::/8", "fd12::1", 80, true);
        check("127.0.0.1", "localhost", 80, false);
    }

    #[test]
    fn what_is_no_host_is_refused() {
        for text in ["", "http://a", "a b", "a:99999", "10.0.0.0/40", "*a.com"] {
            assert!(NetRule::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_denial_says_what_to_add() {
        let rules = NetRules::new(Some(vec![]));
        let denied = rules.check("::1", 80).expect_err("denied").to_string();
        assert!(denied.ends_with(r#"net = ["[::1]:80"]"#), "{denied}");
    }
}
