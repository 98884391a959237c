//! The order of items. Spec: section 10.1.

use std::cmp::Ordering;

use serde_json::{Value, json};

use crate::error::DataError;
use crate::filter::{Path, at, field, path};
use crate::key::Key;
use crate::request::Request;
use crate::sql::Sql;
use crate::tables::Table;

/// Most fields to sort by.
const MOST_FIELDS: usize = 10;

/// An order.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Order {
    /// By fields, each with whether it is descending; then by age.
    Fields(Vec<(Path, bool)>),
    /// By chance, the same for the same seed.
    Random(i64),
}

/// Compares values that are not in the database, by fields.
pub(crate) fn compare(fields: &[(Path, bool)], one: &Value, other: &Value) -> Ordering {
    let key = |value: &Value, path: &Path| at(value, path).map_or(Key::Missing, Key::of);
    let by = |(path, descending): &(Path, bool)| {
        let order = key(one, path).order(&key(other, path)).unwrap_or(Ordering::Equal);
        if *descending { order.reverse() } else { order }
    };
    fields.iter().map(by).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}

impl Order {
    /// Reads `sort` of a query and `sortMode` of its request.
    ///
    /// # Errors
    /// WDE0065 to WDE0067.
    pub(crate) fn read(sort: Option<&Value>, request: &Request) -> Result<Self, DataError> {
        if request.get("sortMode").and_then(Value::as_str) == Some("RANDOM") {
            let seed = request.get("randomOptions").and_then(|options| options.get("seed"));
            let seed = seed.and_then(Value::as_i64).unwrap_or_else(|| fastrand::i64(0..1 << 30));
            return Ok(Self::Random(seed));
        }
        Self::parse(sort)
    }

    /// Reads a list of `{fieldName, order}`.
    pub(crate) fn parse(sort: Option<&Value>) -> Result<Self, DataError> {
        let list = match sort {
            None | Some(Value::Null) => return Ok(Self::Fields(Vec::new())),
            Some(Value::Array(list)) => list,
            Some(_) => return Err(DataError::invalid("WDE0065", "Sort Model should be an Array.")),
        };
        if list.len() > MOST_FIELDS {
            let reason = format!("A sort takes at most {MOST_FIELDS} fields.");
            return Err(DataError::invalid("WDE0065", reason));
        }
        let field = |entry: &Value| {
            let Some(object) = entry.as_object() else {
                let reason = "Sort Model Array should contain values of type Object only.";
                return Err(DataError::invalid("WDE0066", reason));
            };
            let Some(name) = object.get("fieldName").and_then(Value::as_str) else {
                return Err(DataError::invalid("WDE0067", "A sort needs a fieldName."));
            };
            let descending = match object.get("order").and_then(Value::as_str) {
                None | Some("ASC" | "asc") => false,
                Some("DESC" | "desc") => true,
                Some(other) => {
                    let reason = format!("The order of a sort is ASC or DESC, not [{other}].");
                    return Err(DataError::invalid("WDE0067", reason));
                }
            };
            Ok((path(name)?, descending))
        };
        Ok(Self::Fields(list.iter().map(field).collect::<Result<_, _>>()?))
    }

    /// The form that [`parse`](Self::parse) reads.
    pub(crate) fn to_json(&self) -> Value {
        match self {
            Self::Fields(fields) => fields
                .iter()
                .map(|(path, descending)| {
                    json!({ "fieldName": path.join("."), "order": if *descending { "DESC" } else { "ASC" } })
                })
                .collect(),
            Self::Random(_) => json!([]),
        }
    }

    /// Whether it is by chance, so that no cursor can go on with it.
    pub(crate) fn is_random(&self) -> bool {
        matches!(self, Self::Random(_))
    }

    /// The expressions to sort by.
    ///
    /// # Errors
    /// WDE0065 for a multi-reference, which has no order.
    pub(crate) fn keys(
        &self,
        sql: &mut Sql,
        table: &Table,
    ) -> Result<Vec<(String, bool)>, DataError> {
        let key = |sql: &mut Sql, (path, descending): &(Path, bool)| {
            let order = field(sql, table, path).order().ok_or_else(|| {
                let name = path.join(".");
                let reason = format!("Items cannot be sorted by the multi-reference [{name}].");
                DataError::invalid("WDE0065", reason)
            })?;
            Ok((order, *descending))
        };
        Ok(match self {
            Self::Fields(fields) => {
                fields.iter().map(|field| key(sql, field)).collect::<Result<_, DataError>>()?
            }
            Self::Random(seed) => {
                // Neighbours are scattered by a multiplication within 62 bits.
                let seed = sql.parameter(seed.rem_euclid(1 << 30));
                let scattered = format!(
                    "(((t.seq % 1073741824) * 1103515245 + CAST({seed} AS BIGINT) * 69069 + 12345) % 2147483647)"
                );
                vec![(format!("(({scattered} * 48271) % 2147483647)"), false)]
            }
        })
    }
}
