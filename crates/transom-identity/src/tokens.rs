//! Signing tokens, and verifying them: whatever a caller presents ends as claims or as a [`Refusal`].
//!
//! A verified token is remembered by its hash, because a signature takes longer to check than a request to answer.
//! Expiry and revocation are looked at each time.

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{DecodingKey, Header, Validation};
use quick_cache::sync::Cache;

use crate::clock::{SECOND, milliseconds};
use crate::issuers::Issuers;
use crate::keys::Keys;
use crate::project::Project;
use crate::revocations::Revocations;
use crate::{Claims, Clock, IdentityError, Purpose, Refusal, Settings};

/// Longest token that is looked at, in bytes; tokens of this service have under 1 KiB, those of others may be larger.
const LONGEST: usize = 8 << 10;

type Hash = [u8; 32];

/// The signer and verifier of a project.
pub(crate) struct Tokens {
    keys: Arc<Keys>,
    project: Arc<Project>,
    revocations: Arc<Revocations>,
    issuers: Arc<Issuers>,
    clock: Clock,
    skew_ms: i64,
    verified: Cache<Hash, Arc<Claims>>,
}

/// What a verifier needs to know of itself.
pub(crate) struct Parts {
    pub(crate) keys: Arc<Keys>,
    pub(crate) project: Arc<Project>,
    pub(crate) revocations: Arc<Revocations>,
    pub(crate) issuers: Arc<Issuers>,
    pub(crate) clock: Clock,
}

/// The only claim that is read before the signature has been checked: it decides whose key to check it with.
#[derive(serde::Deserialize)]
struct Issued {
    iss: String,
}

impl Tokens {
    pub(crate) fn new(parts: Parts, settings: &Settings) -> Self {
        Self {
            keys: parts.keys,
            project: parts.project,
            revocations: parts.revocations,
            issuers: parts.issuers,
            clock: parts.clock,
            skew_ms: milliseconds(settings.clock_skew),
            verified: Cache::new(settings.cached_tokens),
        }
    }

    /// Signs claims with the key of now.
    pub(crate) fn sign(&self, claims: &Claims) -> Result<String, IdentityError> {
        let ring = self.keys.ring();
        let pair = ring
            .signing(self.clock.now_ms())
            .ok_or_else(|| IdentityError::Key("there is none".to_owned()))?;
        let mut header = Header::new(pair.algorithm);
        header.kid = Some(pair.kid.clone());
        jsonwebtoken::encode(&header, claims, &pair.signing)
            .map_err(|error| IdentityError::Key(error.to_string()))
    }

    /// As [`sign`](Self::sign), for a token that will come back soon: its signature is not checked then.
    pub(crate) fn sign_and_remember(
        &self,
        claims: Claims,
    ) -> Result<(String, Arc<Claims>), IdentityError> {
        let (token, claims) = (self.sign(&claims)?, Arc::new(claims));
        self.verified.insert(hash(&token), Arc::clone(&claims));
        Ok((token, claims))
    }

    /// The claims of a token that is valid now and was issued for `purpose`.
    pub(crate) fn verify(&self, token: &str, purpose: Purpose) -> Result<Arc<Claims>, Refusal> {
        self.verify_with_grace(token, purpose, 0)
    }

    /// As [`verify`](Self::verify), for tokens that have expired up to `grace_ms` ago, too.
    pub(crate) fn verify_with_grace(
        &self,
        token: &str,
        purpose: Purpose,
        grace_ms: i64,
    ) -> Result<Arc<Claims>, Refusal> {
        if token.len() > LONGEST {
            return Err(Refusal::TooLong);
        }
        let hash = hash(token);
        let claims = match self.verified.get(&hash) {
            Some(claims) => claims,
            None => {
                let claims = Arc::new(self.check(token)?);
                self.verified.insert(hash, Arc::clone(&claims));
                claims
            }
        };
        let now = self.clock.now_ms();
        let is_own = claims.iss == self.project.issuer;
        // The own clock is right by definition; instances of one project may still differ.
        let late = if is_own { grace_ms } else { self.skew_ms };
        if claims.purpose != purpose {
            return Err(Refusal::Purpose);
        }
        if claims.exp.saturating_mul(SECOND).saturating_add(late) <= now {
            return Err(Refusal::Expired);
        }
        if claims.iat_ms > now.saturating_add(self.skew_ms) {
            return Err(Refusal::NotYet);
        }
        if self.revocations.covers(&claims) {
            return Err(Refusal::Revoked);
        }
        Ok(claims)
    }

    /// Checks form, key, signature, issuer and audience: everything that cannot change later.
    fn check(&self, token: &str) -> Result<Claims, Refusal> {
        let header = jsonwebtoken::decode_header(token).map_err(|_| Refusal::Malformed)?;
        if header.crit.is_some() {
            return Err(Refusal::Malformed); // No extension is understood here. RFC 7515, section 4.1.11.
        }
        let iss = issuer_of(token).ok_or(Refusal::Malformed)?;
        if iss != self.project.issuer {
            return self.issuers.check(token, &header, &iss, &self.project);
        }
        let ring = self.keys.ring();
        let pair = header.kid.as_deref().and_then(|kid| ring.find(kid)).ok_or(Refusal::Key)?;
        if header.alg != pair.algorithm {
            return Err(Refusal::Algorithm);
        }
        let claims: Claims = decode(
            token,
            &pair.verifying,
            header.alg,
            &self.project.issuer,
            &self.project.client_id,
        )?;
        Ok(claims)
    }
}

fn hash(token: &str) -> Hash {
    let mut hash = Hash::default();
    hash.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
    hash
}

/// Who a token says that it is from; nothing is checked.
pub(crate) fn issuer_of(token: &str) -> Option<String> {
    let issued = jsonwebtoken::dangerous::insecure_decode_claims::<Issued>(token).ok()?;
    Some(issued.iss)
}

/// Checks the signature, the issuer and the audience of a token. Its times are the caller's business.
pub(crate) fn decode<T: serde::de::DeserializeOwned>(
    token: &str,
    key: &DecodingKey,
    algorithm: jsonwebtoken::Algorithm,
    issuer: &str,
    audience: &str,
) -> Result<T, Refusal> {
    let mut validation = Validation::new(algorithm);
    validation.set_issuer(&[issuer]);
    validation.set_audience(&[audience]);
    validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    validation.validate_exp = false; // Compared with the service's own clock at each use.
    let decoded = jsonwebtoken::decode(token, key, &validation);
    decoded.map(|data| data.claims).map_err(|error| match error.kind() {
        ErrorKind::InvalidSignature => Refusal::Signature,
        ErrorKind::InvalidAudience => Refusal::Audience,
        ErrorKind::InvalidIssuer => Refusal::Issuer,
        ErrorKind::InvalidAlgorithm | ErrorKind::UnsupportedAlgorithm => Refusal::Algorithm,
        _ => Refusal::Malformed,
    })
}
