//! Opening connections. Names are looked up by script (`dns`), which also tries the addresses in turn.

use std::net::{IpAddr, SocketAddr};
use std::rc::Rc;
use std::time::Duration;

use rustix::io::Errno;
use tokio::net::{TcpSocket, UnixStream};
use transom_engine::{Op, OpError, RealmNumber};

use super::{Control, Sockets, Stream};
use crate::fs::failure::{denial, io_number, number};

pub(super) fn ops(sockets: &Rc<Sockets>) -> Vec<Op> {
    let [asked, tcp, unix] = std::array::from_fn(|_| Rc::clone(sockets));
    vec![
        // Throws when the rules forbid it: asked before the name is looked up, with the port.
        Op::new("net_check", move |host: String, port: u32| {
            asked.check_net(&host, u16::try_from(port).unwrap_or_default())
        }),
        // `host` is what the rules are asked about: the name behind the address, or the address.
        Op::future(
            "net_connect",
            move |host: String,
                  address: String,
                  port: u32,
                  local_address: Option<String>,
                  local_port: u32,
                  timeout: f64,
                  realm: RealmNumber| {
                let sockets = Rc::clone(&tcp);
                let local = Local { address: local_address, port: local_port };
                async move {
                    let port = u16::try_from(port).map_err(|_| number(Errno::INVAL))?;
                    sockets.check_net(&host, port)?;
                    let connecting = connect(&address, port, local);
                    let connected = if timeout > 0.0 {
                        let limit = Duration::from_secs_f64(timeout / 1000.0);
                        let late = |_| number(Errno::TIMEDOUT);
                        tokio::time::timeout(limit, connecting).await.map_err(late)?
                    } else {
                        connecting.await
                    };
                    let (stream, control) = connected?;
                    Ok(sockets.insert(stream, Some(control), realm.0))
                }
            },
        ),
        Op::future("net_connect_unix", move |path: String, realm: RealmNumber| {
            let sockets = Rc::clone(&unix);
            async move {
                sockets.permissions.check_unix(&path).map_err(|denied| denial(&denied))?;
                let stream = UnixStream::connect(&path).await.map_err(|error| io_number(&error))?;
                let control = Control::of(&stream).map_err(|error| io_number(&error))?;
                Ok(sockets.insert(Box::new(stream), Some(control), realm.0))
            }
        }),
    ]
}

/// Where a connection is to come from.
struct Local {
    address: Option<String>,
    port: u32,
}

async fn connect(address: &str, port: u16, local: Local) -> Result<(Stream, Control), OpError> {
    let remote = SocketAddr::new(parse(address)?, port);
    let failed = |error: std::io::Error| io_number(&error);
    let socket =
        if remote.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }.map_err(failed)?;
    if local.address.is_some() || local.port != 0 {
        let any = if remote.is_ipv4() { "0.0.0.0" } else { "::" };
        let address = parse(local.address.as_deref().unwrap_or(any))?;
        let port = u16::try_from(local.port).map_err(|_| number(Errno::INVAL))?;
        socket.bind(SocketAddr::new(address, port)).map_err(failed)?;
    }
    let stream = socket.connect(remote).await.map_err(failed)?;
    let control = Control::of(&stream).map_err(failed)?;
    Ok((Box::new(stream), control))
}

fn parse(address: &str) -> Result<IpAddr, OpError> {
    let bare = address.split('%').next().unwrap_or(address);
    bare.parse().map_err(|_| number(Errno::INVAL))
}
