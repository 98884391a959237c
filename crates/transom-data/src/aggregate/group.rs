//! Groups and what is gathered for each.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::budget::{Budget, size};
use super::expression::Expression;
use super::pipeline::MOST_KEPT;
use crate::error::DataError;
use crate::key::{Key, number_json};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Sum,
    Average,
    Min,
    Max,
    First,
    Last,
    Push,
}

struct Accumulator {
    kind: Kind,
    expression: Expression,
    name: String,
}

impl Accumulator {
    /// Bytes that it takes in each group, without the values that it gathers.
    fn size(&self) -> usize {
        size_of::<State>() + self.name.len()
    }
}

/// What has been gathered.
#[derive(Debug, Clone, Default)]
struct State {
    sum: f64,
    count: f64,
    value: Option<Value>,
    list: Vec<Value>,
}

/// A stage that groups.
pub(super) struct Group {
    ids: Vec<(String, Expression)>,
    accumulators: Vec<Accumulator>,
    /// Place of a group in `groups`, by the JSON of its id.
    places: HashMap<String, usize>,
    groups: Vec<(Map<String, Value>, Vec<State>)>,
}

impl Group {
    pub(super) fn parse(group: &Value) -> Result<Self, DataError> {
        let wrong =
            |what: &str| DataError::invalid("WDE0055", format!("A group of a pipeline {what}."));
        let list =
            |name: &str| group.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
        let mut ids = Vec::new();
        for id in list("groupIds") {
            let key = id.get("key").and_then(Value::as_str).ok_or_else(|| wrong("needs a key"))?;
            ids.push((key.to_owned(), Expression::parse(id.get("expression"))?));
        }
        let mut accumulators = Vec::new();
        for accumulator in list("accumulators") {
            let name = accumulator.get("resultFieldName").and_then(Value::as_str);
            let name = name.ok_or_else(|| wrong("needs the resultFieldName of an accumulator"))?;
            let kinds = [
                ("sum", Kind::Sum),
                ("avg", Kind::Average),
                ("min", Kind::Min),
                ("max", Kind::Max),
                ("first", Kind::First),
                ("last", Kind::Last),
                ("push", Kind::Push),
            ];
            let found = kinds.iter().find_map(|(name, kind)| {
                Some((*kind, accumulator.get(*name).filter(|part| !part.is_null())?))
            });
            let Some((kind, part)) = found else {
                return Err(wrong("has an accumulator that is not known"));
            };
            let expression = Expression::parse(part.get("expression"))?;
            accumulators.push(Accumulator { kind, expression, name: name.to_owned() });
        }
        Ok(Self { ids, accumulators, places: HashMap::new(), groups: Vec::new() })
    }

    pub(super) fn push(&mut self, document: &Value, budget: &Budget) -> Result<(), DataError> {
        let mut id = Map::new();
        for (key, expression) in &self.ids {
            id.insert(key.clone(), expression.value(document, budget));
        }
        let text: Vec<String> = id.values().map(Value::to_string).collect();
        let next = self.groups.len();
        let place = *self.places.entry(text.join(",")).or_insert(next);
        if place == next {
            if next == MOST_KEPT {
                let reason = format!("The aggregation makes more than {MOST_KEPT} groups.");
                return Err(DataError::invalid("WDE0055", reason));
            }
            let ids: usize = id.iter().map(|(key, value)| key.len() + 2 * size(value)).sum();
            budget.keep(ids + self.accumulators.iter().map(Accumulator::size).sum::<usize>())?;
            self.groups.push((id, vec![State::default(); self.accumulators.len()]));
        }
        for (accumulator, state) in self.accumulators.iter().zip(&mut self.groups[place].1) {
            let value = accumulator.expression.value(document, budget);
            state.add(accumulator.kind, value, budget)?;
        }
        budget.next()
    }

    /// A document for each group. Without keys there is one group, and no `_id`.
    pub(super) fn finish(&mut self) -> Vec<Value> {
        let has_ids = !self.ids.is_empty();
        let accumulators = &self.accumulators;
        let groups = std::mem::take(&mut self.groups).into_iter();
        let document = |(id, states): (Map<String, Value>, Vec<State>)| {
            let mut document = Map::new();
            if has_ids {
                document.insert("_id".to_owned(), Value::Object(id));
            }
            for (accumulator, state) in accumulators.iter().zip(states) {
                document.insert(accumulator.name.clone(), state.result(accumulator.kind));
            }
            Value::Object(document)
        };
        groups.map(document).collect()
    }
}

impl State {
    fn add(&mut self, kind: Kind, value: Value, budget: &Budget) -> Result<(), DataError> {
        match kind {
            Kind::Sum | Kind::Average => {
                if let Some(number) = value.as_f64() {
                    self.sum += number;
                    self.count += 1.0;
                }
            }
            Kind::Min | Kind::Max => {
                let key = Key::of(&value);
                if matches!(key, Key::Missing | Key::Array | Key::Object) {
                    return Ok(());
                }
                let order = self.value.as_ref().and_then(|best| key.order(&Key::of(best)));
                let is_better = match order {
                    None => true,
                    Some(order) => {
                        if kind == Kind::Min {
                            order.is_lt()
                        } else {
                            order.is_gt()
                        }
                    }
                };
                if is_better {
                    self.replace(value, budget)?;
                }
            }
            Kind::First if self.value.is_some() => {}
            Kind::First | Kind::Last => self.replace(value, budget)?,
            Kind::Push => {
                budget.keep(size(&value))?;
                self.list.push(value);
            }
        }
        Ok(())
    }

    fn replace(&mut self, value: Value, budget: &Budget) -> Result<(), DataError> {
        budget.release(self.value.as_ref().map_or(0, size));
        budget.keep(size(&value))?;
        self.value = Some(value);
        Ok(())
    }

    fn result(self, kind: Kind) -> Value {
        match kind {
            Kind::Sum => number_json(self.sum),
            Kind::Average if self.count == 0.0 => Value::Null,
            Kind::Average => number_json(self.sum / self.count),
            Kind::Min | Kind::Max | Kind::First | Kind::Last => self.value.unwrap_or(Value::Null),
            Kind::Push => Value::Array(self.list),
        }
    }
}
