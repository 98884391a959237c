//! Values that can be compared, and their form in the database, whose order is theirs: what is missing, numbers, text,
//! `false`, `true`, dates, objects and lists. Spec: section 10.1.
//!
//! On SQLite they are values of its own, in its order of storage classes; on PostgreSQL text in the order of bytes,
//! which the function `transom_data_key` makes of `jsonb` (see `schema.rs`).

use std::cmp::Ordering;

use serde_json::{Value, json};
use transom_store::{Dialect, Value as Sql};

use crate::dates;

/// A value as filters and sorting see it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Key {
    Missing,
    Number(f64),
    Text(String),
    Bool(bool),
    /// Milliseconds since 1970.
    Date(i64),
    Array,
    Object,
}

/// First byte of a date's key on both back ends.
const DATE: &str = "d";

impl Key {
    /// The key of a JSON value.
    pub(crate) fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::Missing,
            Value::Bool(value) => Self::Bool(*value),
            Value::Number(number) => Self::Number(number.as_f64().unwrap_or_default()),
            Value::String(text) => Self::Text(text.clone()),
            Value::Array(_) => Self::Array,
            Value::Object(_) => date(value).map_or(Self::Object, Self::Date),
        }
    }

    /// Rank of its type.
    fn rank(&self) -> u8 {
        match self {
            Self::Missing => 0,
            Self::Number(_) => 1,
            Self::Text(_) => 2,
            Self::Bool(_) => 3,
            Self::Date(_) => 4,
            Self::Object => 5,
            Self::Array => 6,
        }
    }

    /// Whether both are of one type, so that their values are compared.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        self.rank() == other.rank()
    }

    /// The order of the database.
    pub(crate) fn order(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Number(one), Self::Number(other)) => one.partial_cmp(other),
            (Self::Text(one), Self::Text(other)) => Some(one.cmp(other)),
            (Self::Bool(one), Self::Bool(other)) => Some(one.cmp(other)),
            (Self::Date(one), Self::Date(other)) => Some(one.cmp(other)),
            _ => Some(self.rank().cmp(&other.rank())),
        }
    }

    /// Its form in the database.
    pub(crate) fn to_sql(&self, dialect: Dialect) -> Sql {
        let printed = |time: &i64| format!("{DATE}{}", dates::print(*time).replace('+', "~"));
        let tagged = |text: &str| match dialect {
            Dialect::Sqlite => Sql::Bytes(text.as_bytes().to_vec()),
            Dialect::Postgres => Sql::Text(text.to_owned()),
        };
        match (self, dialect) {
            (Self::Missing, Dialect::Sqlite) => Sql::Real(f64::NEG_INFINITY),
            (Self::Missing, Dialect::Postgres) => Sql::Text("0".to_owned()),
            (Self::Number(number), Dialect::Sqlite) => Sql::Real(*number),
            (Self::Number(number), Dialect::Postgres) => Sql::Text(number_text(*number)),
            (Self::Text(text), Dialect::Sqlite) => Sql::Text(text.clone()),
            (Self::Text(text), Dialect::Postgres) => Sql::Text(format!("2{text}")),
            (Self::Bool(value), _) => tagged(if *value { "31" } else { "30" }),
            (Self::Date(time), _) => tagged(&printed(time)),
            (Self::Object, _) => tagged("o"),
            (Self::Array, _) => tagged("p"),
        }
    }

    /// The JSON value of a key that the database gave; lists and objects are not in their keys.
    pub(crate) fn json_of(key: &Sql) -> Value {
        match key {
            Sql::Real(number) if *number == f64::NEG_INFINITY => Value::Null,
            Sql::Real(number) => number_json(*number),
            Sql::Integer(number) => json!(number),
            Sql::Bytes(bytes) => tagged_json(&String::from_utf8_lossy(bytes)),
            Sql::Text(text) => json!(text),
            Sql::Null => Value::Null,
        }
    }

    /// As [`json_of`](Self::json_of), for a key of `dialect`.
    pub(crate) fn decode(key: &Sql, dialect: Dialect) -> Value {
        let Sql::Text(text) = key else { return Self::json_of(key) };
        if dialect == Dialect::Sqlite {
            return json!(text);
        }
        match text.as_bytes().first() {
            Some(b'1') => number_of(&text[1..]),
            Some(b'2') => json!(text[1..]),
            _ => tagged_json(text),
        }
    }

    /// The lowest key of the same type, and one just above all of them: `None` for what has no order.
    pub(crate) fn bounds(&self, dialect: Dialect) -> Option<(Sql, Sql)> {
        let text = |low: &str, high: &str| match dialect {
            Dialect::Sqlite => (Sql::Bytes(low.into()), Sql::Bytes(high.into())),
            Dialect::Postgres => (Sql::Text(low.to_owned()), Sql::Text(high.to_owned())),
        };
        Some(match (self, dialect) {
            (Self::Number(_), Dialect::Sqlite) => (Sql::Real(f64::MIN), Sql::Text(String::new())),
            (Self::Number(_), Dialect::Postgres) => text("1", "2"),
            (Self::Text(_), Dialect::Sqlite) => (Sql::Text(String::new()), Sql::Bytes(Vec::new())),
            (Self::Text(_), Dialect::Postgres) => text("2", "3"),
            (Self::Bool(_), _) => text("30", "32"),
            (Self::Date(_), _) => text(DATE, "e"),
            (Self::Missing | Self::Array | Self::Object, _) => return None,
        })
    }
}

/// The time in `{"$date": …}`.
pub(crate) fn date(value: &Value) -> Option<i64> {
    let object = value.as_object()?;
    match (object.len(), object.get("$date")?) {
        (1, Value::String(text)) => dates::parse(text),
        (1, Value::Number(number)) => {
            number.as_i64().filter(|time| (-dates::LAST..=dates::LAST).contains(time))
        }
        _ => None,
    }
}

fn tagged_json(text: &str) -> Value {
    match text {
        "30" => json!(false),
        "31" => json!(true),
        "o" => json!({}),
        "p" => json!([]),
        _ => match text.strip_prefix(DATE) {
            Some(date) => json!({ "$date": date.replace('~', "+") }),
            None => Value::Null,
        },
    }
}

/// Digits whose order as text is the order of the numbers.
fn number_text(number: f64) -> String {
    let bits = if number == 0.0 { 0 } else { number.to_bits() };
    let ordered = if bits >> 63 == 0 { bits ^ (1 << 63) } else { !bits };
    format!("1{ordered:016x}")
}

fn number_of(text: &str) -> Value {
    let Ok(ordered) = u64::from_str_radix(text, 16) else { return Value::Null };
    let bits = if ordered >> 63 == 1 { ordered ^ (1 << 63) } else { !ordered };
    number_json(f64::from_bits(bits))
}

/// A number as script would write it: whole numbers without a fraction.
pub(crate) fn number_json(number: f64) -> Value {
    const WHOLE: f64 = 9_007_199_254_740_992.0;
    if number.fract() == 0.0 && number.abs() <= WHOLE {
        #[expect(clippy::cast_possible_truncation, reason = "it is whole and small enough")]
        return json!(number as i64);
    }
    json!(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_numbers_survives_as_text() {
        let numbers =
            [f64::MIN, -1e10, -1.5, -1.0, -f64::MIN_POSITIVE, 0.0, 5e-324, 1.0, 1.5, 1e300];
        for pair in numbers.windows(2) {
            assert!(number_text(pair[0]) < number_text(pair[1]), "{pair:?}");
        }
        for number in numbers {
            assert_eq!(number_of(&number_text(number)[1..]).as_f64(), Some(number));
        }
        assert_eq!(number_text(-0.0), number_text(0.0));
    }
}
