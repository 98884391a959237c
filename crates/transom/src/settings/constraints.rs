//! The constraints of a field in `[collections.<id>.fields]`: those that could never do what they say are errors.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};
use transom_data::FieldType;

use super::collections::invalid;
use super::file::FileError;

/// Largest whole number that no other number of JSON in a program is mistaken for: 2^53 - 1.
const LARGEST: i64 = 9_007_199_254_740_991;

/// A constraint's value, as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Number {
    Whole(i64),
    Fraction(f64),
}

impl Number {
    #[expect(clippy::cast_precision_loss, reason = "no larger number gets here")]
    fn as_f64(self) -> f64 {
        match self {
            Self::Whole(number) => number as f64,
            Self::Fraction(number) => number,
        }
    }
}

/// What is wrong with the constraints of the field at `path`.
pub(super) fn check(path: &str, kind: FieldType, field: &DeTable<'_>) -> Vec<FileError> {
    let mut check = Check { path, kind, errors: Vec::new() };
    let min = field.get("min").and_then(|value| check.bound("min", value));
    let max = field.get("max").and_then(|value| check.bound("max", value));
    if let (Some((min, _)), Some((max, span))) = (min, max)
        && min.as_f64() > max.as_f64()
    {
        check.wrong("`max` is smaller than `min`, so that no value passes", span);
    }
    if let Some(value) = field.get("one_of") {
        check.one_of(value);
    }
    check.errors
}

struct Check<'a> {
    path: &'a str,
    kind: FieldType,
    errors: Vec<FileError>,
}

impl Check<'_> {
    fn wrong(&mut self, what: impl std::fmt::Display, span: Range<usize>) {
        self.errors.push(invalid(format!("`{}` is wrong: {what}", self.path), span));
    }

    /// `min` or `max`.
    fn bound(
        &mut self,
        name: &str,
        value: &Spanned<DeValue<'_>>,
    ) -> Option<(Number, Range<usize>)> {
        let span = value.span();
        let is_count = match self.kind {
            FieldType::Number | FieldType::Any | FieldType::Integer => false,
            FieldType::Text | FieldType::Array => true,
            other => {
                let kind = other.as_str();
                self.wrong(format_args!("`{name}` means nothing for the type `{kind}`"), span);
                return None;
            }
        };
        let number = match number(value.get_ref()) {
            Ok(Some(number)) => number,
            Ok(None) => {
                self.wrong(format_args!("`{name}` must be a number"), span);
                return None;
            }
            Err(why) => {
                self.wrong(format_args!("`{name}` {why}"), span);
                return None;
            }
        };
        let is_whole = number.as_f64().fract() == 0.0;
        if is_count && !(is_whole && number.as_f64() >= 0.0) {
            let counted = if self.kind == FieldType::Text { "characters" } else { "elements" };
            self.wrong(format_args!("`{name}` must be a whole number of {counted}"), span);
            return None;
        }
        if self.kind == FieldType::Integer && !is_whole {
            self.wrong(format_args!("`{name}` of an integer must be a whole number"), span);
            return None;
        }
        Some((number, span))
    }

    fn one_of(&mut self, value: &Spanned<DeValue<'_>>) {
        let kind = self.kind.as_str();
        if !matches!(
            self.kind,
            FieldType::Any
                | FieldType::Text
                | FieldType::Number
                | FieldType::Integer
                | FieldType::Boolean
                | FieldType::Reference
        ) {
            self.wrong(format_args!("`one_of` means nothing for the type `{kind}`"), value.span());
            return;
        }
        let DeValue::Array(list) = value.get_ref() else {
            self.wrong("`one_of` must be a list of values", value.span());
            return;
        };
        if list.is_empty() {
            self.wrong("`one_of` is empty, so that no value passes", value.span());
        }
        for value in list {
            self.allowed(value);
        }
    }

    /// One value of `one_of`.
    fn allowed(&mut self, value: &Spanned<DeValue<'_>>) {
        let number = match number(value.get_ref()) {
            Ok(number) => number,
            Err(why) => {
                self.wrong(format_args!("a number in `one_of` {why}"), value.span());
                return;
            }
        };
        let is_text = matches!(value.get_ref(), DeValue::String(_));
        let is_boolean = matches!(value.get_ref(), DeValue::Boolean(_));
        let fits = match self.kind {
            FieldType::Text | FieldType::Reference => is_text,
            FieldType::Number => number.is_some(),
            FieldType::Integer => number.is_some_and(|number| number.as_f64().fract() == 0.0),
            FieldType::Boolean => is_boolean,
            _ => is_text || is_boolean || number.is_some(),
        };
        if !fits {
            let kind = self.kind.as_str();
            let what = match self.kind {
                FieldType::Any => "a value in `one_of` is no text, number or boolean".to_owned(),
                _ => format!("a value in `one_of` is not of the type `{kind}`"),
            };
            self.wrong(what, value.span());
        }
    }
}

/// The number that a value is, if it is one.
///
/// # Errors
/// Why it is one that no field can have.
fn number(value: &DeValue<'_>) -> Result<Option<Number>, String> {
    match value {
        DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
            Ok(number) if (-LARGEST..=LARGEST).contains(&number) => Ok(Some(Number::Whole(number))),
            _ => Err(format!("is too large: numbers are exact up to {LARGEST}")),
        },
        DeValue::Float(number) => match number.as_str().parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(Some(Number::Fraction(number))),
            _ => Err("must be finite: leave it out where there is no bound".to_owned()),
        },
        _ => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::file;

    /// Each row: a field, and the text that the error points at with its message, unless the field can be used.
    #[track_caller]
    fn check(field: &str, expected: Option<(&str, &str)>) {
        let text = format!("[collections.b]\n[collections.a]\nfields.x = {field}\n");
        let read = file::parse(&text, Path::new("/p"));
        let errors = read.err().unwrap_or_default();
        let seen: Vec<_> = errors
            .iter()
            .map(|error| (&text[error.span.clone()], error.message.as_str()))
            .collect();
        let expected =
            expected.map(|(at, what)| (at, format!("`collections.a.fields.x` is wrong: {what}")));
        let expected: Vec<_> =
            expected.iter().map(|(at, message)| (*at, message.as_str())).collect();
        assert_eq!(seen, expected, "{field}");
    }

    #[test]
    fn a_constraint_that_cannot_do_what_it_says_is_an_error() {
        let too_large = "is too large: numbers are exact up to 9007199254740991";
        let finite = "must be finite: leave it out where there is no bound";
        for (field, at, what) in [
            (
                "{ type = \"number\", min = 99999999999999999999 }",
                "99999999999999999999",
                format!("`min` {too_large}"),
            ),
            (
                "{ type = \"number\", max = 9007199254740993 }",
                "9007199254740993",
                format!("`max` {too_large}"),
            ),
            ("{ type = \"number\", max = -inf }", "-inf", format!("`max` {finite}")),
            ("{ type = \"number\", min = nan }", "nan", format!("`min` {finite}")),
            ("{ type = \"number\", min = \"1\" }", "\"1\"", "`min` must be a number".to_owned()),
            (
                "{ type = \"number\", min = 2, max = 1.5 }",
                "1.5",
                "`max` is smaller than `min`, so that no value passes".to_owned(),
            ),
            (
                "{ type = \"integer\", min = 1.5 }",
                "1.5",
                "`min` of an integer must be a whole number".to_owned(),
            ),
            (
                "{ type = \"text\", max = -1 }",
                "-1",
                "`max` must be a whole number of characters".to_owned(),
            ),
            (
                "{ type = \"array\", min = 0.5 }",
                "0.5",
                "`min` must be a whole number of elements".to_owned(),
            ),
            (
                "{ type = \"boolean\", min = 1 }",
                "1",
                "`min` means nothing for the type `boolean`".to_owned(),
            ),
            (
                "{ type = \"reference\", to = \"b\", max = 1 }",
                "1",
                "`max` means nothing for the type `reference`".to_owned(),
            ),
            (
                "{ type = \"text\", one_of = [\"a\", 1] }",
                "1",
                "a value in `one_of` is not of the type `text`".to_owned(),
            ),
            (
                "{ type = \"integer\", one_of = [1, 1.5] }",
                "1.5",
                "a value in `one_of` is not of the type `integer`".to_owned(),
            ),
            (
                "{ type = \"number\", one_of = [inf] }",
                "inf",
                format!("a number in `one_of` {finite}"),
            ),
            (
                "{ type = \"boolean\", one_of = [\"true\"] }",
                "\"true\"",
                "a value in `one_of` is not of the type `boolean`".to_owned(),
            ),
            (
                "{ type = \"any\", one_of = [2020-01-01] }",
                "2020-01-01",
                "a value in `one_of` is no text, number or boolean".to_owned(),
            ),
            (
                "{ type = \"text\", one_of = \"a\" }",
                "\"a\"",
                "`one_of` must be a list of values".to_owned(),
            ),
            (
                "{ type = \"text\", one_of = [] }",
                "[]",
                "`one_of` is empty, so that no value passes".to_owned(),
            ),
            (
                "{ type = \"date\", one_of = [\"2020-01-01\"] }",
                "[\"2020-01-01\"]",
                "`one_of` means nothing for the type `date`".to_owned(),
            ),
        ] {
            check(field, Some((at, &what)));
        }
    }

    #[test]
    fn constraints_that_can_be_kept_are_taken() {
        for field in [
            "{ type = \"number\", min = -1.5, max = 1e3 }",
            "{ type = \"integer\", min = 2.0, max = 9007199254740991 }",
            "{ type = \"text\", min = 1, max = 0x10, one_of = [\"a\"] }",
            "{ type = \"array\", max = 3 }",
            "{ type = \"any\", min = 1, one_of = [\"a\", 1, true] }",
            "{ type = \"reference\", to = \"b\", one_of = [\"id\"] }",
        ] {
            check(field, None);
        }
    }
}
