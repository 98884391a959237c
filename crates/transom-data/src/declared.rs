//! What the project declares of its collections, for programs: the form of the platform's collections API, reading only.
//! Spec: section 10.4.

use serde_json::{Map, Value, json};

use crate::Answer;
use crate::access::{Caller, Role};
use crate::collections::{Collection, Field, FieldType};
use crate::error::DataError;
use crate::request::{Paging, Request};
use crate::service::Shared;

impl Shared {
    /// `GET /collections/{id}`.
    pub(crate) async fn describe(&self, caller: &Caller, id: &str) -> Result<Answer, DataError> {
        let id = percent_encoding::percent_decode_str(id).decode_utf8_lossy();
        may_look(caller, &id)?;
        let is_declared = self.tables.declared().get(&id).is_some();
        if !is_declared && self.tables.find(&id).await?.is_none() {
            return Err(DataError::no_collection(&id));
        }
        let found = described(&self.tables.collection(&id));
        Ok(Answer::ok(json!({ "collection": found }).to_string()))
    }

    /// `GET /collections`: all that are there, by their ids.
    pub(crate) async fn describe_all(
        &self,
        caller: &Caller,
        request: &Request,
    ) -> Result<Answer, DataError> {
        may_look(caller, "*")?;
        let paging = Paging::read(&nested(request))?;
        let tables = self.tables.all().await?;
        let (skip, limit) = (paging.offset.unsigned_abs(), paging.limit.unsigned_abs());
        let skip = usize::try_from(skip).unwrap_or(usize::MAX);
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let page: Vec<Value> = tables
            .iter()
            .skip(skip)
            .take(limit)
            .map(|table| described(&table.collection))
            .collect();
        let paging = json!({
            "count": page.len(), "offset": skip, "total": tables.len(), "tooManyToCount": false,
            "hasNext": skip.saturating_add(page.len()) < tables.len(),
        });
        Ok(Answer::ok(json!({ "collections": page, "pagingMetadata": paging }).to_string()))
    }
}

/// The request with the page that the package asks for: it writes `paging.limit` and `paging.offset` in the address.
fn nested(request: &Request) -> Map<String, Value> {
    let mut paging = Map::new();
    for name in ["limit", "offset"] {
        if let Some(value) = request.get(&format!("paging.{name}")) {
            paging.insert(name.to_owned(), value.clone());
        }
    }
    let mut object = request.0.clone();
    object.entry("paging").or_insert(Value::Object(paging));
    object
}

/// How a project is made is for those who make it.
fn may_look(caller: &Caller, id: &str) -> Result<(), DataError> {
    let may =
        matches!(caller, Caller::App | Caller::User { role: Some(Role::Editor | Role::Admin), .. });
    if may { Ok(()) } else { Err(DataError::denied(id, "read the declaration of")) }
}

fn described(collection: &Collection) -> Value {
    let declaration = &collection.declaration;
    let permissions = &declaration.permissions;
    let fields: Vec<Value> =
        declaration.fields.iter().map(|(key, field)| described_field(key, field)).collect();
    json!({
        "id": collection.id,
        "displayName": collection.id,
        "fields": fields,
        "dataPermissions": {
            "itemRead": permissions.read.as_str(),
            "itemInsert": permissions.insert.as_str(),
            "itemUpdate": permissions.update.as_str(),
            "itemRemove": permissions.remove.as_str(),
        },
    })
}

fn described_field(key: &str, field: &Field) -> Value {
    let kind = match field.kind {
        FieldType::Any => "ANY",
        FieldType::Text => "TEXT",
        FieldType::Number | FieldType::Integer => "NUMBER",
        FieldType::Boolean => "BOOLEAN",
        FieldType::Date => "DATETIME",
        FieldType::Array => "ARRAY",
        FieldType::Object => "OBJECT",
        FieldType::Reference => "REFERENCE",
        FieldType::MultiReference => "MULTI_REFERENCE",
    };
    let mut found =
        json!({ "key": key, "displayName": key, "type": kind, "required": field.required });
    if let Some(to) = &field.to {
        let name = if field.kind == FieldType::Reference { "reference" } else { "multiReference" };
        found["typeMetadata"] = json!({ name: { "referencedCollectionId": to } });
    }
    found
}
