//! Expressions of a pipeline: fields, constants and what is computed of them. What cannot be computed is `null`.

use serde_json::{Value, json};

use super::budget::{Budget, size};
use crate::error::DataError;
use crate::filter::{Path, at, path};
use crate::key::number_json;

/// Most levels of an expression.
const DEEPEST: usize = 30;

/// An expression.
#[derive(Debug, Clone)]
pub(super) enum Expression {
    Field(Path),
    Constant(Value),
    /// Of any number of operands.
    Many(Many, Vec<Expression>),
    /// Of two.
    Two(Two, Box<[Expression; 2]>),
    /// Of one.
    One(One, Box<Expression>),
    Substring {
        of: Box<Expression>,
        start: Box<Expression>,
        length: Option<Box<Expression>>,
    },
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Many {
    Add,
    Multiply,
    Concat,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Two {
    Subtract,
    Divide,
    Mod,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum One {
    Abs,
    Floor,
    Ceil,
    Stringify,
    ToLower,
    ToUpper,
    Length,
}

impl Expression {
    /// Reads an expression.
    ///
    /// # Errors
    /// WDE0055 for what is none.
    pub(super) fn parse(expression: Option<&Value>) -> Result<Self, DataError> {
        Self::parse_at(expression, 0)
    }

    fn parse_at(expression: Option<&Value>, level: usize) -> Result<Self, DataError> {
        let wrong = || {
            let shown: String =
                expression.unwrap_or(&Value::Null).to_string().chars().take(100).collect();
            DataError::invalid("WDE0055", format!("{shown} is no expression of a pipeline."))
        };
        if level > DEEPEST {
            return Err(wrong());
        }
        let object = expression.and_then(Value::as_object).ok_or_else(wrong)?;
        let mut parts = object.iter().filter(|(_, value)| !value.is_null());
        let (Some((name, value)), None) = (parts.next(), parts.next()) else { return Err(wrong()) };
        let inner = |name: &str| Self::parse_at(value.get(name), level + 1);
        let many = |kind: Many| {
            let list = value.get("expressions").and_then(Value::as_array).ok_or_else(wrong)?;
            let list = list.iter().map(|one| Self::parse_at(Some(one), level + 1));
            Ok(Self::Many(kind, list.collect::<Result<_, _>>()?))
        };
        let two = |kind: Two| {
            Ok(Self::Two(kind, Box::new([inner("firstExpression")?, inner("secondExpression")?])))
        };
        let one = |kind: One| Ok(Self::One(kind, Box::new(inner("expression")?)));
        match name.as_str() {
            "fieldPath" => Ok(Self::Field(path(value.as_str().ok_or_else(wrong)?)?)),
            "text" if value.is_string() => Ok(Self::Constant(value.clone())),
            "numeric" if value.is_number() => Ok(Self::Constant(value.clone())),
            "add" | "sum" => many(Many::Add),
            "multiply" => many(Many::Multiply),
            "concat" => many(Many::Concat),
            "subtract" => two(Two::Subtract),
            "divide" => two(Two::Divide),
            "mod" => two(Two::Mod),
            "abs" => one(One::Abs),
            "floor" => one(One::Floor),
            "ceil" => one(One::Ceil),
            "stringify" => one(One::Stringify),
            "toLower" => one(One::ToLower),
            "toUpper" => one(One::ToUpper),
            "length" => one(One::Length),
            "substring" => Ok(Self::Substring {
                of: Box::new(inner("expression")?),
                start: Box::new(inner("startExpression")?),
                length: match value.get("lengthExpression").filter(|length| !length.is_null()) {
                    Some(length) => Some(Box::new(Self::parse_at(Some(length), level + 1)?)),
                    None => None,
                },
            }),
            _ => Err(wrong()),
        }
    }

    /// Its value for a document. Where it would be more than the budget has, it is `null`, and the budget says so.
    pub(super) fn value(&self, document: &Value, budget: &Budget) -> Value {
        self.compute(document, budget).unwrap_or(Value::Null)
    }

    fn compute(&self, document: &Value, budget: &Budget) -> Option<Value> {
        let copy = |value: &Value| {
            budget.make(size(value))?;
            Some(value.clone())
        };
        match self {
            Self::Field(path) => copy(at(document, path)?),
            Self::Constant(value) => copy(value),
            Self::Many(Many::Concat, parts) => {
                let mut text = String::new();
                for part in parts {
                    let part = part.compute(document, budget)?;
                    budget.make(part.as_str()?.len())?;
                    text.push_str(part.as_str()?);
                }
                Some(Value::String(text))
            }
            Self::Many(kind, parts) => {
                let mut numbers = parts.iter().map(|part| part.number(document, budget));
                finite(match kind {
                    Many::Multiply => {
                        numbers.try_fold(1.0, |product, number| Some(product * number?))?
                    }
                    Many::Add | Many::Concat => {
                        numbers.try_fold(0.0, |sum, number| Some(sum + number?))?
                    }
                })
            }
            Self::Two(kind, parts) => {
                let (one, other) =
                    (parts[0].number(document, budget)?, parts[1].number(document, budget)?);
                finite(match kind {
                    Two::Subtract => one - other,
                    Two::Divide => one / other,
                    Two::Mod => one % other,
                })
            }
            Self::One(kind, of) => {
                let value = of.compute(document, budget)?;
                budget.make(2 * size(&value))?;
                match kind {
                    One::Abs => finite(value.as_f64()?.abs()),
                    One::Floor => finite(value.as_f64()?.floor()),
                    One::Ceil => finite(value.as_f64()?.ceil()),
                    One::Stringify => match value {
                        Value::String(text) => Some(json!(text)),
                        value => Some(json!(value.to_string())),
                    },
                    One::ToLower => Some(json!(value.as_str()?.to_lowercase())),
                    One::ToUpper => Some(json!(value.as_str()?.to_uppercase())),
                    One::Length => Some(json!(value.as_str()?.chars().count())),
                }
            }
            Self::Substring { of, start, length } => {
                let text = of.compute(document, budget)?;
                let start = index(start.number(document, budget)?)?;
                let length = match length {
                    Some(length) => index(length.number(document, budget)?)?,
                    None => usize::MAX,
                };
                Some(json!(text.as_str()?.chars().skip(start).take(length).collect::<String>()))
            }
        }
    }

    fn number(&self, document: &Value, budget: &Budget) -> Option<f64> {
        self.compute(document, budget)?.as_f64()
    }
}

fn finite(number: f64) -> Option<Value> {
    number.is_finite().then(|| number_json(number))
}

/// A whole number that counts characters.
fn index(number: f64) -> Option<usize> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "its range is checked"
    )]
    (number.fract() == 0.0 && (0.0..1e9).contains(&number)).then_some(number as usize)
}
