//! Calls that change many items: one transaction, and a result for each item. Spec: sections 10.1 and 10.2.

use std::sync::Arc;

use serde_json::{Value, json};

use super::requests::{condition, new_item, no_id};
use super::{Change, Changed, Done, patch};
use crate::Answer;
use crate::access::Caller;
use crate::collections::Action;
use crate::error::DataError;
use crate::filter::Filter;
use crate::item;
use crate::read::wrap;
use crate::request::Request;
use crate::service::Shared;
use crate::tables::Table;

/// Most items of a call.
const MOST: usize = 1000;

/// What is done to many items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bulk {
    Insert,
    Update,
    Save,
    Remove,
    Patch,
}

/// A change that is wanted, or why it cannot be.
type Wanted = Result<Change, DataError>;

impl Shared {
    /// `POST /bulk/items/{insert,update,save,remove,patch}`.
    pub(crate) async fn bulk(
        &self,
        caller: &Caller,
        bulk: Bulk,
        mut request: Request,
    ) -> Result<Answer, DataError> {
        let id = request.collection()?.to_owned();
        let wanted = self.wanted(&id, bulk, &mut request)?;
        let condition = condition(&request)?;
        let actions: &[Action] = match bulk {
            Bulk::Insert => &[Action::Insert],
            Bulk::Save => &[Action::Insert, Action::Update],
            Bulk::Update | Bulk::Patch => &[Action::Update],
            Bulk::Remove => &[Action::Remove],
        };
        let table = self.writable(caller, &id, actions).await?;
        let results = self.bulk_changes(caller, &table, wanted, &condition).await?;
        let with_items = request.flag("returnEntity");
        Ok(Answer::ok(results_json(bulk, &table, &results, with_items)))
    }

    /// The changes of a request, item by item.
    fn wanted(
        &self,
        id: &str,
        bulk: Bulk,
        request: &mut Request,
    ) -> Result<Vec<Wanted>, DataError> {
        let (name, too_many) = match bulk {
            Bulk::Remove => ("dataItemIds", "WDE0069"),
            Bulk::Patch => ("patches", "WDE0006"),
            Bulk::Insert | Bulk::Update | Bulk::Save => ("dataItems", "WDE0006"),
        };
        let Some(Value::Array(list)) = request.take(name) else {
            let code = if bulk == Bulk::Remove { "WDE0068" } else { "WDE0005" };
            return Err(DataError::invalid(code, format!("{name} must be a list.")));
        };
        if list.len() > MOST {
            let reason = format!("A call takes at most {MOST} items, not {}.", list.len());
            return Err(DataError::invalid(too_many, reason));
        }
        if bulk == Bulk::Remove && !list.iter().all(Value::is_string) {
            return Err(DataError::invalid("WDE0068", "Item ids must be an array of strings."));
        }
        let collection = self.tables.collection(id);
        let references = request.flag("saveReferences");
        let change = |value: Value| -> Wanted {
            match bulk {
                Bulk::Remove => {
                    Ok(Change::Remove(item::check_id(value.as_str().unwrap_or_default())?))
                }
                Bulk::Patch => {
                    let id = value.get("dataItemId").and_then(Value::as_str).unwrap_or_default();
                    let modifications = patch::parse(value.get("fieldModifications"))?;
                    Ok(Change::Patch(item::check_id(id)?, Arc::new(modifications)))
                }
                Bulk::Insert | Bulk::Update | Bulk::Save => {
                    let new = new_item(&collection, Some(value), references)?;
                    match bulk {
                        Bulk::Update if !new.has_id => Err(no_id()),
                        Bulk::Update => Ok(Change::Update(new)),
                        Bulk::Save if new.has_id => Ok(Change::Save(new)),
                        _ => Ok(Change::Insert(new)),
                    }
                }
            }
        };
        Ok(list.into_iter().map(change).collect())
    }

    /// Makes the changes that can be, and gives a result for each.
    ///
    /// # Errors
    /// Only when the database does not do its work: then nothing of it has happened.
    async fn bulk_changes(
        &self,
        caller: &Caller,
        table: &Arc<Table>,
        wanted: Vec<Wanted>,
        condition: &Filter,
    ) -> Result<Vec<Result<Changed, DataError>>, DataError> {
        let mut results: Vec<Option<Result<Changed, DataError>>> = Vec::with_capacity(wanted.len());
        let mut changes = Vec::with_capacity(wanted.len());
        for change in wanted {
            match change {
                Ok(change) => {
                    changes.push(change);
                    results.push(None);
                }
                Err(error) => results.push(Some(Err(error))),
            }
        }
        let mut made = self.changes(caller, table, changes, condition).await.into_iter();
        let results: Vec<_> =
            results.into_iter().filter_map(|result| result.or_else(|| made.next())).collect();
        let broken = results.iter().find_map(|result| match result {
            Err(error) if error.status() >= 500 => Some(error.clone()),
            _ => None,
        });
        broken.map_or(Ok(results), Err)
    }
}

fn results_json(
    bulk: Bulk,
    table: &Table,
    results: &[Result<Changed, DataError>],
    with_items: bool,
) -> String {
    let successes = results.iter().filter(|result| result.is_ok()).count();
    let mut body = String::from("{\"results\":[");
    for (index, result) in results.iter().enumerate() {
        if index > 0 {
            body.push(',');
        }
        let (action, metadata) = match result {
            Ok(changed) => {
                let action = match changed.done {
                    Done::Inserted => "INSERT",
                    Done::Updated => "UPDATE",
                    Done::Patched => "PATCH",
                    Done::Removed => "DELETE",
                };
                (action, json!({ "id": changed.item.id, "originalIndex": index, "success": true }))
            }
            Err(error) => {
                let action = match bulk {
                    Bulk::Insert => "INSERT",
                    Bulk::Update | Bulk::Save => "UPDATE",
                    Bulk::Patch => "PATCH",
                    Bulk::Remove => "DELETE",
                };
                let error = error.application_error();
                (action, json!({ "originalIndex": index, "success": false, "error": error }))
            }
        };
        body.push_str(&format!("{{\"action\":\"{action}\",\"itemMetadata\":{metadata}"));
        if let (Ok(changed), true) = (result, with_items) {
            body.push_str(",\"dataItem\":");
            wrap(&mut body, &changed.item, table.id());
        }
        body.push('}');
    }
    let metadata = json!({
        "totalSuccesses": successes,
        "totalFailures": results.len() - successes,
        "undetailedFailures": 0,
    });
    body.push_str(&format!("],\"bulkActionMetadata\":{metadata}}}"));
    body
}
