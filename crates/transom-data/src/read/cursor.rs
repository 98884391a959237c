//! Cursors: a query and the item after which (or before which) it goes on. Pages stay whole while items come and go.
//!
//! A cursor is opaque to callers but no secret: what may be seen is decided anew for each page.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use transom_store::{Row, Value as Sql};

use super::Order;
use crate::error::DataError;
use crate::filter::{self, Filter};
use crate::sql;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Forward,
    Back,
}

/// A place in the answer to a query.
#[derive(Debug, Clone)]
pub(crate) struct Cursor {
    pub(crate) direction: Direction,
    filter: Value,
    sort: Value,
    /// Keys of the item and its number, as the database gave them.
    place: Vec<Sql>,
}

/// A query, as the cursors of a page carry it.
pub(crate) struct Asked {
    /// The beginning of their JSON, without the place.
    text: String,
}

impl Asked {
    pub(crate) fn of(filter: &Filter, order: &Order) -> Self {
        let (filter, order) = (filter.to_json(), order.to_json());
        Self { text: format!("{{\"f\":{filter},\"s\":{order},\"p\":") }
    }

    /// The cursor of a row whose columns behind those of the item are its keys and its number.
    pub(crate) fn cursor(&self, row: &Row, direction: Direction) -> String {
        let place = (5..).map_while(|column| row.value(column).map(value_json));
        let (place, back) = (place.collect::<Value>(), direction == Direction::Back);
        URL_SAFE_NO_PAD.encode(format!("{}{place},\"b\":{back}}}", self.text))
    }
}

impl Cursor {
    pub(crate) fn decode(text: &str) -> Result<Self, DataError> {
        let decoded = || {
            let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
            let mut value: Value = serde_json::from_slice(&bytes).ok()?;
            let place: Option<Vec<Sql>> =
                value.get("p")?.as_array()?.iter().map(json_value).collect();
            let direction =
                if value.get("b")?.as_bool()? { Direction::Back } else { Direction::Forward };
            let sort = value.get_mut("s")?.take();
            let filter = value.get_mut("f")?.take();
            let place = place?;
            (place.len() == sort.as_array()?.len() + 1).then_some(Self {
                direction,
                filter,
                sort,
                place,
            })
        };
        decoded().ok_or_else(|| {
            DataError::invalid("WDE0094", "The cursor is not one that a query has given.")
        })
    }

    pub(crate) fn filter(&self) -> Result<Filter, DataError> {
        filter::parse(Some(&self.filter))
    }

    pub(crate) fn order(&self) -> Result<Order, DataError> {
        Order::parse(Some(&self.sort))
    }

    /// Appends the condition that an item lies behind the place (before it, on the way back).
    pub(crate) fn condition(&self, sql: &mut sql::Sql, keys: &[(String, bool)]) {
        let mut keys = keys.to_vec();
        let descending = keys.last().is_some_and(|(_, descending)| *descending);
        keys.push(("t.seq".to_owned(), descending));
        let back = self.direction == Direction::Back;
        let parameters: Vec<String> =
            self.place.iter().map(|value| sql.parameter(value.clone())).collect();
        let symbol = |descending: bool| if descending == back { ">" } else { "<" };
        // The first key alone is a range that an index answers.
        if let ([(key, descending), _, ..], [parameter, ..]) =
            (keys.as_slice(), parameters.as_slice())
        {
            sql.push(&format!(" AND {key} {}= {parameter}", symbol(*descending)));
        }
        let arms = (0..keys.len()).map(|length| {
            let mut arm: Vec<String> = (0..length)
                .map(|index| format!("{} = {}", keys[index].0, parameters[index]))
                .collect();
            let (key, descending) = &keys[length];
            arm.push(format!("{key} {} {}", symbol(*descending), parameters[length]));
            arm.join(" AND ")
        });
        let arms: Vec<String> = arms.collect();
        sql.push(&format!(" AND ({})", arms.join(" OR ")));
    }
}

/// A value of the database as JSON that [`json_value`] reads.
pub(crate) fn value_json(value: &Sql) -> Value {
    match value {
        Sql::Null => Value::Null,
        Sql::Integer(number) => json!({ "i": number.to_string() }),
        Sql::Real(number) => json!({ "r": number.to_bits().to_string() }),
        Sql::Text(text) => json!({ "t": text }),
        Sql::Bytes(bytes) => json!({ "b": URL_SAFE_NO_PAD.encode(bytes) }),
    }
}

pub(crate) fn json_value(value: &Value) -> Option<Sql> {
    let (kind, text) = value.as_object()?.iter().next()?;
    let text = text.as_str()?;
    Some(match kind.as_str() {
        "i" => Sql::Integer(text.parse().ok()?),
        "r" => Sql::Real(f64::from_bits(text.parse().ok()?)),
        "t" if !text.contains('\0') => Sql::Text(text.to_owned()),
        "b" => Sql::Bytes(URL_SAFE_NO_PAD.decode(text).ok()?),
        _ => return None,
    })
}
