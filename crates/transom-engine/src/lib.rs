//! SpiderMonkey behind a safe API: the only crate of transom that knows the engine, and the only one with `unsafe`.
//!
//! * [`Isolate`]: one engine per thread. Everything below belongs to the thread that made it.
//! * [`Realm`]: one global with its modules; dropping it lets the collector take all of it.
//! * [`Scope`]: permission to touch script values. Made by [`Isolate::scope`], ends with its closure.
//! * [`Value`]: a rooted handle that cannot outlive its scope. [`Persistent`] keeps a value beyond it.
//! * [`Op`]: a native function with typed arguments; [`Op::future`] answers with a promise.
//!
//! Invariants: no `mozjs` type leaves this crate; ops never run script, `module_load` apart; a panic in an op crosses C++ as an
//! uncatchable failure and continues on the Rust side. What is deliberately not here: an event loop, timers,
//! I/O, any web API. Those are layers above (`transom-runtime`, `transom-web`).

mod code_cache;
mod convert;
mod declarations;
mod error;
mod exception;
mod modules;
mod op;
#[allow(unsafe_code, reason = "all of mozjs, and all unsafe code, lives in this folder")]
mod raw;

pub use bytes::Bytes;

pub use code_cache::{CodeCacheError, use_code_cache};
pub use convert::{FromJs, IntoJs, RealmNumber};
pub use error::{OpError, ScriptError, StopReason};
pub use exception::Exception;
pub use modules::{ModuleLoader, ModuleSource};
pub use op::{Op, PendingOp, Settlement};
pub use raw::{
    Allocator, Args, ByteBuffer, Interrupter, Isolate, IsolateOptions, Persistent, PromiseState,
    Realm, RejectionNews, Scope, SharedCode, StartError, Units, Value, Watchdog, is_debug_engine,
    set_allocators_up, skip_exit_handlers, trim_allocator, trim_allocators,
};
