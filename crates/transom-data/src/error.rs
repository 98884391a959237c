//! What goes wrong, as the SDK reads it: `details.applicationError.code`. Spec: section 10.3.

use serde_json::{Map, Value, json};
use transom_store::StoreError;

use crate::Answer;

/// After how many seconds a caller may try again when the database is busy or away.
const RETRY_AFTER_S: u32 = 1;

/// A call that failed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{code}: {description}")]
pub struct DataError {
    status: u16,
    code: &'static str,
    description: String,
    data: Map<String, Value>,
}

impl DataError {
    /// An error with a status of HTTP and a code of the service.
    pub(crate) fn new(status: u16, code: &'static str, description: impl Into<String>) -> Self {
        Self { status, code, description: description.into(), data: Map::new() }
    }

    /// A request that cannot be right.
    pub(crate) fn invalid(code: &'static str, description: impl Into<String>) -> Self {
        Self::new(400, code, description)
    }

    /// An item that cannot be kept: it is no JSON, or holds what no collection holds.
    pub(crate) fn item(reason: impl std::fmt::Display) -> Self {
        Self::invalid("WDE0004", format!("The item cannot be saved: {reason}."))
    }

    /// An argument is not there, or is no text.
    pub(crate) fn no_text(name: &str, code: &'static str) -> Self {
        Self::invalid(code, format!("{name} must be a string that is not empty."))
    }

    /// The caller may not do this.
    pub(crate) fn denied(collection: &str, action: &str) -> Self {
        let description =
            format!("The caller may not {action} items of the collection [{collection}].");
        Self::new(403, "WDE0027", description)
    }

    /// There is no such item.
    pub(crate) fn missing(id: &str, collection: &str) -> Self {
        let description = format!("Item [{id}] does not exist in collection [{collection}].");
        Self::new(404, "WDE0073", description)
    }

    /// There is such an item already.
    pub(crate) fn exists(id: &str, collection: &str) -> Self {
        let description = format!("Item [{id}] already exists in collection [{collection}].");
        Self::new(409, "WDE0074", description)
    }

    /// Another item has the same values in the fields of a unique index.
    pub(crate) fn not_unique(fields: &[String], collection: &str) -> Self {
        let names = fields.join("], [");
        let description = format!(
            "Another item of the collection [{collection}] has the same value in [{names}], which must be unique."
        );
        Self::new(409, "WDE0074", description).with("fields", json!(fields))
    }

    /// The same, of an index that is not declared here: another instance, newer or older, goes by it.
    pub(crate) fn not_unique_elsewhere(collection: &str) -> Self {
        let description = format!(
            "Another item of the collection [{collection}] has a value that a unique index keeps from occurring twice. \
             The index is not declared here but by another version of the project; when none runs any more, \
             `transom data drop-indexes` drops it."
        );
        Self::new(409, "WDE0074", description)
    }

    /// There is no such collection.
    pub(crate) fn no_collection(collection: &str) -> Self {
        let description = format!(
            "The collection [{collection}] does not exist: insert an item or declare it in transom.toml."
        );
        Self::new(404, "WDE0025", description)
    }

    /// Too much for one item.
    pub(crate) fn too_large(bytes: usize, limit: usize) -> Self {
        let description =
            format!("The item is too large: {bytes} bytes of JSON, {limit} are allowed.");
        Self::new(413, "WDE0109", description)
    }

    /// Adds a fact for programs.
    pub(crate) fn with(mut self, name: &str, value: Value) -> Self {
        self.data.insert(name.to_owned(), value);
        self
    }

    /// The code, such as `WDE0073`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// The status of HTTP.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status
    }

    /// What is wrong, in words.
    #[must_use]
    pub fn description(&self) -> &str {
        &self.description
    }

    /// The error within an answer: of a call, or of one item of many.
    pub(crate) fn application_error(&self) -> Value {
        let description = format!("{}: {}", self.code, self.description);
        let mut error = json!({ "code": self.code, "description": description });
        if !self.data.is_empty() {
            error["data"] = Value::Object(self.data.clone());
        }
        error
    }

    /// The answer that tells it.
    pub(crate) fn answer(&self) -> Answer {
        let body = json!({
            "message": format!("{}: {}", self.code, self.description),
            "details": { "applicationError": self.application_error() },
        });
        let retry_after = (self.status == 503).then_some(RETRY_AFTER_S);
        Answer { status: self.status, body: body.to_string(), retry_after }
    }
}

impl From<StoreError> for DataError {
    fn from(error: StoreError) -> Self {
        let description = error.to_string();
        match error {
            StoreError::Unavailable { .. }
            | StoreError::Exhausted { .. }
            | StoreError::Busy { .. } => Self::new(503, "WDE0028", description),
            StoreError::ReadOnly { .. } => Self::new(503, "WDE0053", description),
            StoreError::Full { .. } => Self::new(507, "WDE0053", description),
            StoreError::TooMuch { .. } => Self::new(413, "WDE0109", description),
            StoreError::Conflict { .. } | StoreError::Unmet { .. } | StoreError::Refused => {
                Self::new(409, "WDE0074", description)
            }
            _ => Self::new(500, "WDE0053", description),
        }
    }
}
