//! Failures of the service, and the reasons for which a token is refused.

use transom_store::StoreError;

/// Why a token is not accepted. Clients are not told which it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// Not a token of any kind that is known here.
    #[error("the token is malformed")]
    Malformed,
    /// Longer than any token that is issued.
    #[error("the token is too long")]
    TooLong,
    /// It names no key, or one that is not known.
    #[error("the token names an unknown key")]
    Key,
    /// It was signed with another algorithm than its key's.
    #[error("the token's algorithm is not the one of its key")]
    Algorithm,
    /// The signature is wrong.
    #[error("the token's signature is wrong")]
    Signature,
    /// Issued by somebody else.
    #[error("the token's issuer is not accepted")]
    Issuer,
    /// Issued for somebody else.
    #[error("the token is for another audience")]
    Audience,
    /// Issued for something else.
    #[error("the token is for another purpose")]
    Purpose,
    /// Its time is over.
    #[error("the token has expired")]
    Expired,
    /// Its time has not come.
    #[error("the token is not valid yet")]
    NotYet,
    /// Its session has ended.
    #[error("the token has been revoked")]
    Revoked,
}

/// A failed operation of the service.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IdentityError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Too many passwords are being checked.
    #[error("too many log-ins at once")]
    Busy,
    /// A token or code is not accepted.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// E-mail address or password are wrong, or the account is disabled: nobody is told which.
    #[error("the e-mail address or the password is wrong")]
    Credentials,
    /// An account with this address exists.
    #[error("there is an account with the address `{0}` already")]
    Taken(String),
    /// No such account.
    #[error("there is no account `{0}`")]
    NoAccount(String),
    /// A value that cannot be accepted.
    #[error("{0}")]
    Invalid(String),
    /// A key could not be made or used: a bug, or a damaged store.
    #[error("a signing key cannot be used: {0}")]
    Key(String),
}
