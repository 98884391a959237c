//! Authorization codes: given to a browser, exchanged once for tokens by whoever knows the verifier.
//! Spec: RFC 6749, section 4.1; RFC 7636, with `S256` alone.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq;
use transom_store::{Batch, Statement, Store};

use crate::IdentityError;
use crate::project::random_text;
use crate::sessions::{Session, Sessions};

/// The codes in the store, where only their hashes are.
pub(crate) struct Codes {
    store: Store,
    lifetime_ms: i64,
}

/// What a client brings to get tokens for a code.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Exchange<'a> {
    pub(crate) code: &'a str,
    pub(crate) redirect_uri: &'a str,
    pub(crate) verifier: &'a str,
}

impl Codes {
    pub(crate) fn new(store: &Store, lifetime_ms: i64) -> Self {
        Self { store: store.clone(), lifetime_ms }
    }

    /// A code for a new session, which is kept with it.
    pub(crate) async fn issue(
        &self,
        sessions: &Sessions,
        session: &Session,
        redirect_uri: &str,
        challenge: &str,
        now: i64,
    ) -> Result<String, IdentityError> {
        let code = random_text();
        let put = "INSERT INTO transom_code (hash, session, redirect_uri, challenge, expires) \
            VALUES ($1, $2, $3, $4, $5)";
        let put = Statement::new(put)
            .bind(sha256_text(&code))
            .bind(session.id.as_str())
            .bind(redirect_uri)
            .bind(challenge)
            .bind(now + self.lifetime_ms);
        self.store.write(Batch::new().run(sessions.put(session, now)).run(put)).await?;
        Ok(code)
    }

    /// The session of a code; `None` when the code is not accepted. Any attempt uses the code up, and a second one
    /// ends the session that came of the first. RFC 6749, section 4.1.2.
    pub(crate) async fn redeem(
        &self,
        sessions: &Sessions,
        exchange: Exchange<'_>,
        now: i64,
    ) -> Result<Option<Session>, IdentityError> {
        let hash = sha256_text(exchange.code);
        let take = "UPDATE transom_code SET used = $2 WHERE hash = $1 AND used IS NULL \
            RETURNING session, redirect_uri, challenge, expires";
        let take = Statement::new(take).bind(hash.as_str()).bind(now);
        let outcomes = self.store.write(take.into()).await?;
        let Some(row) = outcomes.first().and_then(|outcome| outcome.rows.first()) else {
            let find =
                Statement::new("SELECT session FROM transom_code WHERE hash = $1").bind(hash);
            if let Some(row) = self.store.read(find).await?.first() {
                sessions.end(row.text(0)?, now).await?;
            }
            return Ok(None);
        };
        let session = row.text(0)?;
        let proof = sha256_text(exchange.verifier);
        let is_holder: bool = proof.as_bytes().ct_eq(row.text(2)?.as_bytes()).into();
        if is_holder && row.text(1)? == exchange.redirect_uri && row.integer(3)? > now {
            return sessions.find(session, now).await;
        }
        sessions.end(session, now).await?;
        Ok(None)
    }

    /// Forgets codes that can neither be used nor betray a second use any more.
    pub(crate) async fn purge(&self, before: i64) -> Result<(), IdentityError> {
        let delete = "DELETE FROM transom_code WHERE expires <= $1";
        self.store.write(Statement::new(delete).bind(before).into()).await?;
        Ok(())
    }
}

/// SHA-256 in unpadded base64url, as a code challenge has it.
pub(crate) fn sha256_text(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, text.as_bytes()))
}

/// Whether this can be a challenge of the method `S256`.
pub(crate) fn is_challenge(text: &str) -> bool {
    URL_SAFE_NO_PAD.decode(text).is_ok_and(|bytes| bytes.len() == 32)
}
