//! What changes items: one of them, or many in one transaction.
//!
//! A change of an item that is there finds it first (and locks it), decides within the transaction, and then writes:
//! who may, whether the condition holds and what the new item is are decided on what nobody can change meanwhile.

mod bulk;
mod change;
pub(crate) mod patch;
mod requests;
mod truncate;

use std::sync::Arc;

use transom_store::{Batch, StoreError};

use crate::access::Caller;
use crate::collections::Action;
use crate::error::DataError;
use crate::filter::Filter;
use crate::item::New;
use crate::read::Item;
use crate::service::Shared;
use crate::tables::Table;
pub(crate) use bulk::Bulk;
use change::{Rights, Slot};
use patch::Modification;

/// What a change did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Done {
    Inserted,
    Updated,
    Patched,
    Removed,
}

/// A change that happened: what, and the item as it is now (as it was, when it is gone).
pub(crate) struct Changed {
    pub(crate) done: Done,
    pub(crate) item: Item,
}

/// A change that is wanted.
#[derive(Debug, Clone)]
pub(crate) enum Change {
    Insert(New),
    Update(New),
    Save(New),
    Remove(String),
    Patch(String, Arc<Vec<Modification>>),
}

impl Change {
    /// The item that it is about.
    pub(crate) fn id(&self) -> &str {
        match self {
            Self::Insert(new) | Self::Update(new) | Self::Save(new) => &new.id,
            Self::Remove(id) | Self::Patch(id, _) => id,
        }
    }
}

/// How often a transaction is tried that met another one.
const ATTEMPTS: usize = 5;

impl Shared {
    /// The table that a caller changes. The levels of `actions` are looked at first, so that nobody makes a collection
    /// who may not; one of them is enough.
    pub(crate) async fn writable(
        &self,
        caller: &Caller,
        id: &str,
        actions: &[Action],
    ) -> Result<Arc<Table>, DataError> {
        let collection = self.tables.collection(id);
        let permissions = &collection.declaration.permissions;
        let mut denied = None;
        for action in actions {
            match caller.reach(id, permissions, *action) {
                Ok(_) => denied = Some(Ok(())),
                Err(error) if denied.is_none() => denied = Some(Err(error)),
                Err(_) => {}
            }
        }
        denied.unwrap_or(Ok(()))?;
        if actions.contains(&Action::Insert) {
            return self.tables.ensure(id).await;
        }
        self.tables.find(id).await?.ok_or_else(|| DataError::no_collection(id))
    }

    /// Makes one change.
    pub(crate) async fn change(
        &self,
        caller: &Caller,
        table: &Arc<Table>,
        change: Change,
        condition: &Filter,
    ) -> Result<Changed, DataError> {
        let mut changed = self.changes(caller, table, vec![change], condition).await;
        changed.pop().unwrap_or_else(|| Err(DataError::new(500, "WDE0053", "nothing was written")))
    }

    /// Makes changes in one transaction; those that cannot be made do not keep the others back.
    pub(crate) async fn changes(
        &self,
        caller: &Caller,
        table: &Arc<Table>,
        changes: Vec<Change>,
        condition: &Filter,
    ) -> Vec<Result<Changed, DataError>> {
        let rights = Rights::of(caller, table);
        let mut results = Vec::with_capacity(changes.len());
        match self.attempt(table, &rights, &changes, condition).await {
            Ok(done) => return done,
            Err(StoreError::Conflict { .. }) if changes.len() > 1 => {}
            Err(error) => {
                let error = |change: &Change| Err(of_store(&error, table, change));
                return changes.iter().map(error).collect();
            }
        }
        // One of them violates a unique index, which ends the transaction: each has one of its own now.
        for change in changes {
            let one = std::slice::from_ref(&change);
            match self.attempt(table, &rights, one, condition).await {
                Ok(mut done) => results.append(&mut done),
                Err(error) => results.push(Err(of_store(&error, table, &change))),
            }
        }
        results
    }

    async fn attempt(
        &self,
        table: &Arc<Table>,
        rights: &Arc<Rights>,
        changes: &[Change],
        condition: &Filter,
    ) -> Result<Vec<Result<Changed, DataError>>, StoreError> {
        let mut attempts = 0;
        loop {
            attempts += 1;
            let mut batch = Batch::new();
            let slots: Vec<Slot> = changes
                .iter()
                .map(|change| self.add_steps(&mut batch, table, rights, change, condition))
                .collect();
            match self.store.write(batch).await {
                Ok(_) => return Ok(slots.into_iter().map(Slot::take).collect()),
                // Between the look and the insertion of a save another one has made the item.
                Err(StoreError::Unmet { .. }) if attempts < ATTEMPTS => {}
                Err(error) => return Err(error),
            }
        }
    }
}

fn of_store(error: &StoreError, table: &Table, change: &Change) -> DataError {
    match error {
        StoreError::Conflict { constraint } => table.conflict(constraint, change.id()),
        error => error.clone().into(),
    }
}
