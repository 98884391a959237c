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

/// The JSON of an item.
const ITEM: &str = "t.data";

/// A path into the JSON of an item, as one back end takes it.
#[derive(Debug, Clone)]
pub(crate) struct Json {
    dialect: Dialect,
    /// SQLite: what the path leads into.
    source: &'static str,
    /// SQLite: the path. PostgreSQL: the whole expression.
    place: String,
    /// SQLite: the path to the date at that place.
    date: String,
}

impl Json {
    /// The list or object that an element `e` is.
    pub(crate) fn element(dialect: Dialect) -> Self {
        let (place, date) = match dialect {
            Dialect::Sqlite => ("'$'", "'$.\"$date\"'"),
            Dialect::Postgres => ("e.v", ""),
        };
        Self { dialect, source: "e.value", place: place.to_owned(), date: date.to_owned() }
    }

    /// A path that is part of the text, as the expressions of indexes have it: for declared names only.
    pub(crate) fn literal(dialect: Dialect, path: &[String]) -> Self {
        match dialect {
            Dialect::Sqlite => {
                let inner = sqlite_path(path).replace('\'', "''");
                let (place, date) = (format!("'{inner}'"), format!("'{inner}.\"$date\"'"));
                Self { dialect, source: ITEM, place, date }
            }
            Dialect::Postgres => {
                let mut place = "t.data".to_owned();
                for segment in path {
                    // Writing to a string does not fail.
                    let _ = write!(place, " -> '{}'", segment.replace('\'', "''"));
                }
                Self { dialect, source: ITEM, place: format!("({place})"), date: String::new() }
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
                Self { dialect: sql.dialect, source: ITEM, place, date }
            }
            Dialect::Postgres => {
                let mut place = "t.data".to_owned();
                for segment in path {
                    let parameter = sql.parameter(segment.as_str());
                    let _ = write!(place, " -> {parameter}::text"); // Writing to a string does not fail.
                }
                Self {
                    dialect: sql.dialect,
                    source: ITEM,
                    place: format!("({place})"),
                    date: String::new(),
                }
            }
        }
    }

    /// The key of what is there; see `key.rs`.
    pub(crate) fn key(&self) -> String {
        let Self { source, place, date, .. } = self;
        match self.dialect {
            Dialect::Sqlite => format!(
                "COALESCE(CASE json_type({source}, {place}) WHEN 'true' THEN x'3331' WHEN 'false' THEN x'3330' \
                 WHEN 'array' THEN x'70' WHEN 'object' THEN \
                 COALESCE(CAST('d' || replace(json_extract({source}, {date}), '+', '~') AS BLOB), x'6f') \
                 ELSE json_extract({source}, {place}) END, -9e999)"
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
                Self { dialect: self.dialect, source: self.source, place, date }
            }
            Dialect::Postgres => {
                let step = if in_list {
                    format!("{name}::int") // An index, which is digits.
                } else {
                    format!("{}::text", sql.parameter(name))
                };
                let place = format!("({} -> {step})", self.place);
                Self { dialect: self.dialect, source: self.source, place, date: String::new() }
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
        let Self { source, place, .. } = self;
        match self.dialect {
            Dialect::Sqlite => format!("(SELECT count(*) FROM json_each({source}, {place}))"),
            Dialect::Postgres => format!(
                "(CASE jsonb_typeof({place}) WHEN 'array' THEN jsonb_array_length({place}) \
                 WHEN 'object' THEN (SELECT count(*) FROM jsonb_object_keys({place})) END)"
            ),
        }
    }
}

/// A source of rows `e`: what is at a path that may lead through lists, and within a list at its end.
pub(crate) fn reached(sql: &mut Sql, path: &[String]) -> String {
    if sql.dialect == Dialect::Postgres {
        // Its lenient mode opens lists on the way.
        let path = path.iter().fold("$".to_owned(), |path, name| format!("{path}.\"{name}\""));
        let path = sql.parameter(format!("{path}[*]"));
        return format!("jsonb_path_query(t.data, {path}::text::jsonpath) AS e(v)");
    }
    let (mut sources, mut from) = (Vec::new(), ITEM.to_owned());
    for (index, name) in path.iter().enumerate() {
        let step = sql.parameter(sqlite_path(std::slice::from_ref(name)));
        let is_last = index + 1 == path.len();
        let row = if is_last { "e".to_owned() } else { format!("e{index}") };
        let list = format!(
            "CASE json_type({from}, {step}) WHEN 'array' THEN {from} -> {step} \
             ELSE '[' || COALESCE({from} -> {step}, '') || ']' END"
        );
        let list = match sources.len() {
            0 => list,
            before => {
                format!("CASE WHEN e{}.type = 'object' THEN {list} ELSE '[]' END", before - 1)
            }
        };
        sources.push(format!("json_each({list}) AS {row}"));
        from = format!("{row}.value");
    }
    sources.join(", ")
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

/// A condition on the list or object that an element `e` is, false where it is none.
pub(crate) fn of_container(dialect: Dialect, condition: &str) -> String {
    match dialect {
        // Its functions refuse what is no JSON, as the text of an element.
        Dialect::Sqlite => {
            format!("CASE WHEN e.type IN ('array', 'object') THEN {condition} ELSE FALSE END")
        }
        Dialect::Postgres => condition.to_owned(),
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
