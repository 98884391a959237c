//! `node:` modules: JavaScript over native operations, one folder per module, with the names, error codes and messages
//! of Node 22. `docs/node-compatibility.md` says export by export what is there.
//!
//! A folder with a native half lists its modules itself; those that are JavaScript alone are listed in `scripts.rs`.

mod buffer;
mod crypto;
mod fs;
mod os;
mod process;
mod scripts;

use transom_engine::Op;

/// Specifier and source of every module.
pub fn modules() -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    scripts::MODULES
        .iter()
        .chain(buffer::MODULES)
        .chain(crypto::MODULES)
        .chain(fs::MODULES)
        .chain(os::MODULES)
        .chain(process::MODULES)
}

/// Every operation that those modules call.
pub fn ops() -> Vec<Op> {
    let mut ops = fs::ops();
    ops.extend(buffer::ops());
    ops.extend(crypto::ops());
    ops.extend(os::ops());
    ops.extend(process::ops());
    ops
}
