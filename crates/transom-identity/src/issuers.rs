//! Tokens that others have issued: whose they are, how they are checked, and what their claims mean here.
//!
//! Key sets are fetched when a token first names the issuer's key, then now and then; while they cannot be fetched,
//! the keys that are known go on to serve.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey, Header};
use serde_json::Value;

use crate::clock::SECOND;
use crate::project::Project;
use crate::tokens::decode;
use crate::{Claims, IdentityError, Purpose, Refusal, Role, SubjectType};

/// How long a fetched key set is taken as complete.
const FRESH_MS: i64 = 10 * 60 * SECOND;
/// How soon after a fetch an unknown key may cause the next one.
const AGAIN_MS: i64 = 15 * SECOND;

/// Fetches a key set; the service does not know how.
pub trait Fetch: Send + Sync {
    /// The body of the document at `url`, or why there is none.
    fn fetch(&self, url: &str) -> Pin<Box<dyn Future<Output = Result<Vec<u8>, String>> + Send>>;
}

/// Where the keys of an issuer are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IssuerKeys {
    /// The address of a key set. Spec: RFC 7517.
    Jwks(String),
    /// A public key or certificate in PEM.
    Pem(String),
}

/// What the claims of an issuer's tokens mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimsMapping {
    /// Claim with the subject's id.
    pub id: String,
    /// What its subjects are, unless a claim says otherwise.
    pub subject: SubjectType,
    /// Claim whose value (or one of whose values) decides what the subject is; dots lead into objects.
    pub type_claim: Option<String>,
    /// Values of that claim: what the subject is then, and what it may do.
    pub types: Vec<(String, SubjectType, Option<Role>)>,
}

/// An issuer whose tokens are accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuerSettings {
    /// Its name, as in the claim `iss`.
    pub issuer: String,
    /// What its tokens must have in `aud`.
    pub audience: String,
    /// Where its keys are.
    pub keys: IssuerKeys,
    /// What its claims mean.
    pub claims: ClaimsMapping,
}

/// One key of an issuer.
struct PublicKey {
    key: DecodingKey,
    /// The algorithm that its set names for it.
    algorithm: Option<Algorithm>,
}

struct Issuer {
    settings: IssuerSettings,
    /// By id; a key without an id is under the empty one.
    keys: RwLock<HashMap<String, Arc<PublicKey>>>,
    fetched_ms: AtomicI64,
    wanted: AtomicBool,
    /// Held while the key set is being fetched, so that whoever wants it meanwhile waits for this one.
    fetching: tokio::sync::Mutex<()>,
}

/// All issuers beside the own one.
pub(crate) struct Issuers {
    list: Vec<Issuer>,
    fetch: Option<Arc<dyn Fetch>>,
}

impl Issuers {
    /// Reads the keys that are given in PEM.
    pub(crate) fn new(
        settings: &[IssuerSettings],
        fetch: Option<Arc<dyn Fetch>>,
    ) -> Result<Self, IdentityError> {
        let mut list = Vec::with_capacity(settings.len());
        for settings in settings {
            let mut keys = HashMap::new();
            if let IssuerKeys::Pem(pem) = &settings.keys {
                let key = Arc::new(PublicKey { key: read_pem(pem)?, algorithm: None });
                keys.insert(String::new(), key);
            }
            list.push(Issuer {
                settings: settings.clone(),
                keys: RwLock::new(keys),
                fetched_ms: AtomicI64::new(i64::MIN / 2),
                wanted: AtomicBool::new(true),
                fetching: tokio::sync::Mutex::default(),
            });
        }
        Ok(Self { list, fetch })
    }

    /// Checks a token of the issuer `iss` and translates its claims.
    pub(crate) fn check(
        &self,
        token: &str,
        header: &Header,
        iss: &str,
        project: &Project,
    ) -> Result<Claims, Refusal> {
        let issuer = self.list.iter().find(|issuer| issuer.settings.issuer == iss);
        let issuer = issuer.ok_or(Refusal::Issuer)?;
        let key = issuer.key(header)?;
        // A secret shared with the issuer is not supported, so no public key can be taken for one.
        let is_asymmetric = key.key.family() != AlgorithmFamily::Hmac;
        let is_of_family = key.key.family().algorithms().contains(&header.alg);
        let is_named = key.algorithm.is_none_or(|algorithm| algorithm == header.alg);
        if !(is_asymmetric && is_of_family && is_named) {
            return Err(Refusal::Algorithm);
        }
        let settings = &issuer.settings;
        let claims: Value =
            decode(token, &key.key, header.alg, &settings.issuer, &settings.audience)?;
        settings.claims.translate(&claims, iss, project)
    }

    /// Fetches the key sets that are old, or that lack a key which a token has named.
    pub(crate) async fn follow(&self, now: i64) {
        for issuer in &self.list {
            self.fetch_keys(issuer, now).await;
        }
    }

    /// The same for one issuer.
    pub(crate) async fn follow_one(&self, name: &str, now: i64) {
        if let Some(issuer) = self.list.iter().find(|issuer| issuer.settings.issuer == name) {
            self.fetch_keys(issuer, now).await;
        }
    }

    async fn fetch_keys(&self, issuer: &Issuer, now: i64) {
        let (Some(fetch), IssuerKeys::Jwks(url)) = (&self.fetch, &issuer.settings.keys) else {
            return;
        };
        let _alone = issuer.fetching.lock().await;
        if !issuer.is_due(now) {
            return;
        }
        issuer.fetched_ms.store(now, Ordering::Release);
        // Without an answer the keys of before go on to serve.
        if let Ok(body) = fetch.fetch(url).await
            && let Some(keys) = read_set(&body)
        {
            *issuer.keys.write().unwrap_or_else(PoisonError::into_inner) = keys;
            issuer.wanted.store(false, Ordering::Release);
        }
    }
}

impl Issuer {
    fn is_due(&self, now: i64) -> bool {
        let age = now - self.fetched_ms.load(Ordering::Acquire);
        let is_wanted = self.wanted.load(Ordering::Acquire) && age >= AGAIN_MS;
        is_wanted || age >= FRESH_MS
    }

    fn key(&self, header: &Header) -> Result<Arc<PublicKey>, Refusal> {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        let found = match (&self.settings.keys, header.kid.as_deref()) {
            (IssuerKeys::Pem(_), _) => keys.get(""),
            (IssuerKeys::Jwks(_), Some(kid)) => keys.get(kid),
            // RFC 7515 lets a token leave out the id; that is clear only where there is one key.
            (IssuerKeys::Jwks(_), None) if keys.len() == 1 => keys.values().next(),
            (IssuerKeys::Jwks(_), None) => None,
        };
        if found.is_none() {
            self.wanted.store(true, Ordering::Release);
        }
        found.cloned().ok_or(Refusal::Key)
    }
}

fn read_pem(pem: &str) -> Result<DecodingKey, IdentityError> {
    let bytes = pem.as_bytes();
    DecodingKey::from_rsa_pem(bytes)
        .or_else(|_| DecodingKey::from_ec_pem(bytes))
        .or_else(|_| DecodingKey::from_ed_pem(bytes))
        .map_err(|_| IdentityError::Invalid("the issuer's key is no public key in PEM".to_owned()))
}

/// The keys of a set that can be used; keys of unknown kinds are skipped. `None` when it is no key set.
fn read_set(body: &[u8]) -> Option<HashMap<String, Arc<PublicKey>>> {
    let set: Value = serde_json::from_slice(body).ok()?;
    let mut keys = HashMap::new();
    for key in set.get("keys")?.as_array()? {
        let Ok(set) = serde_json::from_value::<JwkSet>(serde_json::json!({ "keys": [key] })) else {
            continue;
        };
        let Some(jwk) = set.keys.first() else { continue };
        let is_for_signing = key.get("use").is_none_or(|used| used == "sig");
        if let (true, Ok(decoding)) = (is_for_signing, DecodingKey::from_jwk(jwk)) {
            let algorithm =
                key.get("alg").and_then(Value::as_str).and_then(|name| name.parse().ok());
            let id = jwk.common.key_id.clone().unwrap_or_default();
            keys.insert(id, Arc::new(PublicKey { key: decoding, algorithm }));
        }
    }
    Some(keys)
}

impl ClaimsMapping {
    fn translate(&self, claims: &Value, iss: &str, project: &Project) -> Result<Claims, Refusal> {
        let number = |name: &str| claims.get(name).and_then(Value::as_f64).map(|time| time as i64);
        let exp = number("exp").ok_or(Refusal::Malformed)?;
        let iat = number("iat").unwrap_or_else(|| number("nbf").unwrap_or(0));
        let id = match find(claims, &self.id) {
            Some(Value::String(id)) if !id.is_empty() => id.clone(),
            Some(Value::Number(id)) => id.to_string(),
            _ => return Err(Refusal::Malformed),
        };
        let (sub_type, role) = self.subject_type(claims);
        Ok(Claims {
            iss: iss.to_owned(),
            aud: project.client_id.clone(),
            sub: id,
            sub_type,
            purpose: Purpose::Access,
            iat,
            // The later of the two decides from when on it is valid.
            iat_ms: iat.max(number("nbf").unwrap_or(iat)).saturating_mul(SECOND),
            exp,
            jti: find(claims, "jti").and_then(Value::as_str).unwrap_or_default().to_owned(),
            site_id: project.site_id.clone(),
            instance_id: project.instance_id.clone(),
            sid: None,
            generation: None,
            role,
        })
    }

    fn subject_type(&self, claims: &Value) -> (SubjectType, Option<Role>) {
        let value = self.type_claim.as_deref().and_then(|claim| find(claims, claim));
        let has = |wanted: &str| match value {
            Some(Value::Array(list)) => list.iter().any(|value| value == wanted),
            Some(value) => value == wanted,
            None => false,
        };
        let mapped = self.types.iter().find(|(name, _, _)| has(name));
        mapped.map_or((self.subject, None), |(_, kind, role)| (*kind, *role))
    }
}

/// The value of a claim: its whole name first, since names with dots in them are common (addresses), else a path.
fn find<'a>(claims: &'a Value, name: &str) -> Option<&'a Value> {
    claims.get(name).or_else(|| name.split('.').try_fold(claims, |value, part| value.get(part)))
}
