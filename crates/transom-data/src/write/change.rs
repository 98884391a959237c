//! The steps of one change.

use std::sync::{Arc, Mutex, PoisonError};

use serde_json::json;
use transom_store::{Batch, Dialect, Refused, Row, Statement};

use super::unique::guarded;
use super::{Change, Changed, Done, patch};
use crate::access::{Caller, Reach};
use crate::collections::Action;
use crate::dates;
use crate::error::DataError;
use crate::filter::Filter;
use crate::item::{New, Parts};
use crate::read::{Item, printed};
use crate::references;
use crate::service::Shared;
use crate::sql::Sql;
use crate::tables::Table;

/// Where a transaction leaves what became of a change. It may run more than once; its last run counts.
#[derive(Clone, Default)]
pub(super) struct Slot(Arc<Mutex<Option<Result<Changed, DataError>>>>);

impl Slot {
    pub(super) fn put(&self, result: Result<Changed, DataError>) {
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
    /// Whether an item has to pass a condition, of which the answer tells.
    is_conditional: bool,
}

impl Rights {
    pub(super) fn of(caller: &Caller, table: &Arc<Table>, condition: &Filter) -> Arc<Self> {
        let (caller, table) = (caller.clone(), Arc::clone(table));
        Arc::new(Self { caller, table, is_conditional: *condition != Filter::All })
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

/// An item in its parts, as it is after a change; as it was, when it is taken away.
struct Owned {
    id: String,
    owner: Option<String>,
    created: i64,
    updated: i64,
    data: String,
}

impl Owned {
    fn borrowed(&self) -> Parts<'_> {
        let Self { id, owner, created, updated, data } = self;
        Parts { id, owner: owner.as_deref(), created: *created, updated: *updated, data }
    }
}

/// What a decision writes, and what it tells.
struct Decided {
    batch: Batch,
    parts: Owned,
    done: Done,
    /// Whether the item was there before.
    is_there: bool,
}

/// An item that is to be inserted.
#[derive(Clone)]
pub(super) struct Insertion {
    table: Arc<Table>,
    new: New,
    owner: Option<String>,
    created: i64,
    updated: i64,
}

impl Insertion {
    pub(super) fn new(rights: &Rights, new: New) -> Self {
        let now = dates::now();
        let (created, updated) = new.times.unwrap_or((now, now));
        let (table, owner) = (Arc::clone(&rights.table), rights.owner_of(&new));
        Self { table, new, owner, created, updated }
    }

    fn parts(&self) -> Parts<'_> {
        let Self { new, owner, created, updated, .. } = self;
        let (created, updated) = (*created, *updated);
        Parts { id: &new.id, owner: owner.as_deref(), created, updated, data: &new.data }
    }

    /// Inserts it; answers with a row if there is none with its id.
    pub(super) fn statement(&self, dialect: Dialect) -> Statement {
        let insert = format!(
            "INSERT INTO {} (id, owner, created, updated, data) VALUES ($1, $2, $3, $4, $5{}) \
             ON CONFLICT (id) DO NOTHING RETURNING id",
            self.table.name(),
            json_cast(dialect)
        );
        Statement::new(insert)
            .bind(self.new.id.as_str())
            .bind(self.owner.as_deref())
            .bind(self.created)
            .bind(self.updated)
            .bind(self.new.data.as_str())
    }

    /// What the rows mean that the statement answers with.
    pub(super) fn result(&self, rows: &[Row]) -> Result<Changed, DataError> {
        if rows.is_empty() {
            return Err(DataError::exists(&self.new.id, self.table.id()));
        }
        Ok(Changed { done: Done::Inserted, item: printed(self.parts()), is_hidden: false })
    }
}

impl Shared {
    /// Adds the steps of `change` to a batch.
    pub(super) fn add_steps(
        &self,
        batch: &mut Batch,
        table: &Arc<Table>,
        rights: &Arc<Rights>,
        change: &Change,
        condition: &Filter,
        careful: bool,
    ) -> Slot {
        let slot = Slot::default();
        let (own, rights, dialect) = (slot.clone(), Arc::clone(rights), self.dialect);
        if let Change::Insert(new) = change {
            if let Err(error) = rights.check_insert() {
                slot.put(Err(error));
                return slot;
            }
            let insertion = Insertion::new(&rights, new.clone());
            let (statement, whole) = (insertion.statement(dialect), insertion.clone());
            let mut insert = Batch::new();
            insert.decide(statement, move |rows| {
                own.put(whole.result(rows));
                let new = &whole.new;
                Ok(if rows.is_empty() { Batch::new() } else { links(&whole.table, new) })
            });
            batch.append(if careful {
                guarded(dialect, table, &insertion.parts(), insert, &slot)
            } else {
                insert
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
            match decide(dialect, &rights, &change, existing) {
                Ok(Decided { batch, parts, done, is_there }) => {
                    let parts = parts.borrowed();
                    let is_hidden = is_there && rights.check(Action::Read, parts.owner).is_err();
                    let item = if is_hidden { only_id(parts.id) } else { printed(parts) };
                    own.put(Ok(Changed { done, item, is_hidden }));
                    let is_written = done != Done::Removed;
                    Ok(if careful && is_written {
                        guarded(dialect, &rights.table, &parts, batch, &own)
                    } else {
                        batch
                    })
                }
                Err(error) => {
                    own.put(Err(error));
                    Ok(Batch::new())
                }
            }
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
    pub(super) fn check_insert(&self) -> Result<(), DataError> {
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
        let insertion = Insertion::new(rights, new.clone());
        // Another one may make it at this moment: then this fails, and the whole is tried again.
        let mut batch = Batch::new().require(1, insertion.statement(dialect));
        batch.append(links(table, new));
        let Insertion { new: New { id, data, .. }, owner, created, updated, .. } = insertion;
        let parts = Owned { id, owner, created, updated, data };
        return Ok(Decided { batch, parts, done: Done::Inserted, is_there: false });
    };
    let action = if matches!(change, Change::Remove(_)) { Action::Remove } else { Action::Update };
    let Existing { owner, created, updated, data, passes } = existing;
    rights.check(action, owner.as_deref())?;
    if rights.is_conditional {
        rights.check(Action::Read, owner.as_deref())?;
    }
    if !passes {
        let reason = format!("Item [{}] does not meet the condition.", change.id());
        return Err(DataError::new(409, "WD_CONDITION_NOT_MET", reason));
    }
    let id = change.id().to_owned();
    let (batch, parts, done) = match change {
        Change::Insert(_) => return Err(DataError::exists(&id, table.id())),
        Change::Update(new) | Change::Save(new) => {
            let wanted = new.owner.clone().filter(|_| rights.caller.sets_owner());
            let (owner, data) = (wanted.or(owner), new.data.clone());
            let (created, updated) = new.times.unwrap_or((created, now));
            let parts = Owned { id, owner, created, updated, data };
            let mut batch = Batch::from(replacement(dialect, table, &parts));
            batch.append(links(table, new));
            (batch, parts, Done::Updated)
        }
        Change::Patch(_, modifications) => {
            let data = patch::apply(&table.collection, &data, modifications)?;
            let parts = Owned { id, owner, created, updated: now, data };
            (Batch::from(replacement(dialect, table, &parts)), parts, Done::Patched)
        }
        Change::Remove(_) => {
            let delete = format!("DELETE FROM {} WHERE id = $1", table.name());
            let mut batch = Batch::from(Statement::new(delete).bind(id.as_str()));
            let unlink = "DELETE FROM data_reference WHERE collection = $1 AND item = $2";
            batch.push(Statement::new(unlink).bind(table.number).bind(id.as_str()));
            (batch, Owned { id, owner, created, updated, data }, Done::Removed)
        }
    };
    Ok(Decided { batch, parts, done, is_there: true })
}

/// What is told of an item to those who may change it but not read it.
fn only_id(id: &str) -> Item {
    Item { id: id.to_owned(), json: json!({ "_id": id }).to_string() }
}

/// Replaces the references of the fields that the item brings with it.
pub(super) fn links(table: &Table, new: &New) -> Batch {
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

/// Gives an item other contents.
fn replacement(dialect: Dialect, table: &Table, item: &Owned) -> Statement {
    let update = format!(
        "UPDATE {} SET owner = $2, created = $3, updated = $4, data = $5{} WHERE id = $1",
        table.name(),
        json_cast(dialect)
    );
    let update = Statement::new(update).bind(item.id.as_str()).bind(item.owner.as_deref());
    update.bind(item.created).bind(item.updated).bind(item.data.as_str())
}
