//! What a project declares of its collections, as it stands in `[collections.<id>]`.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;

/// Who passes a permission. Each passes what stands above it, too. Spec: section 10.4.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Access {
    /// Everybody.
    Anyone,
    /// Members and the staff.
    SiteMember,
    /// Members, on their own items.
    SiteMemberAuthor,
    /// Those who edit content.
    CmsEditor,
    /// Those who administer the project.
    Privileged,
}

impl Access {
    /// The name in settings.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Anyone => "ANYONE",
            Self::SiteMember => "SITE_MEMBER",
            Self::SiteMemberAuthor => "SITE_MEMBER_AUTHOR",
            Self::CmsEditor => "CMS_EDITOR",
            Self::Privileged => "PRIVILEGED",
        }
    }
}

/// What is done to items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// `get`, `query` and all else that only looks.
    Read,
    /// Making items.
    Insert,
    /// Changing items.
    Update,
    /// Taking items away.
    Remove,
}

impl Action {
    pub(crate) fn verb(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Insert => "insert",
            Self::Update => "update",
            Self::Remove => "remove",
        }
    }
}

/// The level of each action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Permissions {
    /// Who reads items.
    pub read: Access,
    /// Who makes items.
    pub insert: Access,
    /// Who changes items.
    pub update: Access,
    /// Who takes items away.
    pub remove: Access,
}

impl Default for Permissions {
    fn default() -> Self {
        Self {
            read: Access::SiteMemberAuthor,
            insert: Access::CmsEditor,
            update: Access::CmsEditor,
            remove: Access::CmsEditor,
        }
    }
}

impl Permissions {
    /// The level of an action.
    #[must_use]
    pub fn level(&self, action: Action) -> Access {
        match action {
            Action::Read => self.read,
            Action::Insert => self.insert,
            Action::Update => self.update,
            Action::Remove => self.remove,
        }
    }
}

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldType {
    /// Anything: the same as no declaration, except for its constraints.
    Any,
    /// Text.
    Text,
    /// A number.
    Number,
    /// A whole number.
    Integer,
    /// `true` or `false`.
    Boolean,
    /// A point in time.
    Date,
    /// A list.
    Array,
    /// An object.
    Object,
    /// The id of an item, of the collection `to`.
    Reference,
    /// Any number of items of the collection `to`; kept beside the item, not in it.
    MultiReference,
}

impl FieldType {
    /// Whether a field of this type holds one value that can be compared, so that its index alone answers.
    pub(crate) fn is_scalar(self) -> bool {
        !matches!(self, Self::Any | Self::Array | Self::Object | Self::MultiReference)
    }

    /// The name in settings.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Text => "text",
            Self::Number => "number",
            Self::Integer => "integer",
            Self::Boolean => "boolean",
            Self::Date => "date",
            Self::Array => "array",
            Self::Object => "object",
            Self::Reference => "reference",
            Self::MultiReference => "multi_reference",
        }
    }
}

/// A declared field: its type alone, or a table with constraints.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(from = "FieldDeclaration")]
pub struct Field {
    /// What it holds.
    pub kind: FieldType,
    /// The collection that a reference leads to.
    pub to: Option<String>,
    /// Whether an item without it is refused.
    pub required: bool,
    /// Smallest number, or the fewest characters of a text, or elements of a list.
    pub min: Option<f64>,
    /// Largest number, or the most characters of a text, or elements of a list.
    pub max: Option<f64>,
    /// The only values that it takes.
    pub one_of: Vec<serde_json::Value>,
}

// JSON and TOML's `nan`, which would not be equal to itself, do not meet: it is no JSON.
impl Eq for Field {}

#[derive(Deserialize)]
#[serde(untagged)]
enum FieldDeclaration {
    Type(FieldType),
    Table(FieldTable),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FieldTable {
    r#type: FieldType,
    to: Option<String>,
    #[serde(default)]
    required: bool,
    min: Option<f64>,
    max: Option<f64>,
    #[serde(default)]
    one_of: Vec<serde_json::Value>,
}

impl From<FieldDeclaration> for Field {
    fn from(declaration: FieldDeclaration) -> Self {
        match declaration {
            FieldDeclaration::Type(kind) => {
                Self { kind, to: None, required: false, min: None, max: None, one_of: Vec::new() }
            }
            FieldDeclaration::Table(FieldTable {
                r#type: kind,
                to,
                required,
                min,
                max,
                one_of,
            }) => Self { kind, to, required, min, max, one_of },
        }
    }
}

/// A declared index: a field, `-field` for descending order, several of them, or a table.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "IndexDeclaration")]
pub struct Index {
    /// The fields, most significant first, and whether each is in descending order.
    pub fields: Vec<(String, bool)>,
    /// Whether no two items may have the same values in all of them. Items that lack one are never the same.
    pub unique: bool,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum IndexDeclaration {
    Field(String),
    Fields(Vec<String>),
    Table(IndexTable),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct IndexTable {
    fields: Vec<String>,
    #[serde(default)]
    unique: bool,
}

impl From<IndexDeclaration> for Index {
    fn from(declaration: IndexDeclaration) -> Self {
        let (fields, unique) = match declaration {
            IndexDeclaration::Field(field) => (vec![field], false),
            IndexDeclaration::Fields(fields) => (fields, false),
            IndexDeclaration::Table(IndexTable { fields, unique }) => (fields, unique),
        };
        let direction = |field: String| match field.strip_prefix('-') {
            Some(name) => (name.to_owned(), true),
            None => (field, false),
        };
        Self { fields: fields.into_iter().map(direction).collect(), unique }
    }
}

/// What is declared of one collection.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Declaration {
    /// Its fields. Items may have others, too.
    pub fields: BTreeMap<String, Field>,
    /// Who may do what.
    pub permissions: Permissions,
    /// Its indexes.
    pub indexes: Vec<Index>,
}

/// A collection: its id and what is declared of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Collection {
    /// The name that programs use.
    pub id: String,
    /// What is declared; nothing, for a collection that is not.
    pub declaration: Declaration,
}

/// Why a declaration cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{key}: {reason}")]
pub struct DeclarationError {
    /// Where it stands below `collections`, such as `products.indexes`.
    pub key: String,
    /// What is wrong and what to do.
    pub reason: String,
}

/// All declared collections.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Collections {
    by_id: BTreeMap<String, Arc<Collection>>,
}

/// Longest id of a collection, in bytes.
const LONGEST_ID: usize = 255;

impl Collections {
    /// Checks declarations against each other.
    ///
    /// # Errors
    /// [`DeclarationError`] for the first that cannot be used.
    pub fn new(
        declarations: impl IntoIterator<Item = (String, Declaration)>,
    ) -> Result<Self, DeclarationError> {
        let by_id: BTreeMap<String, Arc<Collection>> = declarations
            .into_iter()
            .map(|(id, declaration)| (id.clone(), Arc::new(Collection { id, declaration })))
            .collect();
        for (id, collection) in &by_id {
            check(id, &collection.declaration, &by_id)?;
        }
        Ok(Self { by_id })
    }

    /// What is declared of a collection.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Arc<Collection>> {
        self.by_id.get(id)
    }

    /// Whether nothing is declared.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    /// All of them, by id.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Collection>> {
        self.by_id.values()
    }
}

/// Why an id cannot be one.
pub(crate) fn check_id(id: &str) -> Result<(), &'static str> {
    match id {
        "" => Err("it is empty"),
        id if id.len() > LONGEST_ID => Err("it is longer than 255 bytes"),
        id if id.chars().any(char::is_control) => Err("it holds a control character"),
        _ => Ok(()),
    }
}

fn check(
    id: &str,
    declaration: &Declaration,
    all: &BTreeMap<String, Arc<Collection>>,
) -> Result<(), DeclarationError> {
    let error = |key: String, reason: String| Err(DeclarationError { key, reason });
    if let Err(reason) = check_id(id) {
        return error(id.to_owned(), format!("this cannot be the id of a collection: {reason}"));
    }
    for (name, field) in &declaration.fields {
        let key = format!("{id}.fields.{name}");
        let segments = crate::filter::path(name);
        if segments.is_err() || name.starts_with('$') {
            return error(key, "a field has a name of letters, digits, `_` and `-`".to_owned());
        }
        let is_reference = matches!(field.kind, FieldType::Reference | FieldType::MultiReference);
        match &field.to {
            Some(to) if is_reference && !all.contains_key(to) => {
                return error(
                    key,
                    format!("`to` names `{to}`, which is not declared: add [collections.{to}]"),
                );
            }
            Some(_) if !is_reference => {
                return error(key, "only references have `to`".to_owned());
            }
            None if is_reference => {
                return error(
                    key,
                    "a reference needs `to`, the id of the collection it leads to".to_owned(),
                );
            }
            _ => {}
        }
    }
    for index in &declaration.indexes {
        let key = format!("{id}.indexes");
        if index.fields.is_empty() {
            return error(key, "an index needs a field".to_owned());
        }
        for (name, _) in &index.fields {
            let kind = declaration.fields.get(name).map(|field| field.kind);
            if crate::filter::path(name).is_err() || name.starts_with('$') {
                return error(key, format!("`{name}` is no field"));
            }
            if kind.is_some_and(|kind| !kind.is_scalar() && kind != FieldType::Any) {
                return error(
                    key,
                    format!("`{name}` holds no single value, so it cannot be in an index"),
                );
            }
        }
    }
    Ok(())
}
