//! `[[identity.issuer]]`: who else issues tokens, and what their claims mean here.
//!
//! ```toml
//! [[identity.issuer]]
//! issuer = "https://login.example.com/"
//! audience = "shop-api"
//! jwks = "https://login.example.com/.well-known/jwks.json"   # or: key = "login.pem"
//! id = "sub"
//! subject = "member"
//! type_claim = "realm_access.roles"
//! types = { owner = "user:admin", editor = "user:cms-editor" }
//! ```

use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};
use transom_identity::{ClaimsMapping, IssuerKeys, IssuerSettings, Role, SubjectType};

/// Where the tables are.
pub(super) const PATH: &str = "identity.issuer";

/// Keys of such a table with their meaning, for the reference page and for what is said about an unknown one.
pub(crate) const ISSUER_KEYS: &[(&str, &str)] = &[
    ("issuer", "Name of the issuer, as in the claim `iss`"),
    ("audience", "What its tokens must have in `aud`"),
    ("jwks", "Address of its key set"),
    ("key", "File with its public key in PEM, in place of `jwks`"),
    ("id", "Claim with the subject's id; `sub` unless given"),
    ("subject", "What its subjects are: `\"member\"` unless given, `\"user\"`, or `\"visitor\"`"),
    ("type_claim", "Claim that decides otherwise; dots lead into objects"),
    ("types", "Values of that claim, and what the subject then is: `{ owner = \"user:admin\" }`"),
];

/// What is wrong, and where.
pub(super) type Wrong = (String, std::ops::Range<usize>);

/// Reads the list of issuers.
///
/// # Errors
/// The first thing that is wrong in it.
pub(super) fn parse(
    value: &Spanned<DeValue<'_>>,
    folder: &Path,
) -> Result<Vec<IssuerSettings>, Wrong> {
    let DeValue::Array(tables) = value.get_ref() else {
        return Err((
            format!("`{PATH}` must be a list of tables; begin each with `[[{PATH}]]`"),
            value.span(),
        ));
    };
    tables.iter().map(|table| issuer(table, folder)).collect()
}

fn issuer(value: &Spanned<DeValue<'_>>, folder: &Path) -> Result<IssuerSettings, Wrong> {
    let DeValue::Table(table) = value.get_ref() else {
        return Err((format!("an entry of `{PATH}` must be a table"), value.span()));
    };
    for name in table.keys() {
        if !ISSUER_KEYS.iter().any(|(known, _)| known == name.get_ref()) {
            let known: Vec<&str> = ISSUER_KEYS.iter().map(|(name, _)| *name).collect();
            let message = format!(
                "unknown key `{}` in `[[{PATH}]]`; known here: `{}`",
                name.get_ref(),
                known.join("`, `")
            );
            return Err((message, name.span()));
        }
    }
    let required = |name: &str| {
        text(table, name)?
            .ok_or_else(|| (format!("`{name}` is missing in `[[{PATH}]]`"), value.span()))
    };
    let keys = match (text(table, "jwks")?, text(table, "key")?) {
        (Some(url), None) if url.starts_with("https://") || is_loopback(&url) => {
            IssuerKeys::Jwks(url)
        }
        (Some(url), None) => {
            return Err((
                format!("`jwks` is `{url}`, which is no `https://` address"),
                value.span(),
            ));
        }
        (None, Some(file)) => {
            let pem = std::fs::read_to_string(folder.join(&file)).map_err(|error| {
                (format!("the key `{file}` cannot be read: {error}"), value.span())
            })?;
            IssuerKeys::Pem(pem)
        }
        _ => {
            return Err((
                format!("`[[{PATH}]]` needs `jwks` or `key`, and not both"),
                value.span(),
            ));
        }
    };
    let subject = match text(table, "subject")? {
        None => SubjectType::Member,
        Some(word) => subject(&word).map_err(|what| (what, value.span()))?.0,
    };
    Ok(IssuerSettings {
        issuer: required("issuer")?,
        audience: required("audience")?,
        keys,
        claims: ClaimsMapping {
            id: text(table, "id")?.unwrap_or_else(|| "sub".to_owned()),
            subject,
            type_claim: text(table, "type_claim")?,
            types: types(table)?,
        },
    })
}

fn types(table: &DeTable<'_>) -> Result<Vec<(String, SubjectType, Option<Role>)>, Wrong> {
    let Some(value) = table.get("types") else { return Ok(Vec::new()) };
    let DeValue::Table(types) = value.get_ref() else {
        return Err((
            "`types` must be a table such as `{ owner = \"user\" }`".to_owned(),
            value.span(),
        ));
    };
    let mut list = Vec::new();
    for (name, value) in types {
        let DeValue::String(word) = value.get_ref() else {
            return Err(("write a text in quotes".to_owned(), value.span()));
        };
        let (kind, role) = subject(word).map_err(|what| (what, value.span()))?;
        list.push((name.get_ref().to_string(), kind, role));
    }
    Ok(list)
}

/// `member`, `visitor`, `user` or `user:ROLE`. The app is nobody that logs in elsewhere.
fn subject(word: &str) -> Result<(SubjectType, Option<Role>), String> {
    let (kind, role) = match word.split_once(':') {
        Some((kind, role)) => (kind, Some(role)),
        None => (word, None),
    };
    let complaint = || {
        format!("`{word}` is not `member`, `visitor`, `user`, `user:cms-editor` or `user:admin`")
    };
    let kind: SubjectType = kind.parse().map_err(|_| complaint())?;
    let role = role.map(str::parse).transpose().map_err(|_| complaint())?;
    let is_possible = match kind {
        SubjectType::User => true,
        SubjectType::Member | SubjectType::Visitor => role.is_none(),
        SubjectType::App | SubjectType::Unknown => false,
    };
    if is_possible { Ok((kind, role)) } else { Err(complaint()) }
}

fn text(table: &DeTable<'_>, name: &str) -> Result<Option<String>, Wrong> {
    match table.get(name) {
        None => Ok(None),
        Some(value) => match value.get_ref() {
            DeValue::String(text) if !text.is_empty() => Ok(Some(text.to_string())),
            _ => Err((format!("`{name}` must be a text in quotes"), value.span())),
        },
    }
}

/// Keys may come over plain HTTP only where nobody can change them on the way.
pub(super) fn is_loopback(url: &str) -> bool {
    ["http://127.0.0.1:", "http://localhost:", "http://[::1]:"]
        .iter()
        .any(|start| url.starts_with(start))
}
