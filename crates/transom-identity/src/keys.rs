//! The keys that sign: made on the first start, kept in the store, replaced in time. The one before goes on to verify
//! until no token that it signed can be valid any more.
//!
//! Invariant: a key is used only for the algorithm that it was made for, and is found by its id in memory alone.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::Ed25519KeyPair;
use jsonwebtoken::jwk::{Jwk, JwkSet, PublicKeyUse};
use jsonwebtoken::{DecodingKey, EncodingKey};
use transom_store::{Batch, Row, Statement, Store};

use crate::clock::{SECOND, milliseconds};
use crate::{Algorithm, Clock, IdentityError, Settings};

/// How long a new key is only published before it signs, so that every instance knows it by then.
const PUBLISH_MS: i64 = 30 * SECOND;

/// A key pair.
pub(crate) struct KeyPair {
    pub(crate) kid: String,
    pub(crate) algorithm: jsonwebtoken::Algorithm,
    pub(crate) signing: EncodingKey,
    pub(crate) verifying: DecodingKey,
    public: Jwk,
    active_from: i64,
}

/// The keys of a moment.
#[derive(Default)]
pub(crate) struct KeyRing {
    pairs: HashMap<String, Arc<KeyPair>>,
}

impl KeyRing {
    /// The key with this id.
    pub(crate) fn find(&self, kid: &str) -> Option<&Arc<KeyPair>> {
        self.pairs.get(kid)
    }

    /// The key that signs at this time.
    pub(crate) fn signing(&self, now: i64) -> Option<&Arc<KeyPair>> {
        let by_age = |pair: &&Arc<KeyPair>| (pair.active_from, pair.kid.clone());
        let active = self.pairs.values().filter(|pair| pair.active_from <= now);
        // Right after a clock was turned back there may be none.
        active.max_by_key(by_age).or_else(|| self.pairs.values().min_by_key(by_age))
    }

    /// The public halves. Spec: RFC 7517.
    pub(crate) fn public(&self) -> JwkSet {
        let mut pairs: Vec<&Arc<KeyPair>> = self.pairs.values().collect();
        pairs.sort_by_key(|pair| (std::cmp::Reverse(pair.active_from), pair.kid.clone()));
        JwkSet { keys: pairs.into_iter().map(|pair| pair.public.clone()).collect() }
    }
}

/// The keys of the project, as the store has them.
pub(crate) struct Keys {
    ring: RwLock<Arc<KeyRing>>,
    store: Store,
    clock: Clock,
    algorithm: Algorithm,
    sign_for_ms: i64,
    verify_for_ms: i64,
}

impl Keys {
    /// Reads the keys, after making the first one where there is none.
    pub(crate) async fn load(
        store: &Store,
        clock: &Clock,
        settings: &Settings,
    ) -> Result<Self, IdentityError> {
        let lifetimes = &settings.lifetimes;
        let longest = lifetimes.session.max(lifetimes.access) + settings.clock_skew;
        let keys = Self {
            ring: RwLock::default(),
            store: store.clone(),
            clock: clock.clone(),
            algorithm: settings.algorithm,
            sign_for_ms: milliseconds(lifetimes.key),
            verify_for_ms: milliseconds(longest),
        };
        keys.follow().await?;
        if keys.ring().pairs.is_empty() {
            keys.add_first(clock.now_ms()).await?;
        }
        Ok(keys)
    }

    /// The keys of now.
    pub(crate) fn ring(&self) -> Arc<KeyRing> {
        Arc::clone(&self.ring.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes over what other instances have added or removed.
    pub(crate) async fn follow(&self) -> Result<(), IdentityError> {
        let all = "SELECT kid, algorithm, private_pem, active_from FROM transom_key";
        let rows = self.store.read(Statement::new(all)).await?;
        let old = self.ring();
        let mut pairs = HashMap::with_capacity(rows.len());
        for row in &rows {
            let kid = row.text(0)?;
            let pair = match old.find(kid) {
                Some(pair) => Arc::clone(pair),
                None => Arc::new(read(row)?),
            };
            pairs.insert(kid.to_owned(), pair);
        }
        if pairs.len() != old.pairs.len() || pairs.keys().any(|kid| old.find(kid).is_none()) {
            *self.ring.write().unwrap_or_else(PoisonError::into_inner) =
                Arc::new(KeyRing { pairs });
        }
        Ok(())
    }

    /// Adds a key when the one that signs has done so for long enough, or signs with another algorithm than is wanted;
    /// removes keys whose tokens have all expired.
    pub(crate) async fn rotate_when_due(&self) -> Result<(), IdentityError> {
        let now = self.clock.now_ms();
        let ring = self.ring();
        let newest = ring.pairs.values().max_by_key(|pair| pair.active_from);
        let is_due = newest.is_none_or(|newest| {
            newest.algorithm != wire(self.algorithm) || newest.active_from + self.sign_for_ms <= now
        });
        if is_due {
            self.rotate().await?;
        }
        // A key stops signing when its successor begins to.
        let cutoff = now - self.verify_for_ms;
        let remove = "DELETE FROM transom_key WHERE active_from < $1 AND EXISTS (\
            SELECT 1 FROM transom_key later WHERE later.active_from > transom_key.active_from \
            AND later.active_from < $1)";
        if ring.pairs.len() > 1 {
            self.store.write(Statement::new(remove).bind(cutoff).into()).await?;
            self.follow().await?;
        }
        Ok(())
    }

    /// Adds a key, which signs as soon as every instance knows it.
    pub(crate) async fn rotate(&self) -> Result<(), IdentityError> {
        self.add(self.clock.now_ms() + PUBLISH_MS).await
    }

    async fn add(&self, active_from: i64) -> Result<(), IdentityError> {
        let put = "INSERT INTO transom_key (kid, algorithm, private_pem, active_from) VALUES ($1, $2, $3, $4)";
        let (_, put) = self.made(put, active_from).await?;
        self.store.write(put.into()).await?;
        self.follow().await
    }

    /// Adds the project's first key. Of instances that do so at the same moment one succeeds, and all sign with its key:
    /// a key that the others do not know yet must not sign.
    async fn add_first(&self, active_from: i64) -> Result<(), IdentityError> {
        let claim = "INSERT INTO transom_project (name, value) VALUES ('first_key', $1) ON CONFLICT (name) DO NOTHING";
        let put = "INSERT INTO transom_key (kid, algorithm, private_pem, active_from) \
            SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS BIGINT) WHERE EXISTS (\
            SELECT 1 FROM transom_project WHERE name = 'first_key' AND value = $1)";
        let (kid, put) = self.made(put, active_from).await?;
        self.store.write(Batch::new().run(Statement::new(claim).bind(kid)).run(put)).await?;
        self.follow().await?;
        if self.ring().pairs.is_empty() {
            // The first key is gone: the table was emptied by hand.
            self.add(active_from).await?;
        }
        Ok(())
    }

    /// A new key's id, and the statement that puts id, algorithm, key and time where `sql` says.
    async fn made(
        &self,
        sql: &'static str,
        active_from: i64,
    ) -> Result<(String, Statement), IdentityError> {
        let algorithm = self.algorithm;
        // An RSA key takes a while to make.
        let pem = tokio::task::spawn_blocking(move || generate(algorithm))
            .await
            .map_err(|error| IdentityError::Key(error.to_string()))??;
        let kid = uuid::Uuid::new_v4().simple().to_string();
        let put = Statement::new(sql).bind(kid.clone()).bind(algorithm.as_str());
        Ok((kid, put.bind(pem).bind(active_from)))
    }
}

fn wire(algorithm: Algorithm) -> jsonwebtoken::Algorithm {
    match algorithm {
        Algorithm::EdDsa => jsonwebtoken::Algorithm::EdDSA,
        Algorithm::Rs256 => jsonwebtoken::Algorithm::RS256,
    }
}

/// A new private key, PKCS #8 in PEM.
fn generate(algorithm: Algorithm) -> Result<String, IdentityError> {
    let failed = |_| IdentityError::Key("the system could not make one".to_owned());
    let der = match algorithm {
        Algorithm::EdDsa => Ed25519KeyPair::generate_pkcs8v1(&SystemRandom::new())
            .map_err(failed)?
            .as_ref()
            .to_vec(),
        Algorithm::Rs256 => {
            let pair = aws_lc_rs::rsa::KeyPair::generate(KeySize::Rsa2048).map_err(failed)?;
            AsDer::<aws_lc_rs::encoding::Pkcs8V1Der<'_>>::as_der(&pair)
                .map_err(failed)?
                .as_ref()
                .to_vec()
        }
    };
    Ok(pem::encode(&pem::Pem::new("PRIVATE KEY", der)))
}

fn read(row: &Row) -> Result<KeyPair, IdentityError> {
    let failed = |error: jsonwebtoken::errors::Error| IdentityError::Key(error.to_string());
    let (kid, pem) = (row.text(0)?.to_owned(), row.text(2)?.as_bytes());
    let (algorithm, signing) = match row.text(1)? {
        "EdDSA" => (Algorithm::EdDsa, EncodingKey::from_ed_pem(pem).map_err(failed)?),
        "RS256" => (Algorithm::Rs256, EncodingKey::from_rsa_pem(pem).map_err(failed)?),
        other => return Err(IdentityError::Key(format!("its algorithm `{other}` is unknown"))),
    };
    let algorithm = wire(algorithm);
    let mut public = Jwk::from_encoding_key(&signing, algorithm).map_err(failed)?;
    public.common.key_id = Some(kid.clone());
    public.common.public_key_use = Some(PublicKeyUse::Signature);
    let verifying = DecodingKey::from_jwk(&public).map_err(failed)?;
    Ok(KeyPair { kid, algorithm, signing, verifying, public, active_from: row.integer(3)? })
}
