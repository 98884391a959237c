//! Filters: from JSON to a tree, checked. Spec: section 10.1.

mod evaluate;
mod parse;
mod plan;
mod print;

use serde_json::Value;

use crate::error::DataError;
use crate::key::Key;

pub(crate) use evaluate::at;
pub(crate) use parse::parse;
pub(crate) use plan::{Place, Plan, field};

/// Names from the outside in.
pub(crate) type Path = Vec<String>;

/// A checked filter.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Filter {
    /// Every item.
    All,
    And(Vec<Filter>),
    Or(Vec<Filter>),
    Not(Box<Filter>),
    Test(Path, Test),
}

/// What is asked of one field.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Test {
    /// It, or an element of it, is one of these.
    In(Vec<Operand>),
    /// Each of these is an element of it, or it.
    HasAll(Vec<Operand>),
    Compare(Comparison, Key),
    Text(TextTest, String),
    /// Text that consists of these parts, without regard to case.
    Matches(Vec<Part>),
    Exists(bool),
}

/// What a field is compared for equality with.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Operand {
    /// One value; [`Key::Missing`] for `null`.
    Key(Key),
    /// A list or an object, which must be the same throughout.
    Json(Value),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    Gt,
    Ge,
    Lt,
    Le,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TextTest {
    Contains,
    StartsWith,
    EndsWith,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    /// This text.
    Literal(String),
    /// One of these characters.
    AnyOf(String),
}

/// Most names in a path.
const DEEPEST: usize = 20;

/// The names in a path such as `address.city`.
///
/// # Errors
/// WDE0048 for a name that nothing can have: an empty one, or one with quotes or control characters.
pub(crate) fn path(text: &str) -> Result<Path, DataError> {
    let wrong = |reason: &str| {
        Err(DataError::invalid(
            "WDE0048",
            format!("The field name [{text}] cannot be used: {reason}."),
        ))
    };
    let names: Path = text.split('.').map(str::to_owned).collect();
    if names.len() > DEEPEST {
        return wrong("it has more than 20 parts");
    }
    if names.iter().any(String::is_empty) {
        return wrong("a part of it is empty");
    }
    if text.contains(['"', '\\']) || text.chars().any(char::is_control) {
        return wrong("it holds a quote, a backslash or a control character");
    }
    Ok(names)
}
