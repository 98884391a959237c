//! Cursors of answers that have no items to go on from: they carry the request and how much of it was answered.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use crate::error::DataError;
use crate::request::{Paging, Request};

/// A request as it was first made, and the page of it that is wanted.
pub(crate) struct Resumed {
    pub(crate) request: Request,
    pub(crate) paging: Paging,
}

impl Resumed {
    /// Reads a request with `paging`, or goes on with the one in its cursor.
    pub(crate) fn read(
        request: Request,
        paging: impl Fn(&Request) -> Result<Paging, DataError>,
    ) -> Result<Self, DataError> {
        let mut page = paging(&request)?;
        let Some(cursor) = page.cursor.take() else { return Ok(Self { request, paging: page }) };
        let decoded = || {
            let bytes = URL_SAFE_NO_PAD.decode(&cursor).ok()?;
            let mut value: Value = serde_json::from_slice(&bytes).ok()?;
            let offset = value.get("o")?.as_i64().filter(|offset| *offset >= 0)?;
            match value.get_mut("q")?.take() {
                Value::Object(object) => Some((Request(object), offset)),
                _ => None,
            }
        };
        let (mut first, offset) = decoded().ok_or_else(|| {
            DataError::invalid("WDE0094", "The cursor is not one that a query has given.")
        })?;
        // The caller is asked for the collection anew, whatever the cursor says.
        let collection = request.collection()?.to_owned();
        first.0.insert("dataCollectionId".to_owned(), json!(collection));
        page.offset = offset;
        Ok(Self { request: first, paging: page })
    }

    /// `pagingMetadata` of a page.
    pub(crate) fn metadata(
        request: &Request,
        paging: &Paging,
        count: usize,
        has_next: bool,
        total: Option<i64>,
    ) -> Map<String, Value> {
        let cursor = |offset: i64| {
            let text = json!({ "q": Value::Object(request.0.clone()), "o": offset }).to_string();
            json!(URL_SAFE_NO_PAD.encode(text))
        };
        let mut cursors = Map::new();
        if has_next {
            cursors.insert("next".to_owned(), cursor(paging.offset + paging.limit));
        }
        if paging.offset > 0 {
            cursors.insert("prev".to_owned(), cursor((paging.offset - paging.limit).max(0)));
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
