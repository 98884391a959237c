//! Making and undoing references.

use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};
use transom_store::{Batch, Dialect, Refused, Statement, StoreError};

use super::declared_multiple;
use crate::Answer;
use crate::access::Caller;
use crate::collections::Action;
use crate::error::DataError;
use crate::item::check_id;
use crate::request::Request;
use crate::service::{Shared, strings};
use crate::tables::Table;

/// Most references of a call.
const MOST: usize = 1000;

/// One reference.
#[derive(Debug, Clone)]
struct Link {
    field: String,
    item: String,
    target: String,
}

impl Shared {
    /// `POST /bulk/items/insert-references`.
    pub(crate) async fn insert_references(
        &self,
        caller: &Caller,
        request: &Request,
    ) -> Result<Answer, DataError> {
        self.each_reference(caller, request, "INSERT", insertion).await
    }

    /// `POST /bulk/items/remove-references`.
    pub(crate) async fn remove_references(
        &self,
        caller: &Caller,
        request: &Request,
    ) -> Result<Answer, DataError> {
        self.each_reference(caller, request, "DELETE", deletion).await
    }

    /// Runs a statement for each reference of a request, all in one transaction.
    async fn each_reference(
        &self,
        caller: &Caller,
        request: &Request,
        action: &str,
        statement: impl Fn(&Table, &str, &str, &str) -> Statement,
    ) -> Result<Answer, DataError> {
        let table = self.writable(caller, request.collection()?, &[Action::Update]).await?;
        let links = links(&table, request)?;
        let batch = links.iter().fold(Batch::new(), |batch, link| {
            batch.run(statement(&table, &link.field, &link.item, &link.target))
        });
        self.linked(caller, &table, &links, batch).await?;
        Ok(results(&links, action))
    }

    /// `POST /items/replace-references`.
    pub(crate) async fn replace_references(
        &self,
        caller: &Caller,
        request: &Request,
    ) -> Result<Answer, DataError> {
        let table = self.writable(caller, request.collection()?, &[Action::Update]).await?;
        let field = request.text("referringItemFieldName", "WDE0020")?.to_owned();
        declared_multiple(&table, &field)?;
        let item = check_id(request.text("referringItemId", "WDE0019")?)?;
        let targets = strings(request.get("newReferencedItemIds"));
        if targets.len() > MOST {
            return Err(DataError::invalid(
                "WDE0019",
                format!("A call takes at most {MOST} references."),
            ));
        }
        let targets: Vec<String> =
            targets.iter().map(|id| check_id(id)).collect::<Result<_, _>>()?;
        let batch = replacing(&table, &field, &item, &targets);
        let link = |target: String| Link { field: field.clone(), item: item.clone(), target };
        let links: Vec<Link> = targets.into_iter().map(link).collect();
        let referring = [Link { field: field.clone(), item: item.clone(), target: String::new() }];
        self.linked(caller, &table, &referring, batch).await?;
        let references: Vec<Value> = links.iter().map(Link::to_json).collect();
        Ok(Answer::ok(json!({ "dataItemReferences": references }).to_string()))
    }

    /// Runs a batch if the caller may change all the items that refer.
    async fn linked(
        &self,
        caller: &Caller,
        table: &Arc<Table>,
        links: &[Link],
        batch: Batch,
    ) -> Result<(), DataError> {
        let permissions = &table.collection.declaration.permissions;
        let owner =
            caller.reach(table.id(), permissions, Action::Update)?.owner().map(str::to_owned);
        let refusal: Arc<Mutex<Option<DataError>>> = Arc::default();
        let mut whole = Batch::new();
        let mut items: Vec<&str> = links.iter().map(|link| link.item.as_str()).collect();
        items.sort_unstable();
        items.dedup();
        for item in items {
            let lock = if self.dialect == Dialect::Postgres { " FOR UPDATE" } else { "" };
            let find = format!("SELECT owner FROM {} WHERE id = $1{lock}", table.name());
            let (owner, refusal, table) = (owner.clone(), Arc::clone(&refusal), Arc::clone(table));
            let id = item.to_owned();
            whole.decide(Statement::new(find).bind(item), move |rows| {
                let error = match rows.first().map(|row| row.optional_text(0)) {
                    Some(Ok(found)) if owner.is_none() || found == owner.as_deref() => {
                        return Ok(Batch::new());
                    }
                    None => DataError::missing(&id, table.id()),
                    Some(_) => DataError::denied(table.id(), Action::Update.verb()),
                };
                *refusal.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                Err(Refused)
            });
        }
        whole.append(batch);
        match self.store.write(whole).await {
            Ok(_) => Ok(()),
            Err(StoreError::Refused) => {
                let refusal = refusal.lock().unwrap_or_else(PoisonError::into_inner).take();
                Err(refusal.unwrap_or_else(|| DataError::denied(table.id(), Action::Update.verb())))
            }
            Err(error) => Err(error.into()),
        }
    }
}

impl Link {
    fn to_json(&self) -> Value {
        json!({
            "referringItemFieldName": self.field,
            "referringItemId": self.item,
            "referencedItemId": self.target,
        })
    }
}

fn links(table: &Table, request: &Request) -> Result<Vec<Link>, DataError> {
    let Some(Value::Array(list)) = request.get("dataItemReferences") else {
        return Err(DataError::invalid(
            "WDE0021",
            "Invalid reference: dataItemReferences is no list.",
        ));
    };
    if list.len() > MOST {
        return Err(DataError::invalid(
            "WDE0021",
            format!("A call takes at most {MOST} references."),
        ));
    }
    let link = |reference: &Value| {
        let text = |name: &str| {
            let text = reference.get(name).and_then(Value::as_str);
            text.ok_or_else(|| {
                DataError::invalid("WDE0021", format!("Invalid reference: {name} is no string."))
            })
        };
        let field = text("referringItemFieldName")?;
        declared_multiple(table, field)?;
        Ok(Link {
            field: field.to_owned(),
            item: check_id(text("referringItemId")?)?,
            target: check_id(text("referencedItemId")?)?,
        })
    };
    list.iter().map(link).collect()
}

fn results(links: &[Link], action: &str) -> Answer {
    let result = |(index, link): (usize, &Link)| {
        json!({
            "action": action,
            "referenceMetadata": { "originalIndex": index, "success": true },
            "dataItemReference": link.to_json(),
        })
    };
    let results: Vec<Value> = links.iter().enumerate().map(result).collect();
    let metadata =
        json!({ "totalSuccesses": links.len(), "totalFailures": 0, "undetailedFailures": 0 });
    Answer::ok(json!({ "results": results, "bulkActionMetadata": metadata }).to_string())
}

/// Adds a reference behind those that are there.
fn insertion(table: &Table, field: &str, item: &str, target: &str) -> Statement {
    let insert = "INSERT INTO data_reference (collection, field, item, target, place) \
                  SELECT CAST($1 AS BIGINT), $2, $3, $4, COALESCE(MAX(place), 0) + 1 FROM data_reference \
                  WHERE collection = $1 AND field = $2 AND item = $3 \
                  ON CONFLICT (collection, field, item, target) DO NOTHING";
    Statement::new(insert).bind(table.number).bind(field).bind(item).bind(target)
}

/// Takes a reference away.
fn deletion(table: &Table, field: &str, item: &str, target: &str) -> Statement {
    let delete = "DELETE FROM data_reference \
                  WHERE collection = $1 AND field = $2 AND item = $3 AND target = $4";
    Statement::new(delete).bind(table.number).bind(field).bind(item).bind(target)
}

/// Leaves an item with these references alone.
pub(crate) fn replacing(table: &Table, field: &str, item: &str, targets: &[String]) -> Batch {
    let delete = "DELETE FROM data_reference WHERE collection = $1 AND field = $2 AND item = $3";
    let delete = Statement::new(delete).bind(table.number).bind(field).bind(item);
    targets
        .iter()
        .fold(Batch::from(delete), |batch, target| batch.run(insertion(table, field, item, target)))
}
