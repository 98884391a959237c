//! Who is calling: subjects, tokens, sessions, members and site staff, and the OAuth rules around them.
//! Spec: `wix-http-endpoints.md`, sections 4 to 6 and 11.
//!
//! [`Identity`] is the service of one project. It verifies tokens without asking the store, which only issuing,
//! renewing and revoking need. [`http::answer`] is its HTTP surface; nothing here knows a server or an engine.
//!
//! Invariants: no cryptography of its own; a token is accepted only for the purpose that it was issued for; what has
//! been revoked here is refused at once, and elsewhere after [`FOLLOW_EVERY`].

mod accounts;
mod caller;
mod claims;
mod clock;
mod codes;
mod error;
pub mod http;
mod issuers;
mod keys;
mod on_demand;
mod passwords;
mod patience;
mod project;
mod rate_limits;
mod revocations;
mod schema;
mod service;
mod sessions;
mod settings;
mod subject;
mod token_info;
mod tokens;

pub use accounts::{Account, AccountKind, NewAccount};
pub use caller::{Caller, cookie_name, session_cookie};
pub use claims::{Claims, Purpose};
pub use clock::Clock;
pub use error::{IdentityError, Refusal};
pub use issuers::{ClaimsMapping, Fetch, IssuerKeys, IssuerSettings};
pub use on_demand::OnDemand;
pub use rate_limits::{Rate, RateLimits};
pub use schema::SCHEMA;
pub use service::{FOLLOW_EVERY, Identity, Issued};
pub use settings::{Algorithm, Lifetimes, Provider, Secret, Settings};
pub use subject::{Role, Subject, SubjectType};
pub use token_info::TokenInfo;
