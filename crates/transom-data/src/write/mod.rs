//! What changes items: one of them, or many in one transaction.
//!
//! A change of an item that is there finds it first (and locks it), decides within the transaction, and then writes:
//! who may, whether the condition holds and what the new item is are decided on what nobody can change meanwhile.

mod bulk;
mod change;
pub(crate) mod lot;
pub(crate) mod patch;
mod requests;
mod truncate;
mod unique;

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
use change::{Insertion, Rights, Slot};
use patch::Modification;
pub(crate) use truncate::emptying;

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
    /// Whether the caller may not read it: then it is no more than its id.
    pub(crate) is_hidden: bool,
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
enum Ending {
    /// Those that can be made are made.
    Some,
    /// Nothing is written when one of them cannot be made; with what belongs to them besides.
    AllWith(Batch),
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
        match self.attempt(caller, table, &changes, condition, &Ending::Some).await {
            Ok(done) => done,
            Err(error) => {
                let error = |change: &Change| Err(of_store(&error, table, change));
                changes.iter().map(error).collect()
            }
        }
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
        let done = self.attempt(caller, table, changes, condition, &Ending::AllWith(more)).await?;
        Ok(done.into_iter().map(|result| result.map(drop)).collect())
    }

    /// Makes changes in one transaction. Where one of them violates a unique index, which ends the transaction, all are
    /// made anew and each looks before.
    async fn attempt(
        &self,
        caller: &Caller,
        table: &Arc<Table>,
        changes: &[Change],
        condition: &Filter,
        ending: &Ending,
    ) -> Result<Vec<Result<Changed, DataError>>, StoreError> {
        let rights = Rights::of(caller, table, condition);
        if let ([Change::Insert(new)], Ending::Some) = (changes, ending)
            && new.references.is_empty()
        {
            return Ok(vec![self.insert_alone(&rights, table, new).await]);
        }
        let (mut attempts, mut careful) = (0, false);
        loop {
            attempts += 1;
            let mut batch = Batch::new();
            let slots: Vec<Slot> = changes
                .iter()
                .map(|change| {
                    self.add_steps(&mut batch, table, &rights, change, condition, careful)
                })
                .collect();
            if let Ending::AllWith(more) = ending {
                let slots = slots.clone();
                let look = Statement::new("SELECT 1");
                batch.decide(look, move |_| {
                    if slots.iter().any(Slot::failed) { Err(Refused) } else { Ok(Batch::new()) }
                });
                batch.append(more.clone());
            }
            match self.store.write(batch).await {
                Err(StoreError::Refused) if matches!(ending, Ending::AllWith(_)) => {
                    return Ok(slots.into_iter().map(Slot::take).collect());
                }
                Ok(_) => return Ok(slots.into_iter().map(Slot::take).collect()),
                // Between the look and the insertion of a save another one has made the item.
                Err(StoreError::Unmet { .. })
                    if attempts < ATTEMPTS
                        && changes.iter().any(|change| matches!(change, Change::Save(_))) => {}
                // The same between a look and what it was for.
                Err(StoreError::Conflict { .. })
                    if attempts < ATTEMPTS
                        && (changes.len() > 1 || matches!(ending, Ending::AllWith(_))) =>
                {
                    careful = true;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Inserts an item by a single statement, which is a transaction by itself.
    async fn insert_alone(
        &self,
        rights: &Rights,
        table: &Table,
        new: &New,
    ) -> Result<Changed, DataError> {
        rights.check_insert()?;
        let insertion = Insertion::new(rights, new.clone());
        match self.store.write(insertion.statement(self.dialect).into()).await {
            Ok(outcomes) => insertion.result(outcomes.first().map_or(&[], |outcome| &outcome.rows)),
            Err(StoreError::Conflict { constraint }) => Err(table.conflict(&constraint, &new.id)),
            Err(error) => Err(error.into()),
        }
    }
}

fn of_store(error: &StoreError, table: &Table, change: &Change) -> DataError {
    match error {
        StoreError::Conflict { constraint } => table.conflict(constraint, change.id()),
        error => error.clone().into(),
    }
}
