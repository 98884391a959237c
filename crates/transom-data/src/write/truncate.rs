//! Emptying a collection.

use transom_store::{Batch, Statement};

use crate::Answer;
use crate::access::{Caller, Reach};
use crate::collections::Action;
use crate::error::DataError;
use crate::request::Request;
use crate::service::Shared;
use crate::tables::Table;

impl Shared {
    /// `POST /items/truncate`. For those who may remove every item.
    pub(crate) async fn truncate(
        &self,
        caller: &Caller,
        request: &Request,
    ) -> Result<Answer, DataError> {
        let table = self.writable(caller, request.collection()?, &[Action::Remove]).await?;
        let permissions = &table.collection.declaration.permissions;
        if caller.reach(table.id(), permissions, Action::Remove)? != Reach::All {
            return Err(DataError::denied(table.id(), "truncate"));
        }
        self.store.write(emptying(&table)).await?;
        Ok(Answer::ok("{}"))
    }
}

/// Removes all items and their references.
pub(crate) fn emptying(table: &Table) -> Batch {
    let unlink = "DELETE FROM data_reference WHERE collection = $1";
    Batch::new()
        .run(Statement::new(format!("DELETE FROM {}", table.name())))
        .run(Statement::new(unlink).bind(table.number))
}
