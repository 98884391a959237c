//! `node:` modules: JavaScript over native operations, one folder per module, with the names, error codes and messages
//! of Node 22. `docs/node-compatibility.md` says export by export what is there.
//!
//! A folder with a native half lists its modules itself; those that are JavaScript alone are listed in `scripts.rs`.

mod buffer;
mod crypto;
mod dns;
mod fs;
mod handles;
mod http;
mod net;
mod os;
mod process;
mod scripts;
mod tls;
mod zlib;

use std::rc::Rc;
use std::sync::Arc;

use transom_engine::{Op, Persistent};
use transom_permissions::Permissions;
use transom_web::SharedTls;

/// Specifier and source of every module.
pub fn modules() -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    scripts::MODULES
        .iter()
        .chain(buffer::MODULES)
        .chain(crypto::MODULES)
        .chain(dns::MODULES)
        .chain(fs::MODULES)
        .chain(http::MODULES)
        .chain(net::MODULES)
        .chain(os::MODULES)
        .chain(process::MODULES)
        .chain(tls::MODULES)
        .chain(zlib::MODULES)
}

/// What the operations of one worker share: its open files, sockets, watchers and coders.
pub struct Services {
    files: fs::FileSystem,
    sockets: Rc<net::Sockets>,
    coders: Rc<zlib::Coders>,
    ciphers: Rc<crypto::Ciphers>,
    endings: Rc<process::Endings>,
}

impl Services {
    /// `permissions` say what programs may reach, `tls` has the certificates that the system trusts.
    pub fn new(permissions: Arc<Permissions>, tls: SharedTls) -> Self {
        Self {
            files: fs::FileSystem::new(Arc::clone(&permissions)),
            sockets: Rc::new(net::Sockets::new(permissions, tls)),
            coders: Rc::default(),
            ciphers: Rc::default(),
            endings: Rc::default(),
        }
    }

    /// Closes what a realm has open: it is gone.
    pub fn release(&self, realm: u32) {
        self.files.release(realm);
        self.sockets.release(realm);
        self.coders.release(realm);
        self.ciphers.release(realm);
        drop(self.endings.take(realm));
    }

    /// Whether a realm wants to know of its end.
    pub fn awaits_end(&self, realm: u32) -> bool {
        self.endings.has(realm)
    }

    /// What a realm wants called, once and without arguments, before it goes.
    pub fn take_ending(&self, realm: u32) -> Option<Persistent> {
        self.endings.take(realm)
    }
}

impl std::fmt::Debug for Services {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Services").finish_non_exhaustive()
    }
}

/// Every operation that those modules call.
pub fn ops(services: &Services) -> Vec<Op> {
    let mut ops = fs::ops(&services.files);
    ops.extend(buffer::ops());
    ops.extend(os::ops());
    ops.extend(process::ops(&services.endings));
    ops.extend(crypto::ops(&services.ciphers));
    ops.extend(dns::ops(&services.sockets));
    ops.extend(http::ops());
    ops.extend(net::ops(&services.sockets));
    ops.extend(tls::ops(&services.sockets));
    ops.extend(zlib::ops(&services.coders));
    ops
}
