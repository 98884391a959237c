//! What stands in the tokens of this service.

use serde::{Deserialize, Serialize};

use crate::{Role, Subject, SubjectType};

/// What a token is good for. One that was issued for something else is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Purpose {
    /// Says who is calling.
    Access,
    /// Gets new tokens, once.
    Refresh,
    /// Lies in the session cookie of a browser.
    Session,
}

/// The claims of a token. Times are seconds since 1970 unless their name says otherwise.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Claims {
    /// Who issued it: this project, or an external issuer.
    pub iss: String,
    /// For whom: the project's client id.
    pub aud: String,
    /// Id of the subject.
    pub sub: String,
    /// Kind of the subject.
    pub sub_type: SubjectType,
    /// What it is good for.
    #[serde(rename = "use")]
    pub purpose: Purpose,
    /// Issued at.
    pub iat: i64,
    /// Issued at, in milliseconds, so that a revocation can tell tokens of one second apart.
    pub iat_ms: i64,
    /// Not valid from here on.
    pub exp: i64,
    /// Unlike that of any other token, so that no two are the same.
    pub jti: String,
    /// Site.
    pub site_id: String,
    /// Instance of the app on the site.
    pub instance_id: String,
    /// Session that it belongs to, and ends with. For tokens that are renewed it names the family.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
    /// Of a refresh token: how often the family had been renewed when it was issued.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generation: Option<i64>,
    /// Of a user: what they may do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
}

impl Claims {
    /// Who the token speaks for.
    #[must_use]
    pub fn subject(&self) -> Subject {
        Subject::new(self.sub_type, self.sub.clone())
    }
}
