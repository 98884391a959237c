//! What a backup is asked before anything makes way for it: whether the indexes that are declared now take its items.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde_json::Value;
use transom_store::Dialect;

use super::TransferError;
use super::archive::Line;
use crate::collections::Collection;
use crate::error::DataError;
use crate::indexed;
use crate::item::{self, Parts};
use crate::service::Shared;

/// Goes through the lines of a backup. It keeps 16 bytes of each item for each unique index of its collection.
pub(super) struct IndexCheck<'a> {
    shared: &'a Shared,
    collection: Option<Arc<Collection>>,
    /// Hashes of the values that items have, by the number of the index.
    seen: HashMap<usize, HashSet<u128>>,
}

impl<'a> IndexCheck<'a> {
    pub(super) fn new(shared: &'a Shared) -> Self {
        Self { shared, collection: None, seen: HashMap::new() }
    }

    /// Takes notice of a line.
    ///
    /// # Errors
    /// [`TransferError::Archive`] for an item that an index would refuse.
    pub(super) fn line(&mut self, line: Line) -> Result<(), TransferError> {
        match line {
            Line::Collection(id) => {
                self.collection = Some(self.shared.tables.collection(&id));
                self.seen.clear();
                Ok(())
            }
            Line::Item(_, item) => self.item(item),
            Line::Reference(..) => Ok(()),
        }
    }

    fn item(&mut self, item: Value) -> Result<(), TransferError> {
        let Some(collection) = &self.collection else { return Ok(()) };
        let indexes = &collection.declaration.indexes;
        if indexes.is_empty() {
            return Ok(());
        }
        let refuse = |error: &DataError| {
            Err(TransferError::Archive(format!("of [{}], {}", collection.id, error.description())))
        };
        let new = match item::stored(item) {
            Ok(new) => new,
            Err(error) => return refuse(&error),
        };
        let fields: Value = serde_json::from_str(&new.data).unwrap_or_default();
        if self.shared.dialect == Dialect::Postgres
            && let Err(error) = indexed::check_size(collection, &fields)
        {
            return refuse(&error);
        }
        let (created, updated) = new.times.unwrap_or_default();
        let (id, owner, data) = (new.id.as_str(), new.owner.as_deref(), new.data.as_str());
        let parts = Parts { id, owner, created, updated, data };
        for (number, index) in indexes.iter().enumerate().filter(|(_, index)| index.unique) {
            let dialect = self.shared.dialect;
            let values = indexed::unique_values(index, dialect, &parts, &fields);
            let Some(values) = values else { continue };
            let hash = xxhash_rust::xxh3::xxh3_128(format!("{values:?}").as_bytes());
            if !self.seen.entry(number).or_default().insert(hash) {
                let names: Vec<String> =
                    index.fields.iter().map(|(name, _)| name.clone()).collect();
                return refuse(&DataError::not_unique(&names, &collection.id));
            }
        }
        Ok(())
    }
}
