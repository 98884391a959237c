//! Native half of `node:dns`: addresses as the system's resolver finds them, and records over hickory.
//! Reference: <https://nodejs.org/docs/latest-v22.x/api/dns.html>

mod records;

use std::net::{IpAddr, SocketAddr, ToSocketAddrs as _};
use std::rc::Rc;

use tokio::task::spawn_blocking;
use transom_engine::{Op, OpError};

use crate::net::Sockets;

/// The JavaScript modules of this folder.
pub(crate) const MODULES: &[(&str, &str)] = &[
    ("node:dns", include_str!("dns.js")),
    ("node:dns/promises", include_str!("promises.js")),
    ("transom:internal/node/dns/lookup", include_str!("lookup.js")),
    ("transom:internal/node/dns/resolver", include_str!("resolver.js")),
];

pub(crate) fn ops(sockets: &Rc<Sockets>) -> Vec<Op> {
    let [names, records, reverse] = std::array::from_fn(|_| Rc::clone(sockets));
    vec![
        // The addresses of a name, in the order of the system.
        Op::future("dns_lookup", move |name: String| {
            let sockets = Rc::clone(&names);
            async move {
                sockets.check_net(&name, 0)?;
                let found = spawn_blocking(move || (name.as_str(), 0).to_socket_addrs()).await;
                let found = found.map_err(|_| OpError::error("ECANCELLED").code("ECANCELLED"))?;
                let found = found.map_err(|error| lookup_failure(&error))?;
                let mut list: Vec<String> = Vec::new();
                for address in found.map(|address: SocketAddr| address.ip().to_string()) {
                    if !list.contains(&address) {
                        list.push(address);
                    }
                }
                Ok(list)
            }
        }),
        // Records of a name as JSON.
        Op::future(
            "dns_resolve",
            move |name: String, kind: String, servers: Vec<String>, timeout: f64, tries: u32| {
                let sockets = Rc::clone(&records);
                async move {
                    sockets.check_net(&name, 0)?;
                    records::resolve(&name, &kind, &servers, timeout, tries).await
                }
            },
        ),
        Op::future("dns_reverse", move |address: String, servers: Vec<String>| {
            let sockets = Rc::clone(&reverse);
            async move {
                sockets.check_net(&address, 0)?;
                let address: IpAddr = address.parse().map_err(|_| records::failure("EINVAL"))?;
                records::reverse(address, &servers).await
            }
        }),
        Op::new("dns_servers", records::system_servers),
    ]
}

/// The system's resolver tells its reason in words only.
fn lookup_failure(error: &std::io::Error) -> OpError {
    let text = error.to_string();
    let code = if text.contains("Temporary failure") { "EAI_AGAIN" } else { "ENOTFOUND" };
    OpError::error(text).code(code)
}
