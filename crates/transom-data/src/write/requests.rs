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

impl Shared {
    /// `POST /items`.
    pub(crate) async fn insert(
        &self,
        caller: &Caller,
        mut request: Request,
    ) -> Result<Answer, DataError> {
        let id = request.collection()?.to_owned();
        let new = new_item(
            &self.tables.collection(&id),
            request.take("dataItem"),
            request.flag("saveReferences"),
        )?;
        let table = self.writable(caller, &id, &[Action::Insert]).await?;
        let changed = self.change(caller, &table, Change::Insert(new), &Filter::All).await?;
        Ok(item_answer(&changed, table.id(), None))
    }

    /// `POST /items/update`.
    pub(crate) async fn update(
        &self,
        caller: &Caller,
        mut request: Request,
    ) -> Result<Answer, DataError> {
        let id = request.collection()?.to_owned();
        let new = new_item(
            &self.tables.collection(&id),
            request.take("dataItem"),
            request.flag("saveReferences"),
        )?;
        if !new.has_id {
            return Err(no_id());
        }
        let condition = condition(&request)?;
        let table = self.writable(caller, &id, &[Action::Update]).await?;
        let changed = self.change(caller, &table, Change::Update(new), &condition).await?;
        Ok(item_answer(&changed, table.id(), None))
    }

    /// `POST /items/save`.
    pub(crate) async fn save(
        &self,
        caller: &Caller,
        mut request: Request,
    ) -> Result<Answer, DataError> {
        let id = request.collection()?.to_owned();
        let new = new_item(
            &self.tables.collection(&id),
            request.take("dataItem"),
            request.flag("saveReferences"),
        )?;
        let table = self.writable(caller, &id, &[Action::Insert, Action::Update]).await?;
        let change = if new.has_id { Change::Save(new) } else { Change::Insert(new) };
        let changed = self.change(caller, &table, change, &Filter::All).await?;
        let action = if changed.done == Done::Inserted { "INSERTED" } else { "UPDATED" };
        Ok(item_answer(&changed, table.id(), Some(action)))
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
        Ok(item_answer(&changed, table.id(), None))
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
        Ok(item_answer(&changed, table.id(), None))
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

/// `{dataItem}`, with the action of a save.
pub(super) fn item_answer(changed: &Changed, collection: &str, action: Option<&str>) -> Answer {
    let mut body = String::with_capacity(changed.item.json.len() + 100);
    body.push('{');
    if let Some(action) = action {
        body.push_str(&format!("\"action\":\"{action}\","));
    }
    body.push_str("\"dataItem\":");
    wrap(&mut body, &changed.item, collection);
    body.push('}');
    Answer::ok(body)
}
