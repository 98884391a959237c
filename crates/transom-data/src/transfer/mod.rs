//! Data in and out: import and export of a collection, backup and restore of all, the way from one store to another.
//!
//! All of it streams: what is in memory at once is one batch.

mod archive;
mod check;
mod export;
mod import;
mod tabular;

use std::io;

use serde_json::{Value, json};

use crate::error::DataError;
use crate::service::DataService;

pub use archive::{Summary, Totals};
pub use import::{ImportOptions, Imported, Reject};

/// How items stand in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One JSON object a line.
    JsonLines,
    /// Comma-separated values under a line of names.
    Csv,
}

/// What was there already, on import and restore.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnConflict {
    /// It stays, and the new one is refused.
    Refuse,
    /// The new one takes its place.
    Replace,
}

/// What is done about an item that is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnReject {
    /// Nothing of its batch is written, and the import ends.
    Stop,
    /// It is left out.
    Skip,
}

/// Why a transfer ended early.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TransferError {
    /// The service refuses, or its store fails.
    #[error(transparent)]
    Data(#[from] DataError),
    /// A file cannot be read or written.
    #[error("the file cannot be used: {0}")]
    File(#[from] io::Error),
    /// A line is refused, and the import was to stop then.
    #[error("line {line} is refused: {reason}")]
    Refused {
        /// Number of the line, from 1.
        line: u64,
        /// Why.
        reason: String,
    },
    /// What is read is no backup, or not a whole one.
    #[error("this is no backup that can be restored: {0}")]
    Archive(String),
    /// What arrived is not what was sent.
    #[error("what was written differs from what was read: {0}")]
    Differs(String),
}

impl From<transom_store::StoreError> for TransferError {
    fn from(error: transom_store::StoreError) -> Self {
        Self::Data(error.into())
    }
}

/// A collection as lists show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overview {
    /// Its id.
    pub id: String,
    /// How many items it has.
    pub items: i64,
    /// Whether the project declares it.
    pub declared: bool,
}

impl DataService {
    /// All collections that have a table, by id.
    ///
    /// # Errors
    /// [`DataError`] when the store does not answer.
    pub async fn collections(&self) -> Result<Vec<Overview>, DataError> {
        let mut list = Vec::new();
        for table in self.shared().tables.all().await? {
            let items = self
                .shared()
                .count_of(&table, crate::access::Reach::All, &crate::filter::Filter::All)
                .await?;
            let declared = self.shared().tables.declared().get(table.id()).is_some();
            list.push(Overview { id: table.id().to_owned(), items, declared });
        }
        Ok(list)
    }

    /// What is known of a collection: its fields, permissions, indexes and how many items it has.
    ///
    /// # Errors
    /// WDE0025 when there is no such collection.
    pub async fn describe(&self, id: &str) -> Result<Value, DataError> {
        let table = self.shared().tables.find(id).await?;
        let table = table.ok_or_else(|| DataError::no_collection(id))?;
        let all = crate::access::Reach::All;
        let items = self.shared().count_of(&table, all, &crate::filter::Filter::All).await?;
        let declaration = &table.collection.declaration;
        let fields: serde_json::Map<String, Value> = declaration
            .fields
            .iter()
            .map(|(name, field)| {
                let mut shown = json!({ "type": field.kind.as_str() });
                if let Some(to) = &field.to {
                    shown["to"] = json!(to);
                }
                if field.required {
                    shown["required"] = json!(true);
                }
                for (name, bound) in [("min", field.min), ("max", field.max)] {
                    if let Some(bound) = bound {
                        shown[name] = json!(bound);
                    }
                }
                if !field.one_of.is_empty() {
                    shown["one_of"] = json!(field.one_of);
                }
                (name.clone(), shown)
            })
            .collect();
        let index = |index: &crate::Index| {
            let fields: Vec<String> = index
                .fields
                .iter()
                .map(|(name, down)| format!("{}{name}", if *down { "-" } else { "" }))
                .collect();
            json!({ "fields": fields, "unique": index.unique })
        };
        let indexes: Vec<Value> = declaration.indexes.iter().map(index).collect();
        let permissions = &declaration.permissions;
        Ok(json!({
            "id": id,
            "declared": self.shared().tables.declared().get(id).is_some(),
            "items": items,
            "permissions": {
                "read": permissions.read.as_str(), "insert": permissions.insert.as_str(),
                "update": permissions.update.as_str(), "remove": permissions.remove.as_str(),
            },
            "fields": fields,
            "indexes": indexes,
        }))
    }
}
