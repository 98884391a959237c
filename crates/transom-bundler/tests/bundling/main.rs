//! What a project's files become, seen from outside the crate.
//!
//! One test binary, because linking rolldown takes longer than all the tests.

mod project;

mod config;
mod errors;
mod imports;
mod output;
mod watching;
