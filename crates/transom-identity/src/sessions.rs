//! Sessions, which are the families of refresh tokens: each renewal makes the token before it void, and whoever comes
//! with a void one ends the session, because one of two holders has stolen it.
//!
//! A visitor's session takes a row only when it is first renewed, so that anonymous callers cost nothing.

use transom_store::{Batch, Row, Statement, Store, StoreError};

use crate::revocations::Revocations;
use crate::{Claims, IdentityError, Refusal, Role, Subject, SubjectType};

/// A session as tokens know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Session {
    pub(crate) id: String,
    pub(crate) subject: Subject,
    pub(crate) role: Option<Role>,
    /// Times that it has been renewed.
    pub(crate) generation: i64,
}

/// The sessions in the store.
pub(crate) struct Sessions {
    store: Store,
    revocations: std::sync::Arc<Revocations>,
    lifetime_ms: i64,
}

impl Session {
    /// A session that nobody has had before: an id that a client brings is never taken over.
    pub(crate) fn new(subject: Subject, role: Option<Role>) -> Self {
        Self { id: uuid::Uuid::new_v4().to_string(), subject, role, generation: 0 }
    }
}

impl Sessions {
    pub(crate) fn new(
        store: &Store,
        revocations: &std::sync::Arc<Revocations>,
        lifetime_ms: i64,
    ) -> Self {
        let revocations = std::sync::Arc::clone(revocations);
        Self { store: store.clone(), revocations, lifetime_ms }
    }

    /// The statement that keeps a new session.
    pub(crate) fn put(&self, session: &Session, now: i64) -> Statement {
        let put = "INSERT INTO transom_session (id, subject_type, subject_id, role, generation, expires) \
            VALUES ($1, $2, $3, $4, 0, $5)";
        Statement::new(put)
            .bind(session.id.as_str())
            .bind(session.subject.kind.as_str())
            .bind(session.subject.id.as_str())
            .bind(session.role.map(Role::as_str))
            .bind(now + self.lifetime_ms)
    }

    /// Keeps a new session.
    pub(crate) async fn begin(&self, session: &Session, now: i64) -> Result<(), IdentityError> {
        self.store.write(self.put(session, now).into()).await?;
        Ok(())
    }

    /// The session with this id, when it goes on.
    pub(crate) async fn find(&self, id: &str, now: i64) -> Result<Option<Session>, IdentityError> {
        let find = "SELECT id, subject_type, subject_id, role, generation FROM transom_session \
            WHERE id = $1 AND revoked IS NULL AND expires > $2";
        let rows = self.store.read(Statement::new(find).bind(id).bind(now)).await?;
        rows.first().map(read).transpose()
    }

    /// Renews the session that a verified refresh token belongs to.
    pub(crate) async fn renew(&self, claims: &Claims, now: i64) -> Result<Session, IdentityError> {
        let (Some(id), Some(generation)) = (claims.sid.as_deref(), claims.generation) else {
            return Err(Refusal::Malformed.into());
        };
        let is_unkept = claims.sub_type == SubjectType::Visitor && generation == 0;
        let statement = if is_unkept {
            let put = "INSERT INTO transom_session (id, subject_type, subject_id, generation, expires) \
                VALUES ($1, $2, $3, 1, $4) ON CONFLICT (id) DO NOTHING";
            Statement::new(put)
                .bind(id)
                .bind(claims.sub_type.as_str())
                .bind(claims.sub.as_str())
                .bind(now + self.lifetime_ms)
        } else {
            let set = "UPDATE transom_session SET generation = generation + 1, expires = $3 \
                WHERE id = $1 AND generation = $2 AND revoked IS NULL AND expires > $4";
            Statement::new(set).bind(id).bind(generation).bind(now + self.lifetime_ms).bind(now)
        };
        match self.store.write(Batch::new().require(1, statement)).await {
            Ok(_) => Ok(Session {
                id: id.to_owned(),
                subject: claims.subject(),
                role: claims.role,
                generation: generation + 1,
            }),
            Err(StoreError::Unmet { .. }) => {
                self.end(id, now).await?;
                Err(Refusal::Revoked.into())
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Ends a session: its tokens are refused here from now on, elsewhere within seconds.
    pub(crate) async fn end(&self, id: &str, now: i64) -> Result<(), IdentityError> {
        let expires = now + self.lifetime_ms;
        let set = "UPDATE transom_session SET revoked = $2 WHERE id = $1 AND revoked IS NULL";
        let batch = Batch::new()
            .run(Statement::new(set).bind(id).bind(now))
            .run(Revocations::of_session(id, now, expires));
        self.store.write(batch).await?;
        self.revocations.note_session(id, now, expires);
        Ok(())
    }

    /// Ends all sessions of a subject and makes void what was issued to it, after what else `batch` does.
    pub(crate) async fn end_all(
        &self,
        batch: Batch,
        subject: &Subject,
        now: i64,
    ) -> Result<(), IdentityError> {
        let expires = now + self.lifetime_ms;
        let set = "UPDATE transom_session SET revoked = $3 \
            WHERE subject_type = $1 AND subject_id = $2 AND revoked IS NULL";
        let set =
            Statement::new(set).bind(subject.kind.as_str()).bind(subject.id.as_str()).bind(now);
        let batch = batch.run(set).run(Revocations::of_subject(subject, now, expires));
        self.store.write(batch).await?;
        self.revocations.note_subject(subject, now, expires);
        Ok(())
    }

    /// Forgets sessions whose time is over.
    pub(crate) async fn purge(&self, now: i64) -> Result<(), IdentityError> {
        let delete = "DELETE FROM transom_session WHERE expires <= $1";
        self.store.write(Statement::new(delete).bind(now).into()).await?;
        Ok(())
    }
}

fn read(row: &Row) -> Result<Session, IdentityError> {
    let kind = row.text(1)?.parse().map_err(|_| {
        IdentityError::Invalid("a session of the store has an unknown subject type".to_owned())
    })?;
    Ok(Session {
        id: row.text(0)?.to_owned(),
        subject: Subject::new(kind, row.text(2)?),
        role: row.optional_text(3)?.and_then(|role| role.parse().ok()),
        generation: row.integer(4)?,
    })
}
