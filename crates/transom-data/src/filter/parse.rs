//! Filters as they travel: objects of fields and operators.

use serde_json::{Map, Value};

use super::{Comparison, Filter, Operand, Part, Path, Test, TextTest, path};
use crate::error::DataError;
use crate::key::{self, Key};

/// Characters that `anyOf` may stand for.
const SEPARATORS: &str = " \t\n-";
/// Most values that all operators of a filter hold together: databases take no more parameters.
const MOST_VALUES: usize = 10_000;
/// Most conditions of a filter, each of which a database plans: the time that takes grows with their square.
const MOST_CONDITIONS: usize = 1000;

/// Parses a filter. `null` and nothing stand for every item.
///
/// # Errors
/// WDE0070 for `$regex`, WDE0056 to WDE0064 for what is no filter.
pub(crate) fn parse(filter: Option<&Value>) -> Result<Filter, DataError> {
    let mut parser = Parser { values: 0, conditions: 0 };
    match filter {
        None | Some(Value::Null) => Ok(Filter::All),
        Some(filter) => parser.filter("Filter Model", filter),
    }
}

struct Parser {
    /// Values so far.
    values: usize,
    /// Conditions so far.
    conditions: usize,
}

impl Parser {
    fn filter(&mut self, at: &str, filter: &Value) -> Result<Filter, DataError> {
        let object = object(at, filter)?;
        let mut all = Vec::with_capacity(object.len());
        for (name, value) in object {
            self.condition(1)?;
            all.push(match name.as_str() {
                "$and" => Filter::And(self.list("$and", value)?),
                "$or" => {
                    let any = self.list("$or", value)?;
                    if any.is_empty() || any.contains(&Filter::All) {
                        Filter::All
                    } else {
                        Filter::Or(any)
                    }
                }
                "$not" => Filter::Not(Box::new(match value {
                    Value::Array(list) => match list.as_slice() {
                        [only] => self.filter("$not", only)?,
                        _ => {
                            return Err(DataError::invalid(
                                "WDE0057",
                                format!("$not takes a list of one filter, not of {}.", list.len()),
                            ));
                        }
                    },
                    value => self.filter("$not", value)?,
                })),
                "$regex" => return Err(regex()),
                name if name.starts_with('$') => return Err(unknown(name)),
                name => self.field(&path(name)?, name, value)?,
            });
        }
        all.retain(|filter| *filter != Filter::All);
        Ok(match all.len() {
            0 => Filter::All,
            1 => all.remove(0),
            _ => Filter::And(all),
        })
    }

    fn list(&mut self, at: &str, list: &Value) -> Result<Vec<Filter>, DataError> {
        array(at, list)?.iter().map(|filter| self.filter(at, filter)).collect()
    }

    /// What stands behind a field: a value, or operators.
    fn field(&mut self, path: &Path, name: &str, value: &Value) -> Result<Filter, DataError> {
        match value {
            Value::Object(operators)
                if operators.keys().any(|key| key.starts_with('$'))
                    && key::date(value).is_none() =>
            {
                self.operators(path, name, operators)
            }
            value => Ok(Filter::Test(path.clone(), Test::In(vec![self.operand(value)?]))),
        }
    }

    fn operators(
        &mut self,
        path: &Path,
        name: &str,
        operators: &Map<String, Value>,
    ) -> Result<Filter, DataError> {
        let mut all = Vec::with_capacity(operators.len());
        self.condition(operators.len().saturating_sub(1))?; // The field itself counts for one.
        for (operator, value) in operators {
            let at = format!("{name}.{operator}");
            all.push(self.operator(path, name, operator, &at, value)?);
        }
        Ok(if all.len() == 1 { all.remove(0) } else { Filter::And(all) })
    }

    fn operator(
        &mut self,
        path: &Path,
        name: &str,
        operator: &str,
        at: &str,
        value: &Value,
    ) -> Result<Filter, DataError> {
        let test = match operator {
            "$eq" => Test::In(vec![self.operand(value)?]),
            "$ne" => {
                let equal = Test::In(vec![self.operand(value)?]);
                return Ok(Filter::Not(Box::new(Filter::Test(path.clone(), equal))));
            }
            "$gt" => Test::Compare(Comparison::Gt, self.comparable(at, value)?),
            "$gte" | "$ge" => Test::Compare(Comparison::Ge, self.comparable(at, value)?),
            "$lt" => Test::Compare(Comparison::Lt, self.comparable(at, value)?),
            "$lte" | "$le" => Test::Compare(Comparison::Le, self.comparable(at, value)?),
            "$contains" => Test::Text(TextTest::Contains, self.text(at, value)?),
            "$startsWith" => Test::Text(TextTest::StartsWith, self.text(at, value)?),
            "$endsWith" => Test::Text(TextTest::EndsWith, self.text(at, value)?),
            "$hasSome" | "$in" => Test::In(self.set(at, value)?),
            "$nin" => {
                let any = Test::In(self.set(at, value)?);
                return Ok(Filter::Not(Box::new(Filter::Test(path.clone(), any))));
            }
            "$isEmpty" => {
                let empty = Filter::Test(path.clone(), Test::In(vec![Operand::Key(Key::Missing)]));
                let is_empty = flag(at, value)?;
                return Ok(if is_empty { empty } else { Filter::Not(Box::new(empty)) });
            }
            "$hasAll" => {
                let all = self.set(at, value)?;
                self.condition(all.len())?;
                Test::HasAll(all)
            }
            "$exists" => Test::Exists(flag(at, value)?),
            "$matches" => Test::Matches(self.matches(at, value)?),
            "$not" => {
                let operators = object(at, value)?;
                return Ok(Filter::Not(Box::new(self.operators(path, name, operators)?)));
            }
            "$regex" => return Err(regex()),
            _ => return Err(unknown(at)),
        };
        Ok(Filter::Test(path.clone(), test))
    }

    fn count(&mut self) -> Result<(), DataError> {
        self.values += 1;
        if self.values > MOST_VALUES {
            let reason = format!("The filter holds more than {MOST_VALUES} values.");
            return Err(DataError::invalid("WDE0060", reason));
        }
        Ok(())
    }

    fn condition(&mut self, more: usize) -> Result<(), DataError> {
        self.conditions += more;
        if self.conditions > MOST_CONDITIONS {
            let reason = format!("The filter has more than {MOST_CONDITIONS} conditions.");
            return Err(DataError::invalid("WDE0060", reason));
        }
        Ok(())
    }

    fn operand(&mut self, value: &Value) -> Result<Operand, DataError> {
        self.count()?;
        Ok(match Key::of(value) {
            Key::Array | Key::Object => {
                self.whole(value)?;
                Operand::Json(value.clone())
            }
            key => Operand::Key(checked(key)?),
        })
    }

    /// Checks a list or an object that is compared throughout.
    fn whole(&mut self, value: &Value) -> Result<(), DataError> {
        self.count()?;
        self.condition(1)?;
        match value {
            Value::Array(list) => list.iter().try_for_each(|value| self.whole(value)),
            Value::Object(object) if key::date(value).is_none() => {
                for (name, value) in object {
                    if !name.is_empty() {
                        path(name)?;
                    }
                    self.whole(value)?;
                }
                Ok(())
            }
            value => checked(Key::of(value)).map(drop),
        }
    }

    fn comparable(&mut self, at: &str, value: &Value) -> Result<Key, DataError> {
        self.count()?;
        match Key::of(value) {
            Key::Missing | Key::Array | Key::Object => Err(DataError::invalid(
                "WDE0058",
                format!(
                    "{at} should be a Date, Number, String, or Boolean. Got {} instead.",
                    shown(value)
                ),
            )),
            key => checked(key),
        }
    }

    fn text(&mut self, at: &str, value: &Value) -> Result<String, DataError> {
        self.count()?;
        match Key::of(value) {
            Key::Text(text) => checked(Key::Text(text.clone())).map(|_| text),
            _ => Err(DataError::invalid(
                "WDE0059",
                format!("{at} should be a String. Got {} instead.", shown(value)),
            )),
        }
    }

    fn set(&mut self, at: &str, value: &Value) -> Result<Vec<Operand>, DataError> {
        let keys = array(at, value)?.iter().map(|value| {
            self.count()?;
            match Key::of(value) {
                Key::Missing | Key::Array | Key::Object => Err(DataError::invalid(
                    "WDE0060",
                    format!(
                        "{at} Array should only contain values of types Date, Number, String, and Boolean. Got {} instead.",
                        shown(value)
                    ),
                )),
                key => Ok(Operand::Key(checked(key)?)),
            }
        });
        keys.collect()
    }

    fn matches(&mut self, at: &str, value: &Value) -> Result<Vec<Part>, DataError> {
        let object = object(at, value)?;
        if object.get("ignoreCase") != Some(&Value::Bool(true)) {
            return Err(DataError::invalid("WDE0063", "$matches.ignoreCase should equal true."));
        }
        let Some(spec) = object.get("spec").or_else(|| object.get("specs")) else {
            return Err(DataError::invalid("WDE0062", "$matches does not have the property spec."));
        };
        let part = |part: &Value| {
            self.count()?;
            let text = part.get("value").and_then(Value::as_str);
            match (part.get("type").and_then(Value::as_str), text) {
                (Some("literal"), Some(text)) => {
                    checked(Key::Text(text.to_owned()))?;
                    Ok(Part::Literal(text.to_owned()))
                }
                (Some("anyOf"), Some(SEPARATORS)) => Ok(Part::AnyOf(SEPARATORS.to_owned())),
                _ => Err(DataError::invalid(
                    "WDE0064",
                    format!(
                        "$matches.spec Array values should be either {{\"type\":\"anyOf\",\"value\":\" \\t\\n-\"}} or {{\"type\":\"literal\",\"value\":String}}. Got {} instead.",
                        shown(part)
                    ),
                )),
            }
        };
        array(&format!("{at}.spec"), spec)?.iter().map(part).collect()
    }
}

/// Refuses text that no item holds and PostgreSQL does not take.
fn checked(key: Key) -> Result<Key, DataError> {
    match &key {
        Key::Text(text) if text.contains('\0') => {
            Err(DataError::invalid("WDE0059", "A value of the filter holds the character U+0000."))
        }
        _ => Ok(key),
    }
}

fn object<'a>(at: &str, value: &'a Value) -> Result<&'a Map<String, Value>, DataError> {
    value.as_object().ok_or_else(|| {
        DataError::invalid(
            "WDE0056",
            format!("{at} should be an Object. Got {} instead.", shown(value)),
        )
    })
}

fn array<'a>(at: &str, value: &'a Value) -> Result<&'a [Value], DataError> {
    value.as_array().map(Vec::as_slice).ok_or_else(|| {
        DataError::invalid(
            "WDE0057",
            format!("{at} should be an Array. Got {} instead.", shown(value)),
        )
    })
}

fn flag(at: &str, value: &Value) -> Result<bool, DataError> {
    let wrong = || DataError::invalid("WDE0058", format!("{at} should be a Boolean."));
    value.as_bool().ok_or_else(wrong)
}

fn regex() -> DataError {
    DataError::invalid("WDE0070", "$regex keyword is not allowed.")
}

fn unknown(operator: &str) -> DataError {
    DataError::invalid("WDE0056", format!("Unknown operator {operator}."))
}

/// The beginning of a value.
fn shown(value: &Value) -> String {
    value.to_string().chars().take(100).collect()
}
