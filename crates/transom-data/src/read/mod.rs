//! What only looks: one item, pages of items, counts.

pub(crate) mod cursor;
mod distinct;
mod projection;
mod search;
mod sort;

use std::sync::Arc;

use serde_json::{Map, Value, json};
use transom_store::{Row, Statement};

use crate::Answer;
use crate::access::{Caller, Reach};
use crate::error::DataError;
use crate::filter::{self, Filter, Plan};
use crate::item::{Form, Parts};
use crate::json::quote;
use crate::request::{Paging, Request};
use crate::service::{Shared, strings};
use crate::sql::Sql;
use crate::tables::Table;
use cursor::{Asked, Cursor, Direction};
use projection::project;
pub(crate) use sort::{Order, compare};

/// A page that was asked for.
pub(crate) struct Page {
    pub(crate) filter: Filter,
    pub(crate) order: Order,
    pub(crate) paging: Paging,
    pub(crate) total: bool,
    pub(crate) form: Form,
}

impl Page {
    /// Reads the part of a query that says which items.
    pub(crate) fn read(query: &Value) -> Result<Self, DataError> {
        let empty = Map::new();
        let object = query.as_object().unwrap_or(&empty);
        Ok(Self {
            filter: filter::parse(object.get("filter"))?,
            order: Order::parse(object.get("sort"))?,
            paging: Paging::read(object)?,
            total: false,
            form: Form::Wire,
        })
    }
}

/// Items of a page, as JSON, and where it lies.
pub(crate) struct Found {
    pub(crate) items: Vec<Item>,
    pub(crate) paging: Map<String, Value>,
}

/// An item as it goes out.
pub(crate) struct Item {
    pub(crate) id: String,
    pub(crate) json: String,
}

impl Shared {
    /// `GET /items/{id}`. The JSON of the item goes out as it is stored.
    pub(crate) async fn get(
        &self,
        caller: &Caller,
        id: &str,
        request: &Request,
    ) -> Result<Answer, DataError> {
        let decoded = percent_encoding::percent_decode_str(id).decode_utf8_lossy();
        let id = request.get("dataItemId").and_then(Value::as_str).unwrap_or(&decoded);
        let (table, json) = self.stored(caller, request.collection()?, id, Form::Wire).await?;
        let mut items = vec![Item { id: id.to_owned(), json }];
        self.finish_items(
            caller,
            &table,
            request.get("fields"),
            request.get("includeReferences"),
            &mut items,
        )
        .await?;
        let mut body = String::with_capacity(items[0].json.len() + 64);
        body.push_str("{\"dataItem\":");
        wrap(&mut body, &items[0], table.id());
        body.push('}');
        Ok(Answer::ok(body))
    }

    /// The table of a collection, and the JSON of an item in it.
    pub(crate) async fn stored(
        &self,
        caller: &Caller,
        collection: &str,
        id: &str,
        form: Form,
    ) -> Result<(Arc<Table>, String), DataError> {
        let (table, reach) = self.readable_by_id(caller, collection).await?;
        if id.contains('\0') {
            return Err(DataError::missing("", table.id()));
        }
        let mut sql = Sql::new(
            self.dialect,
            format!("SELECT {} FROM {} t WHERE t.id = ", self.columns(), table.name()),
        );
        sql.bind(id);
        limit_to(&mut sql, reach);
        let rows = self.store.read(sql.finish()?).await?;
        let row = rows.first().ok_or_else(|| DataError::missing(id, table.id()))?;
        Ok((table, Parts::of(row, 0)?.print(form)))
    }

    /// `POST /items/query`, or `GET` of it.
    pub(crate) async fn query(
        &self,
        caller: &Caller,
        request: Request,
    ) -> Result<Answer, DataError> {
        let (table, found) = self.found(caller, request, Form::Wire).await?;
        Ok(Answer::ok(items_json(&found, table.id())))
    }

    /// What a query finds: its table and a page of its items.
    pub(crate) async fn found(
        &self,
        caller: &Caller,
        request: Request,
        form: Form,
    ) -> Result<(Arc<Table>, Found), DataError> {
        let (table, reach) = self.readable(caller, &request).await?;
        let empty = Map::new();
        let query = request.get("query").and_then(Value::as_object).unwrap_or(&empty);
        let page = Page {
            filter: filter::parse(query.get("filter"))?,
            order: Order::read(query.get("sort"), &request)?,
            paging: Paging::read(query)?,
            total: request.flag("returnTotalCount"),
            form,
        };
        let mut found = self.page(&table, reach, page).await?;
        let (fields, include) = (query.get("fields"), request.get("includeReferences"));
        self.finish_items(caller, &table, fields, include, &mut found.items).await?;
        Ok((table, found))
    }

    /// `POST /items/count`.
    pub(crate) async fn count(
        &self,
        caller: &Caller,
        request: &Request,
    ) -> Result<Answer, DataError> {
        let (table, reach) = self.readable(caller, request).await?;
        let filter = filter::parse(request.get("filter"))?;
        let count = self.count_of(&table, reach, &filter).await?;
        Ok(Answer::ok(json!({ "totalCount": count }).to_string()))
    }

    /// How many items pass a filter.
    pub(crate) async fn count_of(
        &self,
        table: &Table,
        reach: Reach<'_>,
        filter: &Filter,
    ) -> Result<i64, DataError> {
        let mut sql =
            Sql::new(self.dialect, format!("SELECT COUNT(*) FROM {} t WHERE ", table.name()));
        self.condition(table, &mut sql, filter);
        limit_to(&mut sql, reach);
        self.counted(sql).await
    }

    /// The number that a statement counts.
    pub(crate) async fn counted(&self, sql: Sql) -> Result<i64, DataError> {
        let rows = self.store.scan(sql.finish()?).await?;
        Ok(rows.first().map_or(Ok(0), |row| row.integer(0))?)
    }

    /// Appends a filter.
    pub(crate) fn condition(&self, table: &Table, sql: &mut Sql, filter: &Filter) {
        Plan { table }.condition(sql, filter);
    }

    /// Finds a page of items.
    pub(crate) async fn page(
        &self,
        table: &Arc<Table>,
        reach: Reach<'_>,
        page: Page,
    ) -> Result<Found, DataError> {
        let cursor = page.paging.cursor.as_deref().map(Cursor::decode).transpose()?;
        let (filter, order) = match &cursor {
            Some(cursor) => (cursor.filter()?, cursor.order()?),
            None => (page.filter, page.order),
        };
        let direction = cursor.as_ref().map_or(Direction::Forward, |cursor| cursor.direction);
        let statement =
            self.page_statement(table, reach, &filter, &order, cursor.as_ref(), &page.paging)?;
        let mut rows = self.store.scan(statement).await?;
        let limit = usize::try_from(page.paging.limit).unwrap_or(usize::MAX);
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        if direction == Direction::Back {
            rows.reverse();
        }
        let mut items = Vec::with_capacity(rows.len());
        for row in &rows {
            let parts = Parts::of(row, 0)?;
            items.push(Item { id: parts.id.to_owned(), json: parts.print(page.form) });
        }
        let has_next = has_more || direction == Direction::Back;
        let has_previous = match direction {
            Direction::Forward => cursor.is_some() || page.paging.offset > 0,
            Direction::Back => has_more,
        };
        let mut paging = Map::new();
        paging.insert("count".to_owned(), json!(items.len()));
        if cursor.is_none() {
            paging.insert("offset".to_owned(), json!(page.paging.offset));
        }
        if page.total {
            paging.insert("total".to_owned(), json!(self.count_of(table, reach, &filter).await?));
        }
        paging.insert("tooManyToCount".to_owned(), json!(false));
        paging.insert("hasNext".to_owned(), json!(has_next));
        let cursors = cursors(&filter, &order, &rows, has_next, has_previous)?;
        paging.insert("cursors".to_owned(), Value::Object(cursors));
        Ok(Found { items, paging })
    }

    /// How the database would find a page, line by line.
    pub(crate) async fn explain(
        &self,
        table: &Arc<Table>,
        page: Page,
    ) -> Result<Vec<String>, DataError> {
        let statement =
            self.page_statement(table, Reach::All, &page.filter, &page.order, None, &page.paging)?;
        // SQLite explains by what the connection knows of the tables, which a statement that runs brings up to date.
        self.store.read(statement.clone()).await?;
        let rows = self.store.read(statement.explained(self.dialect)).await?;
        let text = |row: Row| match row.into_values().pop() {
            Some(transom_store::Value::Text(line)) => line,
            _ => String::new(),
        };
        Ok(rows.into_iter().map(text).collect())
    }

    fn page_statement(
        &self,
        table: &Table,
        reach: Reach<'_>,
        filter: &Filter,
        order: &Order,
        cursor: Option<&Cursor>,
        paging: &Paging,
    ) -> Result<Statement, DataError> {
        let mut sql = Sql::new(self.dialect, "SELECT ");
        sql.push(self.columns());
        let keys = order.keys(&mut sql, table)?;
        for (key, _) in &keys {
            sql.push(", ");
            sql.push(key);
        }
        sql.push(", t.seq FROM ");
        sql.push(&table.name());
        sql.push(" t WHERE ");
        self.condition(table, &mut sql, filter);
        limit_to(&mut sql, reach);
        let back = cursor.is_some_and(|cursor| cursor.direction == Direction::Back);
        if let Some(cursor) = cursor {
            cursor.condition(&mut sql, &keys);
        }
        sql.push(" ORDER BY ");
        for (key, descending) in &keys {
            sql.push(key);
            sql.push(if *descending != back { " DESC, " } else { ", " });
        }
        let descending = keys.last().is_some_and(|(_, descending)| *descending);
        sql.push(if descending != back { "t.seq DESC" } else { "t.seq" });
        sql.push(" LIMIT ");
        sql.bind(paging.limit + 1);
        if paging.offset > 0 {
            sql.push(" OFFSET ");
            sql.bind(paging.offset);
        }
        sql.finish()
    }

    /// Puts referenced items in their places and leaves out fields that were not asked for.
    pub(crate) async fn finish_items(
        &self,
        caller: &Caller,
        table: &Arc<Table>,
        fields: Option<&Value>,
        include: Option<&Value>,
        items: &mut [Item],
    ) -> Result<(), DataError> {
        if let Some(include) = include {
            self.include(caller, table, include, items).await?;
        }
        let fields = strings(fields);
        if !fields.is_empty() {
            for item in items {
                project(&mut item.json, &fields)?;
            }
        }
        Ok(())
    }
}

/// Appends the limit of what a caller may see or change.
pub(crate) fn limit_to(sql: &mut Sql, reach: Reach<'_>) {
    if let Some(owner) = reach.owner() {
        sql.push(" AND t.owner = ");
        sql.bind(owner);
    }
}

/// The cursors of a page: each carries the query and where it goes on.
fn cursors(
    filter: &Filter,
    order: &Order,
    rows: &[Row],
    has_next: bool,
    has_previous: bool,
) -> Result<Map<String, Value>, DataError> {
    let mut cursors = Map::new();
    if order.is_random() {
        return Ok(cursors);
    }
    let asked = Asked::of(filter, order);
    let mut add = |name: &str, row: Option<&Row>, direction: Direction| {
        if let Some(row) = row {
            cursors.insert(name.to_owned(), Value::String(asked.cursor(row, direction)));
        }
    };
    if has_next {
        add("next", rows.last(), Direction::Forward);
    }
    if has_previous {
        add("prev", rows.first(), Direction::Back);
    }
    Ok(cursors)
}

/// An item in its envelope.
pub(crate) fn wrap(out: &mut String, item: &Item, collection: &str) {
    out.push_str("{\"id\":");
    quote(out, &item.id);
    out.push_str(",\"dataCollectionId\":");
    quote(out, collection);
    out.push_str(",\"data\":");
    out.push_str(&item.json);
    out.push('}');
}

/// The answer to a query.
pub(crate) fn items_json(found: &Found, collection: &str) -> String {
    page_json("dataItems", found, |body, item| wrap(body, item, collection))
}

/// The same without the envelopes of items.
pub(crate) fn bare_items_json(found: &Found) -> String {
    page_json("items", found, |body, item| body.push_str(&item.json))
}

fn page_json(name: &str, found: &Found, write: impl Fn(&mut String, &Item)) -> String {
    let size: usize = found.items.iter().map(|item| item.json.len() + 100).sum();
    let mut body = String::with_capacity(size + 300);
    for part in ["{\"", name, "\":["] {
        body.push_str(part);
    }
    for (index, item) in found.items.iter().enumerate() {
        if index > 0 {
            body.push(',');
        }
        write(&mut body, item);
    }
    body.push_str("],\"pagingMetadata\":");
    body.push_str(&Value::Object(found.paging.clone()).to_string());
    body.push('}');
    body
}

/// An item from its parts, as after a write.
pub(crate) fn printed(parts: Parts<'_>) -> Item {
    Item { id: parts.id.to_owned(), json: parts.print(Form::Wire) }
}
