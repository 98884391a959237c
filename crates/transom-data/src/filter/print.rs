//! Filters back to JSON, for cursors.

use serde_json::{Map, Value, json};

use super::{Comparison, Filter, Operand, Part, Test, TextTest};
use crate::dates;
use crate::key::{Key, number_json};

impl Filter {
    /// The form that [`parse`](super::parse()) reads.
    pub(crate) fn to_json(&self) -> Value {
        let list = |filters: &[Self]| filters.iter().map(Self::to_json).collect::<Value>();
        match self {
            Self::All => json!({}),
            Self::And(all) => json!({ "$and": list(all) }),
            Self::Or(any) => json!({ "$or": list(any) }),
            Self::Not(filter) => json!({ "$not": [filter.to_json()] }),
            Self::Test(path, test) => {
                let mut object = Map::new();
                object.insert(path.join("."), test.to_json());
                Value::Object(object)
            }
        }
    }
}

impl Test {
    fn to_json(&self) -> Value {
        let list = |operands: &[Operand]| operands.iter().map(Operand::to_json).collect::<Value>();
        match self {
            Self::In(any) => match any.as_slice() {
                [only] => json!({ "$eq": only.to_json() }),
                any => json!({ "$in": list(any) }),
            },
            Self::HasAll(all) => json!({ "$hasAll": list(all) }),
            Self::Compare(comparison, key) => {
                let operator = match comparison {
                    Comparison::Gt => "$gt",
                    Comparison::Ge => "$gte",
                    Comparison::Lt => "$lt",
                    Comparison::Le => "$lte",
                };
                json!({ operator: key.to_json() })
            }
            Self::Text(test, text) => {
                let operator = match test {
                    TextTest::Contains => "$contains",
                    TextTest::StartsWith => "$startsWith",
                    TextTest::EndsWith => "$endsWith",
                };
                json!({ operator: text })
            }
            Self::Matches(parts) => {
                let part = |part: &Part| match part {
                    Part::Literal(text) => json!({ "type": "literal", "value": text }),
                    Part::AnyOf(text) => json!({ "type": "anyOf", "value": text }),
                };
                let spec: Value = parts.iter().map(part).collect();
                json!({ "$matches": { "ignoreCase": true, "spec": spec } })
            }
            Self::Exists(exists) => json!({ "$exists": exists }),
        }
    }
}

impl Operand {
    fn to_json(&self) -> Value {
        match self {
            Self::Key(key) => key.to_json(),
            Self::Json(value) => value.clone(),
        }
    }
}

impl Key {
    fn to_json(&self) -> Value {
        match self {
            Self::Missing => Value::Null,
            Self::Number(number) => number_json(*number),
            Self::Text(text) => json!(text),
            Self::Bool(value) => json!(value),
            Self::Date(time) => json!({ "$date": dates::print(*time) }),
            Self::Array => json!([]),
            Self::Object => json!({}),
        }
    }
}
