//! Calls that change one item.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{Change, Changed, Done, patch};
use crate::Answer;
use crate::access::Caller;
use crate::collections::{Action, Collection};
use crate::error::DataError;
use crate::filter::{self, Filter};
use crate::item::{self, New};
use crate::read::wrap;
use crate::request::Request;
use crate::service::Shared;
use crate::tables::Table;

impl Shared {
    /// `POST /items`.
    pub(crate) async fn insert(
        &self,
        caller: &Caller,
        mut request: Request,
    ) -> Result<Answer, DataError> {
        let new = self.given(&mut request)?;
        let table = self.writable(caller, request.collection()?, &[Action::Insert]).await?;
        let changed = self.change(caller, &table, Change::Insert(new), &Filter::All).await?;
        self.item_answer(caller, &table, &request, changed, None).await
    }

    /// `POST /items/update`.
    pub(crate) async fn update(
        &self,
        caller: &Caller,
        mut request: Request,
    ) -> Result<Answer, DataError> {
        let new = self.given(&mut request)?;
        if !new.has_id {
            return Err(no_id());
        }
        let condition = condition(&request)?;
        let table = self.writable(caller, request.collection()?, &[Action::Update]).await?;
        let changed = self.change(caller, &table, Change::Update(new), &condition).await?;
        self.item_answer(caller, &table, &request, changed, None).await
    }

    /// `POST /items/save`.
    pub(crate) async fn save(
        &self,
        caller: &Caller,
        mut request: Request,
    ) -> Result<Answer, DataError> {
        let new = self.given(&mut request)?;
        let actions = [Action::Insert, Action::Update];
        let table = self.writable(caller, request.collection()?, &actions).await?;
        let change = if new.has_id { Change::Save(new) } else { Change::Insert(new) };
        let changed = self.change(caller, &table, change, &Filter::All).await?;
        let action = if changed.done == Done::Inserted { "INSERTED" } else { "UPDATED" };
        self.item_answer(caller, &table, &request, changed, Some(action)).await
    }

    /// `POST /items/patch`.
    pub(crate) async fn patch(
        &self,
        caller: &Caller,
        request: Request,
    ) -> Result<Answer, DataError> {
        let Some(patch) = request.get("patch") else {
            return Err(DataError::item("there is no patch"));
        };
        let id = patch.get("dataItemId").and_then(Value::as_str).unwrap_or_default();
        let modifications = patch::parse(patch.get("fieldModifications"))?;
        let change = Change::Patch(item::check_id(id)?, Arc::new(modifications));
        let condition = condition(&request)?;
        let table = self.writable(caller, request.collection()?, &[Action::Update]).await?;
        let changed = self.change(caller, &table, change, &condition).await?;
        self.item_answer(caller, &table, &request, changed, None).await
    }

    /// `POST /items/remove`.
    pub(crate) async fn remove(
        &self,
        caller: &Caller,
        request: Request,
    ) -> Result<Answer, DataError> {
        let item = item::check_id(request.text("dataItemId", "WDE0002")?)?;
        let condition = condition(&request)?;
        let table = self.writable(caller, request.collection()?, &[Action::Remove]).await?;
        let changed = self.change(caller, &table, Change::Remove(item), &condition).await?;
        self.item_answer(caller, &table, &request, changed, None).await
    }

    /// The item of a request, checked.
    fn given(&self, request: &mut Request) -> Result<New, DataError> {
        let collection = self.tables.collection(request.collection()?);
        let references = request.flag("saveReferences");
        new_item(&collection, request.take("dataItem"), references)
    }

    /// `{dataItem}`, with the action of a save, and with referenced items in it where they are asked for.
    async fn item_answer(
        &self,
        caller: &Caller,
        table: &Arc<Table>,
        request: &Request,
        changed: Changed,
        action: Option<&str>,
    ) -> Result<Answer, DataError> {
        let mut item = changed.item;
        let include = request.get("includeReferencedItems").filter(|_| !changed.is_hidden);
        let items = std::slice::from_mut(&mut item);
        self.finish_items(caller, table, None, include, items).await?;
        let mut body = String::with_capacity(item.json.len() + 100);
        body.push('{');
        if let Some(action) = action {
            body.push_str(&format!("\"action\":\"{action}\","));
        }
        body.push_str("\"dataItem\":");
        wrap(&mut body, &item, table.id());
        body.push('}');
        Ok(Answer::ok(body))
    }
}

pub(super) fn no_id() -> DataError {
    DataError::invalid("WDE0007", "Invalid update. Updated object must have a string _id property.")
}

/// The filter that an item must pass for a change to happen.
pub(super) fn condition(request: &Request) -> Result<Filter, DataError> {
    filter::parse(request.get("condition").and_then(|condition| condition.get("filter")))
}

/// Checks `{id, data}`.
pub(super) fn new_item(
    collection: &Collection,
    item: Option<Value>,
    references: bool,
) -> Result<New, DataError> {
    let Some(Value::Object(mut item)) = item else {
        return Err(DataError::item("dataItem is no object"));
    };
    let id = item.shift_remove("id");
    let data = item.shift_remove("data").unwrap_or_else(|| Value::Object(Map::new()));
    let mut new = item::check(collection, id.as_ref(), data)?;
    if !references {
        new.references.clear();
    }
    Ok(new)
}
