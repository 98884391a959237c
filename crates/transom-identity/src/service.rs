//! The identity service of a project: what the parts of this crate do together.

use std::sync::{Arc, Weak};
use std::time::Duration;

use jsonwebtoken::jwk::JwkSet;
use transom_store::{Batch, Store};

use crate::accounts::Accounts;
use crate::clock::{SECOND, milliseconds};
use crate::codes::{Codes, Exchange};
use crate::issuers::Issuers;
use crate::keys::Keys;
use crate::passwords::Passwords;
use crate::project::Project;
use crate::revocations::Revocations;
use crate::sessions::{Session, Sessions};
use crate::tokens::{Parts, Tokens};
use crate::{
    Account, AccountKind, Claims, Clock, Fetch, IdentityError, NewAccount, Purpose, Refusal, Role,
    Settings, Subject, SubjectType, TokenInfo,
};

/// How often an instance looks for what others have revoked, and for new keys.
pub const FOLLOW_EVERY: Duration = Duration::from_secs(2);
/// How long one call may take, in seconds.
const ONE_CALL: i64 = 60;
/// How often expired rows are removed and keys are replaced that are due.
const MAINTAIN_EVERY: Duration = Duration::from_secs(60 * 60);

/// The service. Copies are handles on the same one.
#[derive(Clone)]
pub struct Identity {
    inner: Arc<Inner>,
}

struct Inner {
    project: Arc<Project>,
    keys: Arc<Keys>,
    tokens: Tokens,
    revocations: Arc<Revocations>,
    issuers: Arc<Issuers>,
    accounts: Accounts,
    sessions: Sessions,
    codes: Codes,
    clock: Clock,
    settings: Settings,
}

/// Tokens that have just been issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issued {
    /// Says who is calling.
    pub access_token: String,
    /// Gets the next tokens; the app gets none, because it has its secret.
    pub refresh_token: Option<String>,
    /// Seconds until the access token expires.
    pub expires_in: i64,
}

impl Identity {
    /// Opens the service on a store that has [`crate::SCHEMA`].
    ///
    /// # Errors
    /// [`IdentityError`] when the store fails or a key cannot be used.
    pub async fn open(
        store: Store,
        settings: Settings,
        clock: Clock,
        fetch: Option<Arc<dyn Fetch>>,
    ) -> Result<Self, IdentityError> {
        let project = Arc::new(Project::load(&store, &settings).await?);
        let keys = Arc::new(Keys::load(&store, &clock, &settings).await?);
        let revocations = Arc::new(Revocations::load(&store, clock.now_ms()).await?);
        let issuers = Arc::new(Issuers::new(&settings.issuers, fetch)?);
        let parts = Parts {
            keys: Arc::clone(&keys),
            project: Arc::clone(&project),
            revocations: Arc::clone(&revocations),
            issuers: Arc::clone(&issuers),
            clock: clock.clone(),
        };
        let session_ms = milliseconds(settings.lifetimes.session);
        let inner = Inner {
            tokens: Tokens::new(parts, &settings),
            accounts: Accounts::new(&store, Passwords::start(settings.password_queue)?),
            sessions: Sessions::new(&store, &revocations, session_ms),
            codes: Codes::new(&store, milliseconds(settings.lifetimes.code)),
            project,
            keys,
            revocations,
            issuers,
            clock,
            settings,
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Follows other instances on a thread of its own, until the last handle is gone.
    ///
    /// # Errors
    /// [`IdentityError`] when the thread cannot be started.
    pub fn follow_in_background(&self) -> Result<(), IdentityError> {
        let failed = |error: std::io::Error| IdentityError::Invalid(error.to_string());
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_time().build().map_err(failed)?;
        let inner = Arc::downgrade(&self.inner);
        std::thread::Builder::new()
            .name("transom-identity".to_owned())
            .spawn(move || {
                runtime.block_on(async { tokio::join!(follow(&inner), follow_issuers(&inner)) })
            })
            .map_err(failed)?;
        Ok(())
    }

    /// Takes over what other instances have changed: revocations and keys.
    ///
    /// # Errors
    /// [`IdentityError::Store`].
    pub async fn follow(&self) -> Result<(), IdentityError> {
        self.inner.revocations.follow(self.now()).await?;
        self.inner.keys.follow().await
    }

    /// Fetches the key sets of other issuers that are due. Their servers may take their time, so nothing else waits
    /// for this.
    pub async fn follow_issuers(&self) {
        self.inner.issuers.follow(self.now()).await;
    }

    /// Replaces keys that are due and removes rows whose time is over.
    ///
    /// # Errors
    /// [`IdentityError::Store`].
    pub async fn maintain(&self) -> Result<(), IdentityError> {
        let now = self.now();
        self.inner.keys.rotate_when_due().await?;
        self.inner.revocations.purge(now).await?;
        // A code that was used is remembered as long as what came of it may be in use.
        let session = milliseconds(self.inner.settings.lifetimes.session);
        self.inner.codes.purge(now - session).await?;
        self.inner.sessions.purge(now).await
    }

    /// Adds a signing key now, which signs as soon as every instance knows it.
    ///
    /// # Errors
    /// [`IdentityError::Store`].
    pub async fn rotate_keys(&self) -> Result<(), IdentityError> {
        self.inner.keys.rotate().await
    }

    /// The public keys. Spec: RFC 7517.
    #[must_use]
    pub fn key_set(&self) -> JwkSet {
        self.inner.keys.ring().public()
    }

    /// Id of the project's client, which is the app's id.
    #[must_use]
    pub fn client_id(&self) -> &str {
        &self.inner.project.client_id
    }

    /// The app's secret.
    #[must_use]
    pub fn client_secret(&self) -> &str {
        self.inner.project.client_secret()
    }

    /// Id of the app's instance on the site.
    #[must_use]
    pub fn instance_id(&self) -> &str {
        &self.inner.project.instance_id
    }

    /// The settings that it runs with.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.inner.settings
    }

    /// Whether these are the app's credentials.
    #[must_use]
    pub fn is_app(&self, client_id: &str, secret: &str) -> bool {
        let is_secret = self.inner.project.is_secret(secret);
        is_secret && client_id == self.client_id()
    }

    /// Whether this is the app's secret.
    #[must_use]
    pub fn is_app_secret(&self, secret: &str) -> bool {
        self.inner.project.is_secret(secret)
    }

    /// Verifies an access token without asking anybody.
    ///
    /// # Errors
    /// The [`Refusal`].
    pub fn verify(&self, token: &str) -> Result<Arc<Claims>, Refusal> {
        self.inner.tokens.verify(token, Purpose::Access)
    }

    /// As [`verify`](Self::verify); fetches the key set of another issuer when it lacks the token's key.
    ///
    /// # Errors
    /// The [`Refusal`].
    pub async fn verify_patiently(&self, token: &str) -> Result<Arc<Claims>, Refusal> {
        match self.verify(token) {
            Err(Refusal::Key) => {
                let issuer = crate::tokens::issuer_of(token).unwrap_or_default();
                self.inner.issuers.follow_one(&issuer, self.now()).await;
                self.verify(token)
            }
            verified => verified,
        }
    }

    /// What the service says about an access token, with or without `Bearer`.
    pub async fn token_info(&self, token: &str) -> TokenInfo {
        let token = crate::caller::bearer(token).unwrap_or_default();
        match self.verify_patiently(token).await {
            Ok(claims) => TokenInfo::of(&claims),
            Err(_) => TokenInfo::inactive(&self.inner.project.site_id),
        }
    }

    /// What the service says where a token is not accepted.
    #[must_use]
    pub fn inactive(&self) -> TokenInfo {
        TokenInfo::inactive(&self.inner.project.site_id)
    }

    /// An access token without a session, as for a command line; it cannot be renewed.
    ///
    /// # Errors
    /// [`IdentityError::Key`].
    pub fn issue(
        &self,
        subject: &Subject,
        role: Option<Role>,
        lifetime: Duration,
    ) -> Result<String, IdentityError> {
        let claims = self.claims(subject, role, Purpose::Access, lifetime);
        self.inner.tokens.sign(&claims)
    }

    /// Tokens for a visitor nobody has seen before. Nothing is stored.
    ///
    /// # Errors
    /// [`IdentityError::Key`].
    pub fn issue_anonymous(&self) -> Result<Issued, IdentityError> {
        self.issue_for(&Session::new(new_visitor(), None))
    }

    /// Tokens for the app itself.
    ///
    /// # Errors
    /// [`IdentityError::Key`].
    pub fn issue_for_app(&self) -> Result<Issued, IdentityError> {
        let lifetime = self.inner.settings.lifetimes.access;
        let subject = Subject::new(SubjectType::App, self.client_id());
        let access_token = self.issue(&subject, None, lifetime)?;
        Ok(Issued { access_token, refresh_token: None, expires_in: seconds(lifetime) })
    }

    /// An access token for the subject of another one, for calls that go on from a handler.
    ///
    /// # Errors
    /// [`IdentityError::Refused`] when the token is not accepted.
    pub async fn strip(&self, token: &str) -> Result<Issued, IdentityError> {
        let token = crate::caller::bearer(token).unwrap_or_default();
        let claims = self.verify_patiently(token).await?;
        self.issue_as(&claims)
    }

    /// An access token for the subject of these claims, which does not outlive them nor their session.
    ///
    /// # Errors
    /// [`IdentityError::Key`].
    pub fn issue_as(&self, claims: &Claims) -> Result<Issued, IdentityError> {
        let issued = self.on_behalf_of(claims);
        let expires_in = issued.exp - issued.iat;
        let access_token = self.inner.tokens.sign(&issued)?;
        Ok(Issued { access_token, refresh_token: None, expires_in })
    }

    /// The claims of such a token. In the time that the token in a cookie is accepted after its expiry, it lasts for
    /// one call.
    pub(crate) fn on_behalf_of(&self, claims: &Claims) -> Claims {
        let lifetime = self.inner.settings.lifetimes.access;
        let mut issued = self.claims(&claims.subject(), claims.role, Purpose::Access, lifetime);
        issued.sid.clone_from(&claims.sid);
        issued.exp = issued.exp.min(claims.exp.max(issued.iat + ONE_CALL));
        issued
    }

    /// The next tokens for a refresh token, which is void from now on.
    ///
    /// # Errors
    /// [`IdentityError::Refused`], also when the token was used before, which ends its session.
    pub async fn refresh(&self, token: &str) -> Result<Issued, IdentityError> {
        let claims = self.inner.tokens.verify(token, Purpose::Refresh)?;
        let session = self.inner.sessions.renew(&claims, self.now()).await?;
        self.issue_for(&session)
    }

    /// The account of a person who logs in.
    ///
    /// # Errors
    /// [`IdentityError::Credentials`], [`IdentityError::Busy`] or [`IdentityError::Store`].
    pub async fn check_password(
        &self,
        kind: AccountKind,
        email: &str,
        password: &str,
    ) -> Result<Account, IdentityError> {
        self.inner.accounts.check(kind, email, password).await
    }

    /// Begins a session for an account and returns the token for its cookie.
    ///
    /// # Errors
    /// [`IdentityError::Store`].
    pub async fn begin_session(&self, account: &Account) -> Result<String, IdentityError> {
        let session = Session::new(account.subject(), account.role);
        self.inner.sessions.begin(&session, self.now()).await?;
        self.inner.tokens.sign(&self.session_claims(&session))
    }

    /// A session token for a new visitor, and its claims. Nothing is stored.
    ///
    /// # Errors
    /// [`IdentityError::Key`].
    pub fn begin_visit(&self) -> Result<(String, Arc<Claims>), IdentityError> {
        let claims = self.session_claims(&Session::new(new_visitor(), None));
        self.inner.tokens.sign_and_remember(claims)
    }

    /// Ends the session that a token belongs to; for one that is not accepted there is nothing to do.
    ///
    /// # Errors
    /// [`IdentityError::Store`].
    pub async fn end_session(&self, claims: &Claims) -> Result<(), IdentityError> {
        match claims.sid.as_deref() {
            Some(id) => self.inner.sessions.end(id, self.now()).await,
            None => Ok(()),
        }
    }

    /// A code that gets tokens for the subject of `claims`, once, for whoever knows the challenge's verifier.
    ///
    /// # Errors
    /// [`IdentityError::Store`].
    pub async fn issue_code(
        &self,
        claims: &Claims,
        redirect_uri: &str,
        challenge: &str,
    ) -> Result<String, IdentityError> {
        let session = Session::new(claims.subject(), claims.role);
        let Inner { codes, sessions, .. } = &*self.inner;
        codes.issue(sessions, &session, redirect_uri, challenge, self.now()).await
    }

    /// The tokens for a code.
    ///
    /// # Errors
    /// [`IdentityError::Refused`] when the code, its address or the verifier is not accepted.
    pub async fn redeem_code(
        &self,
        code: &str,
        redirect_uri: &str,
        verifier: &str,
    ) -> Result<Issued, IdentityError> {
        let exchange = Exchange { code, redirect_uri, verifier };
        let Inner { codes, sessions, .. } = &*self.inner;
        let session = codes.redeem(sessions, exchange, self.now()).await?;
        self.issue_for(&session.ok_or(Refusal::Malformed)?)
    }

    /// Makes an account.
    ///
    /// # Errors
    /// [`IdentityError::Taken`], [`IdentityError::Invalid`] or [`IdentityError::Store`].
    pub async fn add_account(&self, new: NewAccount) -> Result<Account, IdentityError> {
        self.inner.accounts.add(new, self.now()).await
    }

    /// All accounts of a kind, oldest first.
    ///
    /// # Errors
    /// [`IdentityError::Store`].
    pub async fn accounts(&self, kind: AccountKind) -> Result<Vec<Account>, IdentityError> {
        self.inner.accounts.list(kind).await
    }

    /// Keeps an account, found by its id or address, from logging in, and ends its sessions.
    ///
    /// # Errors
    /// [`IdentityError::NoAccount`] or [`IdentityError::Store`].
    pub async fn disable_account(
        &self,
        kind: AccountKind,
        name: &str,
    ) -> Result<Account, IdentityError> {
        let account = self.inner.accounts.find(kind, name).await?;
        let now = self.now();
        let batch = Batch::from(Accounts::disabling(&account, now));
        self.inner.sessions.end_all(batch, &account.subject(), now).await?;
        Ok(Account { enabled: false, ..account })
    }

    /// Gives an account, found by its id or address, another password, and ends its sessions.
    ///
    /// # Errors
    /// [`IdentityError::NoAccount`], [`IdentityError::Invalid`] or [`IdentityError::Store`].
    pub async fn change_password(
        &self,
        kind: AccountKind,
        name: &str,
        password: &str,
    ) -> Result<Account, IdentityError> {
        let account = self.inner.accounts.find(kind, name).await?;
        let batch = self.inner.accounts.changing_password(&account, password).await?;
        self.inner.sessions.end_all(batch, &account.subject(), self.now()).await?;
        Ok(account)
    }

    /// An id that nobody has, for a subject without an account.
    #[must_use]
    pub fn new_id(&self) -> String {
        uuid::Uuid::new_v4().to_string()
    }

    pub(crate) fn tokens(&self) -> &Tokens {
        &self.inner.tokens
    }

    pub(crate) fn project(&self) -> &Project {
        &self.inner.project
    }

    fn now(&self) -> i64 {
        self.inner.clock.now_ms()
    }

    fn issue_for(&self, session: &Session) -> Result<Issued, IdentityError> {
        let lifetimes = &self.inner.settings.lifetimes;
        let claims = |purpose, lifetime, generation| Claims {
            sid: Some(session.id.clone()),
            generation,
            ..self.claims(&session.subject, session.role, purpose, lifetime)
        };
        let access = claims(Purpose::Access, lifetimes.access, None);
        let refresh = claims(Purpose::Refresh, lifetimes.session, Some(session.generation));
        Ok(Issued {
            access_token: self.inner.tokens.sign(&access)?,
            refresh_token: Some(self.inner.tokens.sign(&refresh)?),
            expires_in: seconds(lifetimes.access),
        })
    }

    fn session_claims(&self, session: &Session) -> Claims {
        let lifetime = self.inner.settings.lifetimes.session;
        let mut claims = self.claims(&session.subject, session.role, Purpose::Session, lifetime);
        claims.sid = Some(session.id.clone());
        claims
    }

    fn claims(
        &self,
        subject: &Subject,
        role: Option<Role>,
        purpose: Purpose,
        lifetime: Duration,
    ) -> Claims {
        let project = &self.inner.project;
        let now = self.now();
        Claims {
            iss: project.issuer.clone(),
            aud: project.client_id.clone(),
            sub: subject.id.clone(),
            sub_type: subject.kind,
            purpose,
            iat: now / SECOND,
            iat_ms: now,
            exp: now / SECOND + seconds(lifetime),
            jti: uuid::Uuid::new_v4().to_string(),
            site_id: project.site_id.clone(),
            instance_id: project.instance_id.clone(),
            sid: None,
            generation: None,
            role,
        }
    }
}

fn new_visitor() -> Subject {
    Subject::new(SubjectType::Visitor, uuid::Uuid::new_v4().to_string())
}

fn seconds(span: Duration) -> i64 {
    i64::try_from(span.as_secs()).unwrap_or(i64::MAX)
}

async fn follow_issuers(inner: &Weak<Inner>) {
    loop {
        tokio::time::sleep(FOLLOW_EVERY).await;
        let Some(inner) = inner.upgrade() else { return };
        inner.issuers.follow(inner.clock.now_ms()).await;
    }
}

/// Follows until the service is gone. A store that fails is asked again: until then everything that is known holds.
async fn follow(inner: &Weak<Inner>) {
    let mut maintained = tokio::time::Instant::now();
    loop {
        tokio::time::sleep(FOLLOW_EVERY).await;
        let Some(inner) = inner.upgrade() else { return };
        let identity = Identity { inner };
        drop(identity.follow().await);
        if maintained.elapsed() >= MAINTAIN_EVERY {
            maintained = tokio::time::Instant::now();
            drop(identity.maintain().await);
        }
    }
}
