//! Everything that touches `mozjs`, and every `unsafe` block of the project.
//!
//! Rules (`docs/unsafe.md`): `&mut JSContext` is the only form of the context and never stored beyond a scope;
//! values leave this folder only as [`Value`] (a rooted location that ends with its scope) or [`Persistent`];
//! every callback from C++ goes through `mozjs::panic::wrap_panic`.

mod allocator;
mod buffers;
mod builtin;
mod byte_buffer;
mod callbacks;
mod context;
mod exceptions;
mod interrupt;
mod isolate;
mod jobs;
mod lazy_globals;
mod memory;
mod module_map;
mod objects;
mod process;
mod promises;
mod realm;
mod roots;
mod scope;
mod scripts;
mod stencil;
mod strings;
mod transcode;
mod utf16;
mod value;

pub use allocator::Allocator;
pub(crate) use builtin::builtin_ops;
pub use byte_buffer::ByteBuffer;
pub use interrupt::{Interrupter, Watchdog};
pub use isolate::{Isolate, IsolateOptions, RejectionNews};
pub use memory::{set_allocators_up, trim_allocator, trim_allocators};
pub use process::{StartError, is_debug_engine, skip_exit_handlers};
pub use promises::PromiseState;
pub use realm::Realm;
pub use roots::Persistent;
pub use scope::Scope;
pub use stencil::SharedCode;
pub use strings::Units;
pub(crate) use transcode::build_id;
pub use value::{Args, Value};
