//! From the settings to listening sockets and the address that is printed.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs};

use transom_diag::Diagnostic;
use transom_server::{AppFactory, BindError, Listeners, Server};

use crate::printer::Printer;
use crate::report::Report;
use crate::settings::ServerSettings;

/// How many ports above a busy one are tried.
const PORTS_TRIED: u16 = 100;

/// What happens when the port is in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BusyPort {
    /// The next free one is taken, and said so.
    TakeNext,
    /// It is an error.
    Refuse,
}

/// Binds the sockets of every worker.
///
/// # Errors
/// A [`Report`] when the host is unknown, the port is in use, or the system refuses.
pub(crate) fn bind(
    server: &ServerSettings,
    busy: BusyPort,
    printer: Printer,
) -> Result<Listeners, Report> {
    let mut port = server.port;
    loop {
        match bind_port(&server.host, port, server.workers.get()) {
            Ok(listeners) => return Ok(listeners),
            Err(Refusal::Bind(BindError::PortInUse { .. }))
                if busy == BusyPort::TakeNext
                    && port < server.port.saturating_add(PORTS_TRIED)
                    && port < u16::MAX =>
            {
                printer.status(format_args!("port {port} is in use, trying {}", port + 1));
                port += 1;
            }
            Err(refusal) => return Err(Report::one("", refusal.diagnostic(&server.host))),
        }
    }
}

/// Says where health, readiness and metrics answer, if they do.
pub(super) fn tell_admin<F: AppFactory>(server: &Server<F>, printer: Printer) {
    if let Some(address) = server.admin_address() {
        printer.status(format_args!("health and metrics on http://{address}"));
    }
}

/// Where the server answers, as a person types it. `host` is the one of the settings.
pub(crate) fn url(server: &ServerSettings, address: SocketAddr) -> String {
    let scheme = if server.tls.is_some() { "https" } else { "http" };
    let host = match server.host.parse::<IpAddr>() {
        Ok(IpAddr::V6(_)) => format!("[{}]", server.host),
        _ => server.host.clone(),
    };
    format!("{scheme}://{host}:{}", address.port())
}

enum Refusal {
    UnknownHost(io::Error),
    Bind(BindError),
}

fn bind_port(host: &str, port: u16, workers: usize) -> Result<Listeners, Refusal> {
    let addresses = addresses(host, port).map_err(Refusal::UnknownHost)?;
    match Listeners::bind(&addresses, workers) {
        // A machine may know `::1` and have no IPv6.
        Err(BindError::Other { address, .. }) if host == LOCALHOST && address.is_ipv6() => {
            Listeners::bind(&addresses[..1], workers).map_err(Refusal::Bind)
        }
        bound => bound.map_err(Refusal::Bind),
    }
}

const LOCALHOST: &str = "localhost";

/// Every address of a name. `localhost` is both loopback addresses, whatever the system's files say:
/// clients try either first.
fn addresses(host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
    if host == LOCALHOST {
        let loopback: [IpAddr; 2] = [Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()];
        return Ok(loopback.map(|address| SocketAddr::new(address, port)).into());
    }
    let mut found: Vec<SocketAddr> = (host, port).to_socket_addrs()?.collect();
    found.sort();
    found.dedup();
    Ok(found)
}

impl Refusal {
    fn diagnostic(&self, host: &str) -> Diagnostic {
        match self {
            Self::UnknownHost(error) => Diagnostic::error(
                "listen/unknown-host",
                format!("cannot listen on `{host}`: {error}"),
            )
            .hint("name an address of this machine, such as `127.0.0.1` or `0.0.0.0`"),
            Self::Bind(error @ BindError::PortInUse { .. }) => {
                Diagnostic::error("listen/port-in-use", error)
                    .hint("stop the program that uses it, or choose another port with `--port`")
            }
            Self::Bind(error) => Diagnostic::error("listen/refused", error),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use super::*;
    use crate::printer::Verbosity;
    use crate::settings::{Purpose, Settings, Sources};

    fn server(host: &str, port: u16) -> ServerSettings {
        let settings = Settings::resolve(Sources::default(), Purpose::Development, "x".as_ref());
        let server = settings.expect("the defaults are valid").server;
        ServerSettings { host: host.to_owned(), port, workers: NonZeroUsize::MIN, ..server }
    }

    #[test]
    fn a_busy_port_is_refused_or_passed_over() {
        let printer = Printer::new(Verbosity::Normal);
        let first = bind(&server("127.0.0.1", 0), BusyPort::Refuse, printer).expect("a free port");
        let port = first.addresses()[0].port();
        let refused =
            bind(&server("127.0.0.1", port), BusyPort::Refuse, printer).expect_err("busy");
        assert_eq!(refused.diagnostics[0].code, "listen/port-in-use");
        if port < u16::MAX - PORTS_TRIED {
            let next = bind(&server("127.0.0.1", port), BusyPort::TakeNext, printer);
            assert!(next.expect("one of a hundred is free").addresses()[0].port() > port);
        }
    }

    #[test]
    fn an_unknown_host_is_named() {
        let printer = Printer::new(Verbosity::Normal);
        let refused =
            bind(&server("256.0.0.1", 0), BusyPort::Refuse, printer).expect_err("no host");
        assert_eq!(refused.diagnostics[0].code, "listen/unknown-host");
    }

    #[test]
    fn the_printed_address_can_be_opened() {
        let address: SocketAddr = "[::1]:8080".parse().expect("an address");
        assert_eq!(url(&server("::1", 0), address), "http://[::1]:8080");
        assert_eq!(url(&server("localhost", 0), address), "http://localhost:8080");
    }
}
