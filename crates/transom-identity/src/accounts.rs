//! Members of the site and its staff: people with an e-mail address and a password.

use transom_store::{Batch, Row, Statement, Store, StoreError};

use crate::passwords::Passwords;
use crate::{IdentityError, Role, Subject, SubjectType};

/// Longest address. RFC 5321, section 4.5.3.1.3.
const LONGEST_ADDRESS: usize = 254;

/// The two kinds of people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountKind {
    /// A member of the site.
    Member,
    /// One of the site's staff.
    User,
}

impl AccountKind {
    /// What such people are to a handler.
    #[must_use]
    pub fn subject_type(self) -> SubjectType {
        match self {
            Self::Member => SubjectType::Member,
            Self::User => SubjectType::User,
        }
    }

    fn as_str(self) -> &'static str {
        self.subject_type().as_str()
    }
}

/// An account, without its password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Member or staff.
    pub kind: AccountKind,
    /// Id of the subject.
    pub id: String,
    /// Address, in lower case.
    pub email: String,
    /// What staff may do.
    pub role: Option<Role>,
    /// When it was made, in milliseconds since 1970.
    pub created_ms: i64,
    /// Whether it may log in.
    pub enabled: bool,
}

impl Account {
    /// Who this is to a handler.
    #[must_use]
    pub fn subject(&self) -> Subject {
        Subject::new(self.kind.subject_type(), self.id.clone())
    }
}

/// An account to be made.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// Member or staff.
    pub kind: AccountKind,
    /// Id of the subject; a random one when there is none.
    pub id: Option<String>,
    /// Address.
    pub email: String,
    /// Password.
    pub password: String,
    /// What staff may do.
    pub role: Option<Role>,
}

/// The accounts of a project.
pub(crate) struct Accounts {
    store: Store,
    passwords: Passwords,
}

const COLUMNS: &str = "id, email, role, created, disabled";

impl Accounts {
    pub(crate) fn new(store: &Store, passwords: Passwords) -> Self {
        Self { store: store.clone(), passwords }
    }

    /// Makes an account.
    pub(crate) async fn add(&self, new: NewAccount, now: i64) -> Result<Account, IdentityError> {
        let email = address(&new.email)?;
        let password = self.passwords.hash(&new.password).await?;
        let id = new.id.unwrap_or_else(|| uuid::Uuid::new_v4().to_string());
        if id.is_empty() || id.len() > 128 || id.chars().any(char::is_control) {
            return Err(IdentityError::Invalid(
                "an id has 1 to 128 bytes without control characters".to_owned(),
            ));
        }
        let put = "INSERT INTO transom_account (kind, id, email, password, role, created) \
            VALUES ($1, $2, $3, $4, $5, $6)";
        let put = Statement::new(put)
            .bind(new.kind.as_str())
            .bind(id.as_str())
            .bind(email.as_str())
            .bind(password)
            .bind(new.role.map(Role::as_str))
            .bind(now);
        match self.store.write(put.into()).await {
            Ok(_) => Ok(Account {
                kind: new.kind,
                id,
                email,
                role: new.role,
                created_ms: now,
                enabled: true,
            }),
            Err(StoreError::Conflict { .. }) => Err(IdentityError::Taken(email)),
            Err(error) => Err(error.into()),
        }
    }

    /// All accounts of a kind, oldest first.
    pub(crate) async fn list(&self, kind: AccountKind) -> Result<Vec<Account>, IdentityError> {
        let all =
            format!("SELECT {COLUMNS} FROM transom_account WHERE kind = $1 ORDER BY created, id");
        let rows = self.store.read(Statement::new(all).bind(kind.as_str())).await?;
        rows.iter().map(|row| read(kind, row)).collect()
    }

    /// The account with this id or address.
    pub(crate) async fn find(
        &self,
        kind: AccountKind,
        name: &str,
    ) -> Result<Account, IdentityError> {
        let find = format!(
            "SELECT {COLUMNS} FROM transom_account WHERE kind = $1 AND (id = $2 OR email = $3)"
        );
        let find = Statement::new(find).bind(kind.as_str()).bind(name).bind(name.to_lowercase());
        let rows = self.store.read(find).await?;
        let row = rows.first().ok_or_else(|| IdentityError::NoAccount(name.to_owned()))?;
        read(kind, row)
    }

    /// The statement that keeps an account from logging in.
    pub(crate) fn disabling(account: &Account, now: i64) -> Statement {
        let set = "UPDATE transom_account SET disabled = $3 WHERE kind = $1 AND id = $2";
        Statement::new(set).bind(account.kind.as_str()).bind(account.id.as_str()).bind(now)
    }

    /// The batch that gives an account another password.
    pub(crate) async fn changing_password(
        &self,
        account: &Account,
        password: &str,
    ) -> Result<Batch, IdentityError> {
        let hash = self.passwords.hash(password).await?;
        let set = "UPDATE transom_account SET password = $3 WHERE kind = $1 AND id = $2";
        let set =
            Statement::new(set).bind(account.kind.as_str()).bind(account.id.as_str()).bind(hash);
        Ok(Batch::new().require(1, set))
    }

    /// The account that these credentials belong to. An unknown address takes as long as a wrong password.
    pub(crate) async fn check(
        &self,
        kind: AccountKind,
        email: &str,
        password: &str,
    ) -> Result<Account, IdentityError> {
        let find = format!(
            "SELECT {COLUMNS}, password FROM transom_account WHERE kind = $1 AND email = $2"
        );
        // Text that is no address is looked for all the same, and not found; the store has no NUL in text.
        let email = if email.contains('\0') { String::new() } else { email.trim().to_lowercase() };
        let rows = self.store.read(Statement::new(find).bind(kind.as_str()).bind(email)).await?;
        let hash = rows.first().map(|row| row.text(5)).transpose()?;
        let matches = self.passwords.verify(password, hash).await?;
        let account = rows.first().map(|row| read(kind, row)).transpose()?;
        account.filter(|account| matches && account.enabled).ok_or(IdentityError::Credentials)
    }
}

fn read(kind: AccountKind, row: &Row) -> Result<Account, IdentityError> {
    Ok(Account {
        kind,
        id: row.text(0)?.to_owned(),
        email: row.text(1)?.to_owned(),
        role: row.optional_text(2)?.and_then(|role| role.parse().ok()),
        created_ms: row.integer(3)?,
        enabled: row.optional_integer(4)?.is_none(),
    })
}

/// An address in the form in which it is kept. Whether somebody reads it only a message to it can tell.
fn address(text: &str) -> Result<String, IdentityError> {
    let address = text.trim().to_lowercase();
    let is_address = address.len() <= LONGEST_ADDRESS
        && !address.contains(|letter: char| letter.is_whitespace() || letter.is_control())
        && address.split_once('@').is_some_and(|(name, host)| {
            !name.is_empty() && !host.is_empty() && !host.contains('@')
        });
    if is_address {
        return Ok(address);
    }
    Err(IdentityError::Invalid(format!("`{}` is no e-mail address", text.escape_debug())))
}
