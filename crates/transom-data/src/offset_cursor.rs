//! Cursors of answers that have no items to go on from: they carry the request, how much of it was answered, and, where
//! values are in order, the one that the next page lies behind.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use transom_store::Value as Sql;

use crate::error::DataError;
use crate::read::cursor::{Direction, json_value, value_json};
use crate::request::{Paging, Request};

/// A request as it was first made, and the page of it that is wanted.
pub(crate) struct Resumed {
    pub(crate) request: Request,
    pub(crate) paging: Paging,
    /// The value that the page lies behind.
    pub(crate) edge: Option<Edge>,
}

/// A value that a page lies behind, or before, on the way back.
pub(crate) struct Edge {
    pub(crate) value: Sql,
    pub(crate) direction: Direction,
}

/// The first and the last value of a page.
pub(crate) type Ends<'a> = Option<(&'a Sql, &'a Sql)>;

impl Resumed {
    /// Reads a request with `paging`, or goes on with the one in its cursor.
    pub(crate) fn read(
        request: Request,
        paging: impl Fn(&Request) -> Result<Paging, DataError>,
    ) -> Result<Self, DataError> {
        let mut page = paging(&request)?;
        let Some(cursor) = page.cursor.take() else {
            return Ok(Self { request, paging: page, edge: None });
        };
        let decoded = || {
            let bytes = URL_SAFE_NO_PAD.decode(&cursor).ok()?;
            let mut value: Value = serde_json::from_slice(&bytes).ok()?;
            let offset = value.get("o")?.as_i64().filter(|offset| *offset >= 0)?;
            let edge = match (value.get("k"), value.get("b")) {
                (None, _) => None,
                (Some(key), back) => {
                    let is_back = back.and_then(Value::as_bool) == Some(true);
                    let direction = if is_back { Direction::Back } else { Direction::Forward };
                    Some(Edge { value: json_value(key)?, direction })
                }
            };
            match value.get_mut("q")?.take() {
                Value::Object(object) => Some((Request(object), offset, edge)),
                _ => None,
            }
        };
        let (mut first, offset, edge) = decoded().ok_or_else(|| {
            DataError::invalid("WDE0094", "The cursor is not one that a query has given.")
        })?;
        // The caller is asked for the collection anew, whatever the cursor says.
        let collection = request.collection()?.to_owned();
        first.0.insert("dataCollectionId".to_owned(), json!(collection));
        page.offset = offset;
        Ok(Self { request: first, paging: page, edge })
    }

    /// `pagingMetadata` of a page.
    pub(crate) fn metadata(
        request: &Request,
        paging: &Paging,
        count: usize,
        has_next: bool,
        total: Option<i64>,
        ends: Ends<'_>,
    ) -> Map<String, Value> {
        let cursor = |offset: i64, edge: Option<&Sql>, back: bool| {
            let mut carried = json!({ "q": Value::Object(request.0.clone()), "o": offset });
            if let Some(edge) = edge {
                carried["k"] = value_json(edge);
                carried["b"] = json!(back);
            }
            json!(URL_SAFE_NO_PAD.encode(carried.to_string()))
        };
        let mut cursors = Map::new();
        if has_next {
            let last = ends.map(|(_, last)| last);
            cursors.insert("next".to_owned(), cursor(paging.offset + paging.limit, last, false));
        }
        if paging.offset > 0 {
            let (first, offset) = (ends.map(|(first, _)| first), paging.offset - paging.limit);
            cursors.insert("prev".to_owned(), cursor(offset.max(0), first, true));
        }
        let mut metadata = Map::new();
        metadata.insert("count".to_owned(), json!(count));
        metadata.insert("offset".to_owned(), json!(paging.offset));
        if let Some(total) = total {
            metadata.insert("total".to_owned(), json!(total));
        }
        metadata.insert("tooManyToCount".to_owned(), json!(false));
        metadata.insert("hasNext".to_owned(), json!(has_next));
        metadata.insert("cursors".to_owned(), Value::Object(cursors));
        metadata
    }
}
