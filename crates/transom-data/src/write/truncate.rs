//! Emptying a collection.

use transom_store::{Batch, Statement};

use crate::Answer;
use crate::access::{Caller, Reach};
use crate::collections::Action;
use crate::error::DataError;
use crate::request::Request;
use crate::service::Shared;

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
        let unlink = "DELETE FROM data_reference WHERE collection = $1";
        let batch = Batch::new()
            .run(Statement::new(format!("DELETE FROM {}", table.name())))
            .run(Statement::new(unlink).bind(table.number));
        self.store.write(batch).await?;
        Ok(Answer::ok("{}"))
    }
}
