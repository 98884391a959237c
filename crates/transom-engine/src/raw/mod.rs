//! Everything that touches `mozjs`, and every `unsafe` block of the project.
//!
//! Rules (`docs/unsafe.md`): `&mut JSContext` is the only form of the context and never stored beyond a scope;
//! values leave this folder only as [`Value`] (a rooted location that ends with its scope) or [`Persistent`];
//! every callback from C++ goes through `mozjs::panic::wrap_panic`.

mod buffers;
mod builtin;
mod callbacks;
mod exceptions;
mod interrupt;
mod isolate;
mod jobs;
mod lazy_globals;
mod module_map;
mod process;
mod promises;
mod realm;
mod roots;
mod scope;
mod stencil;
mod strings;
mod value;

pub(crate) use builtin::builtin_ops;
pub use interrupt::{Interrupter, Watchdog};
pub use isolate::{Isolate, IsolateOptions, RejectionNews};
pub use process::{StartError, is_debug_engine};
pub use promises::PromiseState;
pub use realm::Realm;
pub use roots::Persistent;
pub use scope::Scope;
pub use stencil::SharedCode;
pub use value::{Args, Value};
