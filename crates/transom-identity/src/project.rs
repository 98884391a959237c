//! What names the project and its app: ids that are made on the first start and stay.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq;
use transom_store::{Batch, Statement, Store};

use crate::{IdentityError, Settings};

/// Ids and credentials of the project.
#[derive(Clone)]
pub(crate) struct Project {
    /// Who issues the tokens; differs between projects.
    pub(crate) issuer: String,
    /// Id of the OAuth client, which is also the id of the app.
    pub(crate) client_id: String,
    /// The site.
    pub(crate) site_id: String,
    /// The app on the site.
    pub(crate) instance_id: String,
    client_secret: String,
}

impl Project {
    /// Reads the ids, after making those that are missing.
    pub(crate) async fn load(store: &Store, settings: &Settings) -> Result<Self, IdentityError> {
        let uuid = || uuid::Uuid::new_v4().to_string();
        let made = [
            ("client_id", uuid()),
            ("site_id", uuid()),
            ("instance_id", uuid()),
            ("client_secret", random_text()),
        ];
        let keep = "INSERT INTO transom_project (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
        let batch = made.into_iter().fold(Batch::new(), |batch, (name, value)| {
            batch.run(Statement::new(keep).bind(name).bind(value))
        });
        store.write(batch).await?;
        let rows = store.read(Statement::new("SELECT name, value FROM transom_project")).await?;
        let value = |name: &str| {
            rows.iter()
                .find(|row| row.text(0) == Ok(name))
                .and_then(|row| row.text(1).ok())
                .map(str::to_owned)
                .ok_or_else(|| IdentityError::Invalid(format!("the store has no `{name}`")))
        };
        let site_id = value("site_id")?;
        let or_stored =
            |given: &Option<String>, name| given.clone().map_or_else(|| value(name), Ok);
        Ok(Self {
            issuer: format!("transom:{site_id}"),
            client_id: or_stored(&settings.client_id, "client_id")?,
            instance_id: or_stored(&settings.instance_id, "instance_id")?,
            client_secret: match &settings.client_secret {
                Some(secret) => secret.reveal().to_owned(),
                None => value("client_secret")?,
            },
            site_id,
        })
    }

    /// Whether this is the app's secret; takes equally long whatever is wrong with it.
    pub(crate) fn is_secret(&self, given: &str) -> bool {
        self.client_secret.as_bytes().ct_eq(given.as_bytes()).into()
    }

    /// The app's secret, for whoever may see the store anyway.
    pub(crate) fn client_secret(&self) -> &str {
        &self.client_secret
    }
}

impl fmt::Debug for Project {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Project").field("client_id", &self.client_id).finish_non_exhaustive()
    }
}

/// 256 bits that nobody can guess, as text that fits into addresses.
pub(crate) fn random_text() -> String {
    let mut bytes = [0; 32];
    // The system's generator fails only where nothing secret can be made at all.
    aws_lc_rs::rand::fill(&mut bytes).expect("the system gives random bytes");
    URL_SAFE_NO_PAD.encode(bytes)
}
