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

use transom_store::{Batch, Refused, Statement, StoreError};

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

/// How a transaction of changes ends.
#[derive(Default)]
struct Ending {
    /// Whether nothing is written when one of them cannot be made.
    all_or_none: bool,
    /// What belongs to it besides.
    more: Batch,
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
        let nothing = Ending::default();
        let mut results = Vec::with_capacity(changes.len());
        match self.attempt(table, &rights, &changes, condition, &nothing).await {
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
            match self.attempt(table, &rights, one, condition, &nothing).await {
                Ok(mut done) => results.append(&mut done),
                Err(error) => results.push(Err(of_store(&error, table, &change))),
            }
        }
        results
    }

    /// Makes all changes and runs `more` in one transaction, or nothing when one of the changes cannot be made; the
    /// results then say which.
    ///
    /// # Errors
    /// When the database does not do its work.
    pub(crate) async fn changes_or_none(
        &self,
        caller: &Caller,
        table: &Arc<Table>,
        changes: &[Change],
        condition: &Filter,
        more: Batch,
    ) -> Result<Vec<Result<(), DataError>>, DataError> {
        let rights = Rights::of(caller, table);
        let ending = Ending { all_or_none: true, more };
        match self.attempt(table, &rights, changes, condition, &ending).await {
            Ok(done) => Ok(done.into_iter().map(|result| result.map(drop)).collect()),
            Err(StoreError::Conflict { .. }) => {
                Ok(self.conflicts(table, &rights, changes, condition).await?)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Finds which of the changes violate a unique index, without making any.
    async fn conflicts(
        &self,
        table: &Arc<Table>,
        rights: &Arc<Rights>,
        changes: &[Change],
        condition: &Filter,
    ) -> Result<Vec<Result<(), DataError>>, DataError> {
        // Half of them at a time: one conflict among a thousand is found in ten steps.
        let mut results = vec![Ok(()); changes.len()];
        let mut fine: Vec<usize> = Vec::new();
        let mut waiting: Vec<_> = std::iter::once(0..changes.len()).collect();
        while let Some(range) = waiting.pop() {
            let tried: Vec<Change> = fine
                .iter()
                .copied()
                .chain(range.clone())
                .map(|index| changes[index].clone())
                .collect();
            let never = Batch::new().require(1, Statement::new("SELECT 1 WHERE FALSE"));
            let ending = Ending { all_or_none: true, more: never };
            match self.attempt(table, rights, &tried, condition, &ending).await {
                Err(StoreError::Conflict { constraint }) if range.len() == 1 => {
                    results[range.start] =
                        Err(table.conflict(&constraint, changes[range.start].id()));
                }
                Err(StoreError::Conflict { .. }) => {
                    let middle = range.start + range.len() / 2;
                    waiting.push(middle..range.end);
                    waiting.push(range.start..middle);
                }
                Err(StoreError::Unmet { .. }) | Ok(_) => fine.extend(range),
                Err(error) => return Err(error.into()),
            }
        }
        Ok(results)
    }

    async fn attempt(
        &self,
        table: &Arc<Table>,
        rights: &Arc<Rights>,
        changes: &[Change],
        condition: &Filter,
        ending: &Ending,
    ) -> Result<Vec<Result<Changed, DataError>>, StoreError> {
        let mut attempts = 0;
        loop {
            attempts += 1;
            let mut batch = Batch::new();
            let slots: Vec<Slot> = changes
                .iter()
                .map(|change| self.add_steps(&mut batch, table, rights, change, condition))
                .collect();
            if ending.all_or_none {
                let slots = slots.clone();
                let look = Statement::new("SELECT 1");
                batch.decide(look, move |_| {
                    if slots.iter().any(Slot::failed) { Err(Refused) } else { Ok(Batch::new()) }
                });
                batch.append(ending.more.clone());
            }
            match self.store.write(batch).await {
                Err(StoreError::Refused) if ending.all_or_none => {
                    return Ok(slots.into_iter().map(Slot::take).collect());
                }
                Ok(_) => return Ok(slots.into_iter().map(Slot::take).collect()),
                // Between the look and the insertion of a save another one has made the item.
                Err(StoreError::Unmet { .. })
                    if attempts < ATTEMPTS
                        && changes.iter().any(|change| matches!(change, Change::Save(_))) => {}
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
