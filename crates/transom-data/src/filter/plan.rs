//! Filters to SQL.

use serde_json::Value;
use transom_store::{Dialect, Value as SqlValue};

use super::{Comparison, Filter, Operand, Part, Path, Test, TextTest};
use crate::collections::FieldType;
use crate::key::Key;
use crate::sql::{Json, Sql, element_key, element_text, fold, of_container, reached};
use crate::tables::Table;

/// Where a field is found.
#[derive(Debug, Clone)]
pub(crate) enum Place {
    /// A column with text; `None` can be in it or not.
    TextColumn(&'static str),
    /// A column with milliseconds.
    TimeColumn(&'static str),
    /// In the JSON of the item.
    Json {
        json: Json,
        /// Whether only one value of one type, or nothing, can be there.
        scalar: bool,
        /// The path, where it may lead through lists of objects.
        through: Option<Path>,
    },
    /// Rows of the table of references with this field.
    References(String),
}

/// Finds a field. Names that the project declares become part of the text, so that indexes are used; others are bound.
pub(crate) fn field(sql: &mut Sql, table: &Table, path: &Path) -> Place {
    match path.as_slice() {
        [name] if name == "_id" => return Place::TextColumn("t.id"),
        [name] if name == "_owner" => return Place::TextColumn("t.owner"),
        [name] if name == "_createdDate" => return Place::TimeColumn("t.created"),
        [name] if name == "_updatedDate" => return Place::TimeColumn("t.updated"),
        _ => {}
    }
    let name = path.join(".");
    let kind = table.kind(&name);
    if kind == Some(FieldType::MultiReference) {
        return Place::References(name);
    }
    let json = if table.declares(&name) {
        Json::literal(sql.dialect, path)
    } else {
        Json::bound(sql, path)
    };
    let is_plain = (1..path.len())
        .all(|length| table.kind(&path[..length].join(".")) == Some(FieldType::Object));
    let through = (!is_plain).then(|| path.clone());
    Place::Json { json, scalar: kind.is_some_and(FieldType::is_scalar), through }
}

impl Place {
    /// An expression to sort by, unless it has no order.
    pub(crate) fn order(&self) -> Option<String> {
        Some(match self {
            Self::TextColumn("t.owner") => "COALESCE(t.owner, '')".to_owned(),
            Self::TextColumn(column) | Self::TimeColumn(column) => (*column).to_owned(),
            Self::Json { json, .. } => json.key(),
            Self::References(_) => return None,
        })
    }
}

/// Writes conditions on the table `t`.
pub(crate) struct Plan<'a> {
    pub(crate) table: &'a Table,
}

impl Plan<'_> {
    /// Appends a condition that is true or false for each item, never NULL within `NOT`.
    pub(crate) fn condition(&self, sql: &mut Sql, filter: &Filter) {
        match filter {
            Filter::All => sql.push("TRUE"),
            Filter::And(all) => self.joined(sql, all, " AND ", "TRUE"),
            Filter::Or(any) => self.joined(sql, any, " OR ", "TRUE"),
            Filter::Not(filter) => {
                sql.push("NOT COALESCE((");
                self.condition(sql, filter);
                sql.push("), FALSE)");
            }
            // Before the names are bound, which PostgreSQL refuses when they are not used.
            Filter::Test(_, Test::In(none)) if none.is_empty() => sql.push("FALSE"),
            Filter::Test(_, Test::HasAll(none)) if none.is_empty() => sql.push("TRUE"),
            Filter::Test(path, test) => {
                let place = field(sql, self.table, path);
                let text = self.test(sql, &place, test);
                sql.push(&text);
            }
        }
    }

    /// Appends conditions, joined by halves: databases limit how deep an expression is.
    fn joined(&self, sql: &mut Sql, filters: &[Filter], word: &str, empty: &str) {
        match filters {
            [] => sql.push(empty),
            [filter] => self.condition(sql, filter),
            filters => {
                let (first, second) = filters.split_at(filters.len() / 2);
                sql.push("(");
                self.joined(sql, first, word, empty);
                sql.push(word);
                self.joined(sql, second, word, empty);
                sql.push(")");
            }
        }
    }

    fn test(&self, sql: &mut Sql, place: &Place, test: &Test) -> String {
        match place {
            Place::TextColumn(column) => self.text_column(sql, column, test),
            Place::TimeColumn(column) => time_column(sql, column, test),
            Place::Json { json, scalar, through: None } => self.json(sql, json, *scalar, test),
            Place::Json { json, scalar, through: Some(path) } => match test {
                Test::HasAll(all) => and(all.iter().map(|operand| {
                    self.through(sql, json, *scalar, path, &Test::In(vec![operand.clone()]))
                })),
                test => self.through(sql, json, *scalar, path, test),
            },
            Place::References(name) => self.references(sql, name, test),
        }
    }

    fn text_column(&self, sql: &mut Sql, column: &str, test: &Test) -> String {
        match test {
            Test::In(any) => is_one_of(sql, column, any, text_of),
            Test::HasAll(all) => each_is(sql, column, all, text_of),
            Test::Compare(comparison, Key::Text(text)) => {
                let parameter = sql.parameter(text.as_str());
                let compared = format!("{column} {} {parameter}", comparison.symbol());
                if comparison.is_below() {
                    format!("({compared} OR {column} IS NULL)")
                } else {
                    compared
                }
            }
            Test::Compare(..) => "FALSE".to_owned(),
            Test::Text(test, text) => self.text_test(sql, column, *test, text),
            Test::Matches(parts) => self.matches(sql, column, parts),
            Test::Exists(true) => format!("{column} IS NOT NULL"),
            Test::Exists(false) => format!("{column} IS NULL"),
        }
    }

    fn json(&self, sql: &mut Sql, json: &Json, scalar: bool, test: &Test) -> String {
        let (key, element) = (json.key(), element_key(sql.dialect));
        // A value itself, or an element of a list. Each arm can use an index by itself. Where no list can be, nothing is
        // written of its elements: PostgreSQL refuses parameters that are not used.
        let either = |own: String, of_element: String| {
            if scalar {
                own
            } else {
                let (array, elements) = (json.is_array_key(&key), json.elements());
                format!(
                    "({own} OR ({array} AND EXISTS (SELECT 1 FROM {elements} WHERE {of_element})))"
                )
            }
        };
        match test {
            Test::In(any) => {
                let keys: Vec<&Operand> =
                    any.iter().filter(|operand| matches!(operand, Operand::Key(_))).collect();
                let mut arms = Vec::new();
                for operand in any {
                    if let Operand::Json(value) = operand {
                        arms.push(Self::same(sql, json, value));
                    }
                }
                if !keys.is_empty() || arms.is_empty() {
                    let values = values(sql, &keys);
                    let only_missing = keys == [&Operand::Key(Key::Missing)];
                    let own = format!("{key} {values}");
                    arms.push(if only_missing {
                        own
                    } else {
                        either(own, format!("{element} {values}"))
                    });
                }
                or(arms.into_iter())
            }
            Test::HasAll(all) => and(all.iter().map(|operand| {
                let values = values(sql, &[operand]);
                either(format!("{key} {values}"), format!("{element} {values}"))
            })),
            Test::Compare(comparison, value) => {
                let own = compare(sql, &key, *comparison, value, scalar);
                if scalar {
                    return own;
                }
                let of_element = compare(sql, element, *comparison, value, false);
                either(own, of_element)
            }
            Test::Text(test, text) => {
                let own = self.text_test(sql, &json.text(), *test, text);
                if scalar {
                    return own;
                }
                let of_element = self.text_test(sql, element_text(sql.dialect), *test, text);
                either(own, of_element)
            }
            Test::Matches(parts) => {
                let own = self.matches(sql, &json.text(), parts);
                if scalar {
                    return own;
                }
                let of_element = self.matches(sql, element_text(sql.dialect), parts);
                either(own, of_element)
            }
            Test::Exists(true) => json.exists(),
            Test::Exists(false) => format!("NOT ({})", json.exists()),
        }
    }

    /// A test of a path that may lead through lists of objects: what is there passes, or what is in any of them. Nothing
    /// can be at the path itself then, so that an index on it answers both.
    fn through(
        &self,
        sql: &mut Sql,
        json: &Json,
        scalar: bool,
        path: &Path,
        test: &Test,
    ) -> String {
        let own = self.json(sql, json, scalar, test);
        if let Test::Exists(exists) = test {
            let reached = reached(sql, path);
            let found = format!("EXISTS (SELECT 1 FROM {reached})");
            return if *exists {
                format!("({own} OR {found})")
            } else {
                format!("({own} AND NOT {found})")
            };
        }
        let missing = sql.parameter(Key::Missing.to_sql(sql.dialect));
        let nothing = format!("{} = {missing}", json.key());
        let element = element_key(sql.dialect);
        // What is missing here is not when there is a value in one of the lists.
        let takes_missing = match test {
            Test::In(any) => any.contains(&Operand::Key(Key::Missing)),
            Test::Compare(comparison, _) => comparison.is_below(),
            _ => false,
        };
        let own = if takes_missing {
            let reached = reached(sql, path);
            format!(
                "({own} AND NOT ({nothing} AND EXISTS (SELECT 1 FROM {reached} WHERE {element} <> {missing})))"
            )
        } else {
            own
        };
        let Some(of_element) = self.of_element(sql, test) else { return own };
        let reached = reached(sql, path);
        format!("({own} OR ({nothing} AND EXISTS (SELECT 1 FROM {reached} WHERE {of_element})))")
    }

    /// A test of an element `e`; `None` for one that none passes.
    fn of_element(&self, sql: &mut Sql, test: &Test) -> Option<String> {
        let (key, text) = (element_key(sql.dialect), element_text(sql.dialect));
        Some(match test {
            Test::In(any) => {
                let is_key = |operand: &&Operand| matches!(operand, Operand::Key(key) if *key != Key::Missing);
                let keys: Vec<&Operand> = any.iter().filter(is_key).collect();
                let mut arms = Vec::new();
                for operand in any {
                    if let Operand::Json(value) = operand {
                        let same = Self::same(sql, &Json::element(sql.dialect), value);
                        arms.push(of_container(sql.dialect, &same));
                    }
                }
                if !keys.is_empty() {
                    arms.push(format!("{key} {}", values(sql, &keys)));
                }
                if arms.is_empty() {
                    return None;
                }
                or(arms.into_iter())
            }
            Test::Compare(comparison, value) => compare(sql, key, *comparison, value, false),
            Test::Text(test, wanted) => self.text_test(sql, text, *test, wanted),
            Test::Matches(parts) => self.matches(sql, text, parts),
            Test::HasAll(_) | Test::Exists(_) => return None, // See `test` and `through`.
        })
    }

    /// Equality with a list or an object, part by part.
    fn same(sql: &mut Sql, json: &Json, value: &Value) -> String {
        let key = Key::of(value);
        let parameter = key.to_sql(sql.dialect);
        let parameter = sql.parameter(parameter);
        let mut all = vec![format!("{} = {parameter}", json.key())];
        let children: Vec<(String, &Value)> = match (&key, value) {
            (Key::Array, Value::Array(list)) => {
                list.iter().enumerate().map(|(index, value)| (index.to_string(), value)).collect()
            }
            (Key::Object, Value::Object(object)) => {
                object.iter().map(|(name, value)| (name.clone(), value)).collect()
            }
            _ => return all.remove(0),
        };
        let size = sql.parameter(i64::try_from(children.len()).unwrap_or(i64::MAX));
        all.push(format!("{} = {size}", json.size()));
        for (name, value) in children {
            let child = json.child(sql, &name, key == Key::Array);
            all.push(Self::same(sql, &child, value));
        }
        and(all.into_iter())
    }

    fn references(&self, sql: &mut Sql, name: &str, test: &Test) -> String {
        let (number, field) = (sql.parameter(self.table.number), sql.parameter(name));
        let has = |condition: String| {
            format!(
                "EXISTS (SELECT 1 FROM data_reference r WHERE r.collection = {number} AND r.field = {field} \
                 AND r.item = t.id AND {condition})"
            )
        };
        let any_of = |sql: &mut Sql, operands: &[Operand]| {
            let (missing, values): (Vec<&Operand>, _) =
                operands.iter().partition(|operand| **operand == Operand::Key(Key::Missing));
            let values: Vec<&Operand> = values;
            let none = (!missing.is_empty()).then(|| format!("NOT {}", has("TRUE".to_owned())));
            let some = (!values.is_empty())
                .then(|| has(is_one_of(sql, "r.target", values.iter().copied(), text_of)));
            or(none.into_iter().chain(some))
        };
        match test {
            Test::In(any) => any_of(sql, any),
            Test::HasAll(all) => {
                and(all.iter().map(|operand| any_of(sql, std::slice::from_ref(operand))))
            }
            Test::Exists(true) => has("TRUE".to_owned()),
            Test::Exists(false) => format!("NOT {}", has("TRUE".to_owned())),
            test => has(self.text_column(sql, "r.target", test)),
        }
    }

    fn text_test(&self, sql: &mut Sql, text: &str, test: TextTest, wanted: &str) -> String {
        if wanted.is_empty() {
            return format!("({text}) IS NOT NULL"); // Every text holds the empty one.
        }
        let wanted = match sql.dialect {
            Dialect::Sqlite => sql.parameter(wanted.to_lowercase()),
            Dialect::Postgres => {
                let parameter = sql.parameter(wanted);
                fold(&format!("{parameter}::text"))
            }
        };
        let text = fold(text);
        match (test, sql.dialect) {
            (TextTest::Contains, Dialect::Sqlite) => format!("instr({text}, {wanted}) > 0"),
            (TextTest::Contains, Dialect::Postgres) => format!("strpos({text}, {wanted}) > 0"),
            (TextTest::StartsWith, _) => format!("substr({text}, 1, length({wanted})) = {wanted}"),
            (TextTest::EndsWith, Dialect::Sqlite) => {
                format!("substr({text}, -length({wanted})) = {wanted}")
            }
            (TextTest::EndsWith, Dialect::Postgres) => {
                format!("right({text}, length({wanted})) = {wanted}")
            }
        }
    }

    fn matches(&self, sql: &mut Sql, text: &str, parts: &[Part]) -> String {
        let folded = fold(text);
        let mut pattern = String::new();
        for part in parts {
            match (part, sql.dialect) {
                (Part::Literal(text), Dialect::Sqlite) => {
                    for character in text.to_lowercase().chars() {
                        match character {
                            '*' | '?' | '[' => pattern.extend(['[', character, ']']),
                            character => pattern.push(character),
                        }
                    }
                }
                (Part::Literal(text), Dialect::Postgres) => {
                    for character in text.to_lowercase().chars() {
                        if !character.is_alphanumeric() && character.is_ascii() {
                            pattern.push('\\');
                        }
                        pattern.push(character);
                    }
                }
                (Part::AnyOf(characters), _) => {
                    pattern.push('[');
                    pattern.push_str(characters);
                    pattern.push(']');
                }
            }
        }
        match sql.dialect {
            Dialect::Sqlite => format!("{folded} GLOB {}", sql.parameter(pattern)),
            Dialect::Postgres => {
                format!("{folded} ~ {}", sql.parameter(format!("^(?:{pattern})$")))
            }
        }
    }
}

impl Comparison {
    fn symbol(self) -> &'static str {
        match self {
            Self::Gt => ">",
            Self::Ge => ">=",
            Self::Lt => "<",
            Self::Le => "<=",
        }
    }

    /// Whether what is missing, which ranks lowest, passes.
    fn is_below(self) -> bool {
        matches!(self, Self::Lt | Self::Le)
    }
}

fn or(arms: impl Iterator<Item = String>) -> String {
    joined(arms, " OR ", "FALSE")
}

fn and(arms: impl Iterator<Item = String>) -> String {
    joined(arms, " AND ", "TRUE")
}

fn joined(arms: impl Iterator<Item = String>, word: &str, empty: &str) -> String {
    let arms: Vec<String> = arms.collect();
    let mut text = String::new();
    join_halves(&mut text, &arms, word, empty);
    text
}

/// Appends arms, joined by halves: databases limit how deep an expression is.
fn join_halves(text: &mut String, arms: &[String], word: &str, empty: &str) {
    match arms {
        [] => text.push_str(empty),
        [arm] => text.push_str(arm),
        arms => {
            let (first, second) = arms.split_at(arms.len() / 2);
            text.push('(');
            join_halves(text, first, word, empty);
            text.push_str(word);
            join_halves(text, second, word, empty);
            text.push(')');
        }
    }
}

/// `= value`, or `IN (values)`.
fn values(sql: &mut Sql, operands: &[&Operand]) -> String {
    let dialect = sql.dialect;
    let mut parameters: Vec<String> = operands
        .iter()
        .filter_map(|operand| match operand {
            Operand::Key(key) => Some(sql.parameter(key.to_sql(dialect))),
            Operand::Json(_) => None,
        })
        .collect();
    match parameters.len() {
        0 => "IN (NULL)".to_owned(),
        1 => format!("= {}", parameters.remove(0)),
        _ => format!("IN ({})", parameters.join(", ")),
    }
}

/// A comparison of keys with a value of one type. Other types do not pass; what is missing is below all.
fn compare(sql: &mut Sql, key: &str, comparison: Comparison, value: &Key, scalar: bool) -> String {
    let dialect = sql.dialect;
    let parameter = sql.parameter(value.to_sql(dialect));
    let compared = format!("{key} {} {parameter}", comparison.symbol());
    let Some((low, high)) = value.bounds(dialect).filter(|_| !scalar) else { return compared };
    match (comparison.is_below(), value) {
        (true, Key::Number(_)) => compared, // Nothing but what is missing is below numbers.
        (true, _) => {
            let low = sql.parameter(low);
            let missing = sql.parameter(Key::Missing.to_sql(dialect));
            format!("(({compared} AND {key} >= {low}) OR {key} = {missing})")
        }
        (false, _) => {
            let high = sql.parameter(high);
            format!("({compared} AND {key} < {high})")
        }
    }
}

/// The value of a column of text.
fn text_of(operand: &Operand) -> Option<SqlValue> {
    match operand {
        Operand::Key(Key::Text(text)) => Some(text.as_str().into()),
        _ => None,
    }
}

/// The value of a column of milliseconds.
fn time_of(operand: &Operand) -> Option<SqlValue> {
    match operand {
        Operand::Key(Key::Date(time)) => Some((*time).into()),
        _ => None,
    }
}

/// Whether a column is one of these; those that `value` gives nothing for, it never is.
fn is_one_of<'a>(
    sql: &mut Sql,
    column: &str,
    operands: impl IntoIterator<Item = &'a Operand>,
    value: impl Fn(&Operand) -> Option<SqlValue>,
) -> String {
    let (mut parameters, mut or_missing) = (Vec::new(), false);
    for operand in operands {
        or_missing |= *operand == Operand::Key(Key::Missing);
        parameters.extend(value(operand).map(|value| sql.parameter(value)));
    }
    let equal = match parameters.as_slice() {
        [] => None,
        [only] => Some(format!("{column} = {only}")),
        many => Some(format!("{column} IN ({})", many.join(", "))),
    };
    or(equal.into_iter().chain(or_missing.then(|| format!("{column} IS NULL"))))
}

/// Whether a column is each of these.
fn each_is(
    sql: &mut Sql,
    column: &str,
    operands: &[Operand],
    value: impl Fn(&Operand) -> Option<SqlValue> + Copy,
) -> String {
    and(operands.iter().map(|operand| is_one_of(sql, column, [operand], value)))
}

fn time_column(sql: &mut Sql, column: &str, test: &Test) -> String {
    match test {
        Test::In(any) => is_one_of(sql, column, any, time_of),
        Test::HasAll(all) => each_is(sql, column, all, time_of),
        Test::Compare(comparison, Key::Date(time)) => {
            format!("{column} {} {}", comparison.symbol(), sql.parameter(*time))
        }
        Test::Exists(exists) => if *exists { "TRUE" } else { "FALSE" }.to_owned(),
        Test::Compare(..) | Test::Text(..) | Test::Matches(_) => "FALSE".to_owned(),
    }
}
