//! Statements under construction, and the expressions in which the back ends differ.

use std::fmt::Write;

use transom_store::{Dialect, Statement, Value};

use crate::error::DataError;

/// Most parameters of a statement: SQLite takes 32,766 and PostgreSQL 65,535.
const MOST_PARAMETERS: usize = 32_766;

/// A statement that grows. Its text is the program's own and values are bound, names of fields too.
#[derive(Debug, Clone)]
pub(crate) struct Sql {
    pub(crate) dialect: Dialect,
    pub(crate) text: String,
    values: Vec<Value>,
}

impl Sql {
    /// A statement that begins with `text`.
    pub(crate) fn new(dialect: Dialect, text: impl Into<String>) -> Self {
        Self { dialect, text: text.into(), values: Vec::new() }
    }

    /// Appends text of the program.
    pub(crate) fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Appends a parameter with this value.
    pub(crate) fn bind(&mut self, value: impl Into<Value>) {
        let parameter = self.parameter(value);
        self.push(&parameter);
    }

    /// A parameter with this value, for use in an expression. Its type must be clear there.
    pub(crate) fn parameter(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        let number = self.values.len();
        match self.dialect {
            // To SQLite `$1` is a name, which it would look for among all others.
            Dialect::Sqlite => format!("?{number}"),
            Dialect::Postgres => format!("${number}"),
        }
    }

    /// The finished statement.
    ///
    /// # Errors
    /// WDE0060 when it has more parameters than databases take: a filter of very many conditions.
    pub(crate) fn finish(self) -> Result<Statement, DataError> {
        if self.values.len() > MOST_PARAMETERS {
            let reason = "The filter holds more values and names of fields than a database takes.";
            return Err(DataError::invalid("WDE0060", reason));
        }
        Ok(self.values.into_iter().fold(Statement::new(self.text), Statement::bind))
    }
}

/// A path into the JSON of an item, as one back end takes it.
#[derive(Debug, Clone)]
pub(crate) struct Json {
    dialect: Dialect,
    /// SQLite: the path. PostgreSQL: the whole expression.
    place: String,
    /// SQLite: the path to the date at that place.
    date: String,
}

impl Json {
    /// A path that is part of the text, as the expressions of indexes have it: for declared names only.
    pub(crate) fn literal(dialect: Dialect, path: &[String]) -> Self {
        match dialect {
            Dialect::Sqlite => {
                let inner = sqlite_path(path).replace('\'', "''");
                let (place, date) = (format!("'{inner}'"), format!("'{inner}.\"$date\"'"));
                Self { dialect, place, date }
            }
            Dialect::Postgres => {
                let mut place = "t.data".to_owned();
                for segment in path {
                    // Writing to a string does not fail.
                    let _ = write!(place, " -> '{}'", segment.replace('\'', "''"));
                }
                Self { dialect, place: format!("({place})"), date: String::new() }
            }
        }
    }

    /// A path whose names are bound.
    pub(crate) fn bound(sql: &mut Sql, path: &[String]) -> Self {
        match sql.dialect {
            Dialect::Sqlite => {
                let inner = sqlite_path(path);
                let date = sql.parameter(format!("{inner}.\"$date\""));
                let place = sql.parameter(inner);
                Self { dialect: sql.dialect, place, date }
            }
            Dialect::Postgres => {
                let mut place = "t.data".to_owned();
                for segment in path {
                    let parameter = sql.parameter(segment.as_str());
                    let _ = write!(place, " -> {parameter}::text"); // Writing to a string does not fail.
                }
                Self { dialect: sql.dialect, place: format!("({place})"), date: String::new() }
            }
        }
    }

    /// The key of what is there; see `key.rs`.
    pub(crate) fn key(&self) -> String {
        let Self { place, date, .. } = self;
        match self.dialect {
            Dialect::Sqlite => format!(
                "COALESCE(CASE json_type(t.data, {place}) WHEN 'true' THEN x'3331' WHEN 'false' THEN x'3330' \
                 WHEN 'array' THEN x'70' WHEN 'object' THEN \
                 COALESCE(CAST('d' || replace(json_extract(t.data, {date}), '+', '~') AS BLOB), x'6f') \
                 ELSE json_extract(t.data, {place}) END, -9e999)"
            ),
            Dialect::Postgres => format!("(transom_data_key({place}) COLLATE \"C\")"),
        }
    }

    /// Whether a value is there, `null` included.
    pub(crate) fn exists(&self) -> String {
        match self.dialect {
            Dialect::Sqlite => format!("json_type(t.data, {}) IS NOT NULL", self.place),
            Dialect::Postgres => format!("{} IS NOT NULL", self.place),
        }
    }

    /// Whether the key of what is there, `key`, is a list's: an index on the key answers.
    pub(crate) fn is_array_key(&self, key: &str) -> String {
        match self.dialect {
            Dialect::Sqlite => format!("{key} = x'70'"),
            Dialect::Postgres => format!("{key} = 'p'"),
        }
    }

    /// What is within the list or the object there, by its index or its name.
    pub(crate) fn child(&self, sql: &mut Sql, name: &str, in_list: bool) -> Self {
        match self.dialect {
            Dialect::Sqlite => {
                let step = if in_list { format!("[{name}]") } else { format!(".\"{name}\"") };
                let (date, step) =
                    (sql.parameter(format!("{step}.\"$date\"")), sql.parameter(step));
                let (place, date) =
                    (format!("({} || {step})", self.place), format!("({} || {date})", self.place));
                Self { dialect: self.dialect, place, date }
            }
            Dialect::Postgres => {
                let step = if in_list {
                    format!("{name}::int") // An index, which is digits.
                } else {
                    format!("{}::text", sql.parameter(name))
                };
                let place = format!("({} -> {step})", self.place);
                Self { dialect: self.dialect, place, date: String::new() }
            }
        }
    }

    /// Text that is there, NULL for all else.
    pub(crate) fn text(&self) -> String {
        let place = &self.place;
        match self.dialect {
            Dialect::Sqlite => format!(
                "CASE json_type(t.data, {place}) WHEN 'text' THEN json_extract(t.data, {place}) END"
            ),
            Dialect::Postgres => {
                format!("CASE jsonb_typeof({place}) WHEN 'string' THEN {place} #>> '{{}}' END")
            }
        }
    }

    /// A source of rows `e`, the elements of the list that is there.
    pub(crate) fn elements(&self) -> String {
        let place = &self.place;
        match self.dialect {
            Dialect::Sqlite => format!("json_each(t.data, {place}) AS e"),
            Dialect::Postgres => format!(
                "jsonb_array_elements(CASE jsonb_typeof({place}) WHEN 'array' THEN {place} ELSE '[]'::jsonb END) AS e(v)"
            ),
        }
    }

    /// How many elements or names the list or object there has; NULL for all else.
    pub(crate) fn size(&self) -> String {
        let place = &self.place;
        match self.dialect {
            Dialect::Sqlite => format!("(SELECT count(*) FROM json_each(t.data, {place}))"),
            Dialect::Postgres => format!(
                "(CASE jsonb_typeof({place}) WHEN 'array' THEN jsonb_array_length({place}) \
                 WHEN 'object' THEN (SELECT count(*) FROM jsonb_object_keys({place})) END)"
            ),
        }
    }
}

/// The key of an element `e`.
pub(crate) fn element_key(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Sqlite => {
            "COALESCE(CASE e.type WHEN 'true' THEN x'3331' WHEN 'false' THEN x'3330' WHEN 'array' THEN x'70' \
             WHEN 'object' THEN COALESCE(CAST('d' || replace(json_extract(e.value, '$.\"$date\"'), '+', '~') AS BLOB), \
             x'6f') ELSE e.atom END, -9e999)"
        }
        Dialect::Postgres => "(transom_data_key(e.v) COLLATE \"C\")",
    }
}

/// The text of an element `e`, NULL when it is none.
pub(crate) fn element_text(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Sqlite => "CASE e.type WHEN 'text' THEN e.atom END",
        Dialect::Postgres => "CASE jsonb_typeof(e.v) WHEN 'string' THEN e.v #>> '{}' END",
    }
}

/// Text without regard to case; both back ends have the function.
pub(crate) fn fold(text: &str) -> String {
    format!("transom_fold({text})")
}

/// A path in SQLite's form. Names hold no quotes; see `filter::path`.
fn sqlite_path(path: &[String]) -> String {
    path.iter().fold("$".to_owned(), |path, segment| format!("{path}.\"{segment}\""))
}
