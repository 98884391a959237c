//! What `auth.getTokenInfo()` answers. Spec: section 5.1.

use serde::{Deserialize, Serialize};

use crate::{Claims, SubjectType};

/// Information about a token, in the form of the wire.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TokenInfo {
    /// Whether the token is accepted now.
    pub active: bool,
    /// What the caller is.
    pub subject_type: SubjectType,
    /// Which one; empty for a token that is not accepted.
    pub subject_id: String,
    /// When it expires, in seconds since 1970; 0 for a token that is not accepted.
    pub exp: i64,
    /// When it was issued, in seconds since 1970; 0 for a token that is not accepted.
    pub iat: i64,
    /// The app.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// The site.
    pub site_id: String,
    /// The app's instance on the site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance_id: Option<String>,
}

impl TokenInfo {
    /// About an accepted token.
    #[must_use]
    pub fn of(claims: &Claims) -> Self {
        Self {
            active: true,
            subject_type: claims.sub_type,
            subject_id: claims.sub.clone(),
            exp: claims.exp,
            iat: claims.iat,
            client_id: Some(claims.aud.clone()),
            site_id: claims.site_id.clone(),
            instance_id: Some(claims.instance_id.clone()),
        }
    }

    /// About a token that is not accepted, whatever the reason.
    #[must_use]
    pub fn inactive(site_id: &str) -> Self {
        Self {
            active: false,
            subject_type: SubjectType::Unknown,
            subject_id: String::new(),
            exp: 0,
            iat: 0,
            client_id: None,
            site_id: site_id.to_owned(),
            instance_id: None,
        }
    }
}
