//! Diagnostics: what is wrong with the author's project, told so that it can be mended.
//!
//! Invariants: no I/O (the caller gives the source text that a frame shows), no global state, and
//! every diagnostic reads well without colour. A code such as `route/unbalanced-brackets` is stable
//! and never given another meaning.
//!
//! Not here: exceptions of the program being run (those belong to the runtime) and our own bugs.
//!
//! ```
//! use transom_diag::{Color, Diagnostic, Span, render};
//!
//! let diagnostic = Diagnostic::error("config/unknown-key", "unknown key `prot`")
//!     .label("transom.toml", Span::new(0, 4), "not a setting")
//!     .hint("did you mean `port`?");
//! let text = render(&diagnostic, Color::Never, |_file| Some("prot = 8080\n"));
//! assert!(text.starts_with("error[config/unknown-key]: unknown key `prot`"));
//! ```

mod diagnostic;
mod place;
mod render;

pub use diagnostic::{Diagnose, Diagnostic, Label, Severity};
pub use place::{Place, ProjectPath, Span};
pub use render::{Color, render};
