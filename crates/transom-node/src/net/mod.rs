//! Native half of `node:net`: client sockets. The classes are in `socket.js` and `net.js`.
//! Reference: <https://nodejs.org/docs/latest-v22.x/api/net.html>

mod connect;
mod socket;

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

use bytes::Bytes;
use transom_engine::{Op, OpError, RealmNumber};
use transom_permissions::Permissions;
use transom_web::SharedTls;

pub(crate) use socket::{Control, Socket, Stream};

use crate::fs::failure::denial;

/// The JavaScript modules of this folder.
pub(crate) const MODULES: &[(&str, &str)] = &[
    ("node:net", include_str!("net.js")),
    ("transom:internal/node/net/addresses", include_str!("addresses.js")),
    ("transom:internal/node/net/block_list", include_str!("block_list.js")),
    ("transom:internal/node/net/connecting", include_str!("connecting.js")),
    ("transom:internal/node/net/server", include_str!("server.js")),
    ("transom:internal/node/net/socket", include_str!("socket.js")),
];

/// The sockets of one worker, by the numbers that script holds.
pub(crate) struct Sockets {
    pub(crate) permissions: Arc<Permissions>,
    pub(crate) tls: SharedTls,
    last: Cell<u32>,
    open: RefCell<HashMap<u32, Rc<Socket>>>,
    /// Realms that are gone: what is connected for them late is closed at once.
    gone: RefCell<HashSet<u32>>,
    /// One read brings no more than this; the bytes are copied from here to where they belong.
    scratch: RefCell<Box<[u8]>>,
}

/// As much as Node reads at once.
const MOST_AT_ONCE: usize = 64 * 1024;

impl Sockets {
    pub(crate) fn new(permissions: Arc<Permissions>, tls: SharedTls) -> Self {
        Self {
            permissions,
            tls,
            last: Cell::default(),
            open: RefCell::default(),
            gone: RefCell::default(),
            scratch: RefCell::new(vec![0; MOST_AT_ONCE].into()),
        }
    }

    /// Keeps a connection for `realm`.
    pub(crate) fn insert(&self, stream: Stream, control: Option<Control>, realm: u32) -> u32 {
        let number = self.last.get() + 1;
        self.last.set(number);
        let socket = Rc::new(Socket::new(stream, control, realm));
        if self.gone.borrow().contains(&realm) {
            socket.close();
        } else {
            self.open.borrow_mut().insert(number, socket);
        }
        number
    }

    pub(crate) fn get(&self, number: u32) -> Result<Rc<Socket>, OpError> {
        self.open.borrow().get(&number).cloned().ok_or_else(closed)
    }

    fn close(&self, number: u32) {
        let socket = self.open.borrow_mut().remove(&number);
        if let Some(socket) = socket {
            socket.close();
        }
    }

    /// Closes what a realm has open.
    pub(crate) fn release(&self, realm: u32) {
        self.gone.borrow_mut().insert(realm);
        self.open.borrow_mut().retain(|_, socket| {
            let stays = socket.realm != realm;
            if !stays {
                socket.close();
            }
            stays
        });
    }

    pub(crate) fn check_net(&self, host: &str, port: u16) -> Result<(), OpError> {
        self.permissions.check_net(host, port).map_err(|denied| denial(&denied))
    }
}

/// What an operation on a socket that is gone fails with.
pub(crate) fn closed() -> OpError {
    OpError::error("the socket is closed").code("ECANCELED")
}

/// The operations of this module.
pub(crate) fn ops(sockets: &Rc<Sockets>) -> Vec<Op> {
    let mut ops = connect::ops(sockets);
    let [reader, writer, ender, closer, resetter] = std::array::from_fn(|_| Rc::clone(sockets));
    ops.extend([
        // The next bytes; null when the other side has ended.
        Op::future("net_read", move |number: u32| {
            let sockets = Rc::clone(&reader);
            async move { sockets.get(number)?.read(&sockets.scratch).await }
        }),
        Op::future("net_write", move |number: u32, data: Bytes| {
            let socket = writer.get(number);
            async move { socket?.write(&data).await }
        }),
        // Ends this side.
        Op::future("net_end", move |number: u32| {
            let socket = ender.get(number);
            async move { socket?.end().await }
        }),
        Op::new("net_close", move |number: u32| closer.close(number)),
        // Closes with a reset instead of an orderly end.
        Op::new("net_reset", move |number: u32| {
            if let Ok(socket) = resetter.get(number) {
                socket.control(|control| control.reset_on_close());
            }
            resetter.close(number);
        }),
    ]);
    ops.extend(setting_ops(sockets));
    ops
}

fn setting_ops(sockets: &Rc<Sockets>) -> Vec<Op> {
    let [no_delay, keep_alive, local, peer, pair] = std::array::from_fn(|_| Rc::clone(sockets));
    vec![
        Op::new("net_set_no_delay", move |number: u32, on: bool| {
            if let Ok(socket) = no_delay.get(number) {
                socket.control(|control| control.set_no_delay(on));
            }
        }),
        // The delay is in seconds.
        Op::new("net_set_keep_alive", move |number: u32, on: bool, delay: u32| {
            if let Ok(socket) = keep_alive.get(number) {
                socket.control(|control| control.set_keep_alive(on, delay));
            }
        }),
        Op::new("net_local_address", move |number: u32| {
            local
                .get(number)
                .ok()
                .and_then(|socket| socket.control(|c| c.local_address()).flatten())
        }),
        Op::new("net_remote_address", move |number: u32| {
            peer.get(number)
                .ok()
                .and_then(|socket| socket.control(|c| c.remote_address()).flatten())
        }),
        // Two sockets that are connected with each other: for TLS over a stream that is script's own.
        Op::new("net_pair", move |realm: RealmNumber| {
            let (one, other) = tokio::io::duplex(MOST_AT_ONCE);
            let one = pair.insert(Box::new(one), None, realm.0);
            (one, pair.insert(Box::new(other), None, realm.0))
        }),
    ]
}
