//! Listening sockets: one `SO_REUSEPORT` socket per worker and address.
//!
//! Invariant: the first socket of an address is bound without `SO_REUSEPORT`, because two servers
//! that both have it would silently share the port. It gets the option afterwards, so the port is
//! never free in between.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use socket2::{Domain, Protocol, Socket, TcpKeepalive, Type};

use crate::limits::BACKLOG;

/// Silence after which the kernel asks whether a peer is still there: ends streams to clients that
/// vanished without a word. Well above the interval at which networks forget idle connections.
const PROBE_AFTER: Duration = Duration::from_secs(60);

/// The listening sockets of a server: for each worker one socket per address.
#[derive(Debug)]
pub struct Listeners {
    addresses: Vec<SocketAddr>,
    workers: Vec<Vec<TcpListener>>,
}

/// Why an address cannot be listened on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BindError {
    /// Another program, or another transom, has the port.
    #[error("port {} is in use on {}", address.port(), address.ip())]
    PortInUse {
        /// The address that was asked for.
        address: SocketAddr,
    },
    /// Anything else, such as a missing permission.
    #[error("cannot listen on {address}: {source}")]
    Other {
        /// The address that was asked for.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
}

impl Listeners {
    /// Binds each address once per worker and starts to listen. With port 0 the first address
    /// picks a port, which the other addresses then use as well.
    ///
    /// # Errors
    /// [`BindError::PortInUse`] when someone else listens there, with or without `SO_REUSEPORT`.
    pub fn bind(addresses: &[SocketAddr], workers: usize) -> Result<Self, BindError> {
        let mut bound: Vec<SocketAddr> = Vec::with_capacity(addresses.len());
        let mut sockets: Vec<Vec<TcpListener>> = (0..workers).map(|_| Vec::new()).collect();
        for &wanted in addresses {
            let mut address = wanted;
            if address.port() == 0 {
                address.set_port(bound.first().map_or(0, SocketAddr::port));
            }
            let failed = |source| bind_error(address, source);
            let (actual, listeners) = bind_for(address, workers).map_err(failed)?;
            bound.push(actual);
            for (worker, listener) in sockets.iter_mut().zip(listeners) {
                worker.push(listener);
            }
        }
        Ok(Self { addresses: bound, workers: sockets })
    }

    /// The addresses that are listened on, with their real ports.
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// For how many workers there are sockets.
    pub fn workers(&self) -> usize {
        self.workers.len()
    }

    /// Copies of one worker's sockets; the originals keep their backlogs alive.
    pub(crate) fn for_worker(&self, worker: usize) -> io::Result<Vec<TcpListener>> {
        self.workers[worker].iter().map(TcpListener::try_clone).collect()
    }
}

/// Binds one address `count` times; the first bind is the one that notices a busy port.
fn bind_for(address: SocketAddr, count: usize) -> io::Result<(SocketAddr, Vec<TcpListener>)> {
    let first = socket_for(address)?;
    first.bind(&address.into())?;
    first.set_reuse_port(true)?;
    let actual = first.local_addr()?.as_socket().unwrap_or(address);
    let mut sockets = vec![first];
    for _ in 1..count {
        let next = socket_for(actual)?;
        next.set_reuse_port(true)?;
        next.bind(&actual.into())?;
        sockets.push(next);
    }
    for socket in &sockets {
        socket.listen(BACKLOG)?;
    }
    Ok((actual, sockets.into_iter().map(TcpListener::from).collect()))
}

/// A socket with the options that accepted connections inherit on Linux, which saves two system
/// calls for each of them.
fn socket_for(address: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_reuse_address(true)?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    socket.set_nonblocking(true)?;
    socket.set_tcp_nodelay(true)?;
    socket.set_tcp_keepalive(&TcpKeepalive::new().with_time(PROBE_AFTER))?;
    Ok(socket)
}

fn bind_error(address: SocketAddr, source: io::Error) -> BindError {
    match source.kind() {
        io::ErrorKind::AddrInUse => BindError::PortInUse { address },
        _ => BindError::Other { address, source },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_worker_gets_its_own_socket_on_the_same_port() {
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let listeners = Listeners::bind(&[any], 3).expect("a free port exists");
        let addresses: Vec<_> = listeners
            .workers
            .iter()
            .flatten()
            .map(|socket| socket.local_addr().expect("bound"))
            .collect();
        assert_eq!(addresses.len(), 3);
        assert!(addresses.iter().all(|address| address == &listeners.addresses()[0]));
        assert_ne!(addresses[0].port(), 0);
    }

    #[test]
    fn a_port_that_another_server_shares_is_busy() {
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let first = Listeners::bind(&[any], 2).expect("a free port exists");
        let error = Listeners::bind(first.addresses(), 2).expect_err("the port is taken");
        assert!(matches!(error, BindError::PortInUse { .. }), "{error}");
        assert_eq!(
            error.to_string(),
            format!("port {} is in use on 127.0.0.1", first.addresses()[0].port())
        );
    }
}
