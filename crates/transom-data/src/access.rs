//! Who may do what. Spec: section 10.4.

use crate::collections::{Access, Action, Permissions};
use crate::error::DataError;

/// What a logged-in member of the staff may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Edits content: passes `CMS_EDITOR`.
    Editor,
    /// Owns or administers the project: passes `PRIVILEGED`.
    Admin,
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// The project itself: an elevated call.
    App,
    /// Somebody of the staff.
    User {
        /// Who it is.
        id: String,
        /// What they may do beyond members.
        role: Option<Role>,
    },
    /// A member of the site.
    Member {
        /// Who it is.
        id: String,
    },
    /// Somebody who has not logged in.
    Visitor {
        /// The browser.
        id: String,
    },
    /// Somebody of whom nothing is known.
    Unknown,
}

/// Which items of a collection a caller may act on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach<'a> {
    /// All of them.
    All,
    /// Those whose `_owner` this is.
    Own(&'a str),
}

impl<'a> Reach<'a> {
    /// The owner that an item must have.
    pub(crate) fn owner(self) -> Option<&'a str> {
        match self {
            Self::All => None,
            Self::Own(id) => Some(id),
        }
    }
}

impl Caller {
    /// Who owns what the caller inserts.
    pub(crate) fn id(&self) -> Option<&str> {
        match self {
            Self::User { id, .. } | Self::Member { id } | Self::Visitor { id } => Some(id),
            Self::App | Self::Unknown => None,
        }
    }

    /// Whether the caller may give an item to somebody.
    pub(crate) fn sets_owner(&self) -> bool {
        matches!(self, Self::App | Self::User { role: Some(_), .. })
    }

    /// Which items the caller may act on in this way.
    ///
    /// # Errors
    /// WDE0027 when the caller may not at all.
    pub(crate) fn reach(
        &self,
        collection: &str,
        permissions: &Permissions,
        action: Action,
    ) -> Result<Reach<'_>, DataError> {
        let level = permissions.level(action);
        let may = match (self, level) {
            (Self::App, _) | (_, Access::Anyone) => true,
            (Self::Member { id }, Access::SiteMemberAuthor) => return Ok(Reach::Own(id)),
            (Self::Member { .. } | Self::User { .. }, Access::SiteMember) => true,
            (Self::User { role: Some(Role::Admin), .. }, _) => true,
            (Self::User { role: Some(Role::Editor), .. }, level) => level <= Access::CmsEditor,
            _ => false,
        };
        if may { Ok(Reach::All) } else { Err(DataError::denied(collection, action.verb())) }
    }
}
