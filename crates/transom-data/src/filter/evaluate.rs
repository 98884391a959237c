//! Filters on values that are not in the database: results of an aggregation. The same answers as the SQL of `plan.rs`.

use std::cmp::Ordering;

use serde_json::Value;

use super::{Comparison, Filter, Operand, Part, Test, TextTest};
use crate::key::Key;
use crate::write::patch::same;

impl Filter {
    /// Whether a value passes.
    pub(crate) fn passes(&self, document: &Value) -> bool {
        match self {
            Self::All => true,
            Self::And(all) => all.iter().all(|filter| filter.passes(document)),
            Self::Or(any) => any.is_empty() || any.iter().any(|filter| filter.passes(document)),
            Self::Not(filter) => !filter.passes(document),
            Self::Test(path, test) => {
                let own = at(document, path);
                let mut reached = Vec::new();
                if own.is_none_or(Value::is_null) && path.len() > 1 {
                    reach(document, path, &mut reached);
                }
                let is_there = reached.iter().any(|value| !value.is_null());
                match test {
                    Test::Exists(exists) => (own.is_some() || !reached.is_empty()) == *exists,
                    test if is_there => test.passes(None, &reached),
                    test => {
                        let own = own.unwrap_or(&Value::Null);
                        let elements = own.as_array().map_or(&[][..], Vec::as_slice);
                        test.passes(Some(own), &elements.iter().collect::<Vec<_>>())
                    }
                }
            }
        }
    }
}

impl Filter {
    /// How many values it compares a document with.
    pub(crate) fn weight(&self) -> usize {
        match self {
            Self::All => 0,
            Self::And(filters) | Self::Or(filters) => filters.iter().map(Self::weight).sum(),
            Self::Not(filter) => filter.weight(),
            Self::Test(_, Test::In(operands) | Test::HasAll(operands)) => operands.len(),
            Self::Test(..) => 1,
        }
    }
}

/// What is at a path.
pub(crate) fn at<'a>(document: &'a Value, path: &[String]) -> Option<&'a Value> {
    path.iter().try_fold(document, |value, name| value.as_object()?.get(name))
}

/// What is at a path that may lead through lists, and within a list at its end.
fn reach<'a>(value: &'a Value, path: &[String], found: &mut Vec<&'a Value>) {
    let Some((name, rest)) = path.split_first() else { return found.push(value) };
    match value.as_object().and_then(|object| object.get(name)) {
        Some(Value::Array(list)) => list.iter().for_each(|value| reach(value, rest, found)),
        Some(value) => reach(value, rest, found),
        None => {}
    }
}

impl Test {
    /// Whether what is at a path passes, or an element of it; nothing is there where the path leads through lists.
    fn passes(&self, own: Option<&Value>, elements: &[&Value]) -> bool {
        match self {
            Self::Exists(exists) => own.is_some() == *exists,
            Self::In(any) => any.iter().any(|operand| operand.is(own, elements)),
            Self::HasAll(all) => all.iter().all(|operand| operand.is(own, elements)),
            Self::Compare(comparison, key) => either(own, elements, |value| {
                let found = Key::of(value);
                let is_below = matches!(comparison, Comparison::Lt | Comparison::Le);
                if found == Key::Missing {
                    return is_below;
                }
                let Some(order) = found.order(key).filter(|_| found.is_like(key)) else {
                    return false;
                };
                match comparison {
                    Comparison::Gt => order == Ordering::Greater,
                    Comparison::Ge => order != Ordering::Less,
                    Comparison::Lt => order == Ordering::Less,
                    Comparison::Le => order != Ordering::Greater,
                }
            }),
            Self::Text(test, wanted) => either(own, elements, |value| {
                let (Some(text), wanted) =
                    (value.as_str().map(str::to_lowercase), wanted.to_lowercase())
                else {
                    return false;
                };
                match test {
                    TextTest::Contains => text.contains(&wanted),
                    TextTest::StartsWith => text.starts_with(&wanted),
                    TextTest::EndsWith => text.ends_with(&wanted),
                }
            }),
            Self::Matches(parts) => either(own, elements, |value| {
                value.as_str().is_some_and(|text| matches(&text.to_lowercase(), parts))
            }),
        }
    }
}

fn either(own: Option<&Value>, elements: &[&Value], test: impl Fn(&Value) -> bool) -> bool {
    own.is_some_and(&test) || elements.iter().any(|value| test(value))
}

fn matches(text: &str, parts: &[Part]) -> bool {
    let rest = parts.iter().try_fold(text, |rest, part| match part {
        Part::Literal(literal) => rest.strip_prefix(literal.to_lowercase().as_str()),
        Part::AnyOf(characters) => {
            let first = rest.chars().next().filter(|first| characters.contains(*first))?;
            Some(&rest[first.len_utf8()..])
        }
    });
    rest == Some("")
}

impl Operand {
    fn is(&self, own: Option<&Value>, elements: &[&Value]) -> bool {
        match self {
            Self::Json(value) => match own {
                Some(own) => same(value, own),
                None => elements.iter().any(|element| same(value, element)),
            },
            Self::Key(Key::Missing) => own.is_some_and(Value::is_null),
            Self::Key(key) => either(own, elements, |value| Key::of(value) == *key),
        }
    }
}
