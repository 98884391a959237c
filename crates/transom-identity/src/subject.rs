//! The kinds of callers.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What a caller is. Spec: section 5.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum SubjectType {
    /// Somebody who has not logged in.
    Visitor,
    /// A logged-in member of the site.
    Member,
    /// One of the site's staff.
    User,
    /// The app itself.
    App,
    /// None of the others, or a token that is not accepted.
    Unknown,
}

impl SubjectType {
    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Visitor => "VISITOR",
            Self::Member => "MEMBER",
            Self::User => "USER",
            Self::App => "APP",
            Self::Unknown => "UNKNOWN",
        }
    }
}

/// A word that names no kind of caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not `visitor`, `member`, `user` or `app`")]
pub struct UnknownSubjectType;

impl FromStr for SubjectType {
    type Err = UnknownSubjectType;

    /// Reads a name in any case. `UNKNOWN` is an answer, never a choice.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Visitor, Self::Member, Self::User, Self::App]
            .into_iter()
            .find(|kind| kind.as_str().eq_ignore_ascii_case(text))
            .ok_or(UnknownSubjectType)
    }
}

/// Who is calling.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Subject {
    /// What the caller is.
    pub kind: SubjectType,
    /// Which one, unique within its kind.
    pub id: String,
}

impl Subject {
    /// A subject.
    pub fn new(kind: SubjectType, id: impl Into<String>) -> Self {
        Self { kind, id: id.into() }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind.as_str(), self.id)
    }
}

/// What a user, one of the site's staff, may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Edits content.
    CmsEditor,
    /// Does everything.
    Admin,
}

impl Role {
    /// The name in commands and tokens.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CmsEditor => "cms-editor",
            Self::Admin => "admin",
        }
    }
}

/// A word that names no role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not `cms-editor` or `admin`")]
pub struct UnknownRole;

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::CmsEditor, Self::Admin]
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or(UnknownRole)
    }
}
