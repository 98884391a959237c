//! Which file answers a request: discovery of endpoint files, the order of their routes, and the way
//! of a request target to its route.
//!
//! Everything here is decided as Astro decides it (`astro-endpoints.md` sections 0 and 1), and
//! everything but [`discover()`] is a pure function of its arguments.
//!
//! Not here: the choice of a handler by method, static files (only the decisions around them), and
//! what an error page looks like.
//!
//! ```
//! use transom_router::{Outcome, Pipeline, PipelineOptions, Route, RouteKind};
//!
//! let route = Route::from_name("/users/[id]", "src/pages/users/[id].ts", RouteKind::Endpoint)?;
//! let pipeline = Pipeline::new(&PipelineOptions::default(), vec![route]);
//! match pipeline.route("GET", "http://localhost", "/users/7?x=1") {
//!     Outcome::Endpoint { index: 0, found, .. } => {
//!         assert_eq!(found.params().collect::<Vec<_>>(), [("id", Some("7"))]);
//!     }
//!     other => panic!("unexpected {other:?}"),
//! }
//! # Ok::<(), transom_router::RouteError>(())
//! ```

mod affix;
mod collision;
mod discover;
mod error;
mod files;
mod path;
mod pattern;
mod pipeline;
mod rank;
mod redirect;
mod route;
mod segment;
mod static_files;
mod table;
mod target;
mod trie;
mod uri;

pub use discover::{Discovery, discover};
pub use error::{NameSpan, RouteError};
pub use files::{FileEntry, is_left_out, read_file_name};
pub use path::{
    Base, TrailingSlash, collapse_slashes, has_file_extension, is_internal, not_found_path,
    origin_pathname, slash_redirect,
};
pub use pipeline::{Outcome, Pipeline, PipelineOptions};
pub use redirect::RedirectAnswer;
pub use route::{Builtin, Redirect, Route, RouteKind};
pub use segment::{Part, Segment};
pub use static_files::{FileRequest, FileStep};
pub use table::{Matched, RouteTable};
pub use target::{MalformedTarget, RequestHead, Target};
pub use uri::{DecodeError, decode_path, decode_uri, encode_uri, is_decodable};
