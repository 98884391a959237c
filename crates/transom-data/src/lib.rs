//! Collections of JSON items behind the wire form of `@wix/data`. Spec: section 10 of `wix-http-endpoints.md`.
//!
//! A caller hands over one call (method, path, query, body) and gets its answer as text, whoever carries it: the
//! built-in module within the process, or `fetch`. Who may do what is decided here, from the kind of the caller and the
//! levels of the collection; who the caller is has been found out before.
//!
//! Invariants: values reach the database as bound parameters only, and names of fields too unless the project declares
//! them; an answer of 200 to a write means that it is on disk; a limit of the caller's rights is part of the statement.
//!
//! Not here: servers, script, and how callers are known.

mod access;
mod aggregate;
mod answer;
mod collections;
mod dates;
mod declared;
mod error;
mod filter;
mod indexed;
mod item;
mod jobs;
mod json;
mod key;
mod offset_cursor;
mod on_demand;
mod read;
mod references;
mod request;
mod schema;
mod service;
mod sql;
mod tables;
mod transfer;
mod write;

pub use access::{Caller, Role};
pub use answer::{Answer, Call};
pub use collections::{
    Access, Action, Collection, Collections, Declaration, DeclarationError, Field, FieldType,
    Index, Permissions,
};
pub use error::DataError;
pub use on_demand::OnDemand;
pub use service::DataService;
pub use transfer::{
    Format, ImportOptions, Imported, OnConflict, OnReject, Overview, Reject, Summary, Totals,
    TransferError,
};
