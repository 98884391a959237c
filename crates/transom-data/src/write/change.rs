//! The steps of one change.

use std::sync::{Arc, Mutex, PoisonError};

use transom_store::{Batch, Dialect, Refused, Row, Statement};

use super::{Change, Changed, Done, patch};
use crate::access::{Caller, Reach};
use crate::collections::Action;
use crate::dates;
use crate::error::DataError;
use crate::filter::Filter;
use crate::item::New;
use crate::read::printed;
use crate::references;
use crate::service::Shared;
use crate::sql::Sql;
use crate::tables::Table;

/// Where a transaction leaves what became of a change. It may run more than once; its last run counts.
#[derive(Clone, Default)]
pub(super) struct Slot(Arc<Mutex<Option<Result<Changed, DataError>>>>);

impl Slot {
    fn put(&self, result: Result<Changed, DataError>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
    }

    /// Whether the change was not made.
    pub(super) fn failed(&self) -> bool {
        let result = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        matches!(&*result, Some(Err(_)))
    }

    pub(super) fn take(self) -> Result<Changed, DataError> {
        let result = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        result.unwrap_or_else(|| Err(DataError::new(500, "WDE0053", "a change was not made")))
    }
}

/// What a caller may do to the items of a collection.
pub(super) struct Rights {
    caller: Caller,
    table: Arc<Table>,
}

impl Rights {
    pub(super) fn of(caller: &Caller, table: &Arc<Table>) -> Arc<Self> {
        Arc::new(Self { caller: caller.clone(), table: Arc::clone(table) })
    }

    fn reach(&self, action: Action) -> Result<Reach<'_>, DataError> {
        self.caller.reach(self.table.id(), &self.table.collection.declaration.permissions, action)
    }

    /// Whether the caller may act on an item of this owner.
    fn check(&self, action: Action, owner: Option<&str>) -> Result<(), DataError> {
        match self.reach(action)? {
            Reach::All => Ok(()),
            Reach::Own(id) if owner == Some(id) => Ok(()),
            Reach::Own(_) => Err(DataError::denied(self.table.id(), action.verb())),
        }
    }

    /// Who owns a new item.
    fn owner_of(&self, new: &New) -> Option<String> {
        let wanted = new.owner.clone().filter(|_| self.caller.sets_owner());
        wanted.or_else(|| self.caller.id().map(str::to_owned))
    }
}

/// An item that is there, as the transaction finds it.
struct Existing {
    owner: Option<String>,
    created: i64,
    updated: i64,
    data: String,
    passes: bool,
}

impl Existing {
    fn of(row: &Row) -> Result<Self, DataError> {
        Ok(Self {
            owner: row.optional_text(1)?.map(str::to_owned),
            created: row.integer(2)?,
            updated: row.integer(3)?,
            data: row.text(4)?.to_owned(),
            passes: row.integer(5)? != 0,
        })
    }
}

/// What a decision writes, and what it tells.
type Decided = (Batch, Result<Changed, DataError>);

impl Shared {
    /// Adds the steps of `change` to a batch.
    pub(super) fn add_steps(
        &self,
        batch: &mut Batch,
        table: &Arc<Table>,
        rights: &Arc<Rights>,
        change: &Change,
        condition: &Filter,
    ) -> Slot {
        let slot = Slot::default();
        let (own, rights, dialect) = (slot.clone(), Arc::clone(rights), self.dialect);
        if let Change::Insert(new) = change {
            if let Err(error) = rights.check_insert() {
                slot.put(Err(error));
                return slot;
            }
            let (new, now) = (new.clone(), dates::now());
            let insert = insertion(dialect, table, &rights, &new, now);
            batch.decide(insert, move |rows| {
                own.put(if rows.is_empty() {
                    Err(DataError::exists(&new.id, rights.table.id()))
                } else {
                    let owner = rights.owner_of(&new);
                    let (created, updated) = new.times.unwrap_or((now, now));
                    let item = printed(&new.id, owner.as_deref(), created, updated, &new.data);
                    Ok(Changed { done: Done::Inserted, item })
                });
                Ok(if rows.is_empty() { Batch::new() } else { links(&rights.table, &new) })
            });
            return slot;
        }
        let find = match self.finding(table, change.id(), condition) {
            Ok(find) => find,
            Err(error) => {
                slot.put(Err(error));
                return slot;
            }
        };
        let change = change.clone();
        batch.decide(find, move |rows| {
            let existing = match rows.first().map(Existing::of).transpose() {
                Ok(existing) => existing,
                Err(error) => {
                    own.put(Err(error));
                    return Err(Refused);
                }
            };
            let (batch, result) = match decide(dialect, &rights, &change, existing) {
                Ok(decided) => decided,
                Err(error) => (Batch::new(), Err(error)),
            };
            own.put(result);
            Ok(batch)
        });
        slot
    }

    /// Finds an item, and locks it until the transaction ends.
    fn finding(&self, table: &Table, id: &str, condition: &Filter) -> Result<Statement, DataError> {
        let mut sql = Sql::new(self.dialect, format!("SELECT {}, CASE WHEN (", self.columns()));
        self.condition(table, &mut sql, condition);
        sql.push(&format!(") THEN 1 ELSE 0 END FROM {} t WHERE t.id = ", table.name()));
        sql.bind(id);
        if self.dialect == Dialect::Postgres {
            sql.push(" FOR UPDATE");
        }
        sql.finish()
    }
}

impl Rights {
    fn check_insert(&self) -> Result<(), DataError> {
        self.reach(Action::Insert).map(drop)
    }
}

/// Decides a change of an item that may be there.
fn decide(
    dialect: Dialect,
    rights: &Rights,
    change: &Change,
    existing: Option<Existing>,
) -> Result<Decided, DataError> {
    let table = &rights.table;
    let now = dates::now();
    let Some(existing) = existing else {
        let Change::Save(new) = change else {
            return Err(DataError::missing(change.id(), table.id()));
        };
        rights.check_insert()?;
        let owner = rights.owner_of(new);
        let (created, updated) = new.times.unwrap_or((now, now));
        let item = printed(&new.id, owner.as_deref(), created, updated, &new.data);
        let insert = insertion(dialect, table, rights, new, now);
        // Another one may make it at this moment: then this fails, and the whole is tried again.
        let mut batch = Batch::new().require(1, insert);
        batch.append(links(table, new));
        return Ok((batch, Ok(Changed { done: Done::Inserted, item })));
    };
    let action = if matches!(change, Change::Remove(_)) { Action::Remove } else { Action::Update };
    rights.check(action, existing.owner.as_deref())?;
    if !existing.passes {
        let reason = format!("Item [{}] does not meet the condition.", change.id());
        return Err(DataError::new(409, "WD_CONDITION_NOT_MET", reason));
    }
    match change {
        Change::Insert(_) => Err(DataError::exists(change.id(), table.id())),
        Change::Update(new) | Change::Save(new) => {
            let wanted = new.owner.clone().filter(|_| rights.caller.sets_owner());
            let owner = wanted.or(existing.owner);
            let item = printed(&new.id, owner.as_deref(), existing.created, now, &new.data);
            let update = replacement(dialect, table, &new.id, owner, now, &new.data);
            let mut batch = Batch::from(update);
            batch.append(links(table, new));
            Ok((batch, Ok(Changed { done: Done::Updated, item })))
        }
        Change::Patch(id, modifications) => {
            let data = patch::apply(&table.collection, &existing.data, modifications)?;
            let item = printed(id, existing.owner.as_deref(), existing.created, now, &data);
            let update = replacement(dialect, table, id, existing.owner, now, &data);
            Ok((update.into(), Ok(Changed { done: Done::Patched, item })))
        }
        Change::Remove(id) => {
            let Existing { owner, created, updated, data, .. } = existing;
            let item = printed(id, owner.as_deref(), created, updated, &data);
            let delete = format!("DELETE FROM {} WHERE id = $1", table.name());
            let mut batch = Batch::from(Statement::new(delete).bind(id.as_str()));
            let unlink = "DELETE FROM data_reference WHERE collection = $1 AND item = $2";
            batch.push(Statement::new(unlink).bind(table.number).bind(id.as_str()));
            Ok((batch, Ok(Changed { done: Done::Removed, item })))
        }
    }
}

/// Replaces the references of the fields that the item brings with it.
fn links(table: &Table, new: &New) -> Batch {
    let mut batch = Batch::new();
    for (field, targets) in &new.references {
        batch.append(references::replacing(table, field, &new.id, targets));
    }
    batch
}

/// JSON as a parameter.
fn json_cast(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Sqlite => "",
        Dialect::Postgres => "::text::jsonb",
    }
}

/// Inserts an item; answers with a row if there is none with its id.
fn insertion(dialect: Dialect, table: &Table, rights: &Rights, new: &New, now: i64) -> Statement {
    let insert = format!(
        "INSERT INTO {} (id, owner, created, updated, data) VALUES ($1, $2, $3, $4, $5{}) \
         ON CONFLICT (id) DO NOTHING RETURNING id",
        table.name(),
        json_cast(dialect)
    );
    let (created, updated) = new.times.unwrap_or((now, now));
    Statement::new(insert)
        .bind(new.id.as_str())
        .bind(rights.owner_of(new))
        .bind(created)
        .bind(updated)
        .bind(new.data.as_str())
}

/// Gives an item other contents.
fn replacement(
    dialect: Dialect,
    table: &Table,
    id: &str,
    owner: Option<String>,
    now: i64,
    data: &str,
) -> Statement {
    let update = format!(
        "UPDATE {} SET owner = $2, updated = $3, data = $4{} WHERE id = $1",
        table.name(),
        json_cast(dialect)
    );
    Statement::new(update).bind(id).bind(owner).bind(now).bind(data)
}
