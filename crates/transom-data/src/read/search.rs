//! Search for words: SQLite's FTS5, or PostgreSQL's text search. Spec: section 10.1.
//!
//! The index of a collection is made when it is first searched, over all texts in its items, and kept up to date by
//! the database from then on.

use serde_json::{Map, Value};
use transom_store::{Dialect, Statement};

use super::{items_json, limit_to};
use crate::Answer;
use crate::access::Caller;
use crate::error::DataError;
use crate::filter;
use crate::item::compose;
use crate::offset_cursor::Resumed;
use crate::read::{Found, Item, Order};
use crate::request::{Paging, Request};
use crate::service::Shared;
use crate::sql::Sql;
use crate::tables::Table;

/// Most characters of an expression.
const LONGEST: usize = 100;

impl Shared {
    /// `POST /items/search`.
    pub(crate) async fn search(
        &self,
        caller: &Caller,
        request: Request,
    ) -> Result<Answer, DataError> {
        let empty = Map::new();
        let of = |request: &Request| {
            request
                .get("search")
                .and_then(Value::as_object)
                .map_or(Paging::read(&empty), Paging::read)
        };
        let Resumed { request, paging, .. } = Resumed::read(request, of)?;
        let (table, reach) = self.readable(caller, &request).await?;
        let search = request.get("search").and_then(Value::as_object).unwrap_or(&empty);
        let filter = filter::parse(search.get("filter"))?;
        let order = Order::parse(search.get("sort"))?;
        let words = Words::read(search.get("search"))?;
        refuse_unknown(search)?;
        let mut found = Found { items: Vec::new(), paging: Map::new() };
        let mut has_next = false;
        if !words.list.is_empty() || words.is_everything {
            self.ensure_search(&table).await?;
            let mut sql = Sql::new(self.dialect, format!("SELECT {}", self.columns()));
            let keys = order.keys(&mut sql, &table)?;
            sql.push(&format!(" FROM {} t", table.name()));
            let rank = self.matching(&mut sql, &table, &words);
            self.condition(&table, &mut sql, &filter);
            limit_to(&mut sql, reach);
            sql.push(" ORDER BY ");
            for (key, descending) in &keys {
                sql.push(key);
                sql.push(if *descending { " DESC, " } else { ", " });
            }
            if keys.is_empty() && !rank.is_empty() {
                sql.push(&rank);
                sql.push(", ");
            }
            sql.push("t.seq LIMIT ");
            sql.bind(paging.limit + 1);
            sql.push(" OFFSET ");
            sql.bind(paging.offset);
            let mut rows = self.store.scan(sql.finish()?).await?;
            let limit = usize::try_from(paging.limit).unwrap_or(usize::MAX);
            has_next = rows.len() > limit;
            rows.truncate(limit);
            for row in &rows {
                found.items.push(Item { id: row.text(0)?.to_owned(), json: compose(row, 0)? });
            }
        }
        let include = request.get("includeReferences");
        self.finish_items(caller, &table, search.get("fields"), include, &mut found.items).await?;
        found.paging =
            Resumed::metadata(&request, &paging, found.items.len(), has_next, None, None);
        Ok(Answer::ok(items_json(&found, table.id())))
    }

    /// Appends a join and `WHERE … AND`; answers what to sort by, best first.
    fn matching(&self, sql: &mut Sql, table: &Table, words: &Words) -> String {
        if words.is_everything {
            sql.push(" WHERE ");
            return String::new();
        }
        match self.dialect {
            Dialect::Sqlite => {
                let index = format!("{}_fts", table.name());
                sql.push(&format!(" JOIN {index} ON {index}.rowid = t.seq WHERE {index} MATCH "));
                sql.bind(words.sqlite());
                sql.push(" AND ");
                format!("{index}.rank")
            }
            Dialect::Postgres => {
                let query = sql.parameter(words.postgres());
                let vector = "transom_data_words(t.data)";
                sql.push(&format!(" WHERE {vector} @@ to_tsquery('simple', {query}) AND "));
                format!("ts_rank({vector}, to_tsquery('simple', {query})) DESC")
            }
        }
    }

    /// Makes the index of a collection.
    async fn ensure_search(&self, table: &Table) -> Result<(), DataError> {
        let name = table.name();
        if !self.store.read(find_index(self.dialect, &name)).await?.is_empty() {
            return Ok(());
        }
        let script = match self.dialect {
            Dialect::Sqlite => {
                let text = |row: &str| {
                    format!(
                        "(SELECT group_concat(atom, ' ') FROM json_tree({row}.data) WHERE type = 'text')"
                    )
                };
                let forget = format!(
                    "INSERT INTO {name}_fts ({name}_fts, rowid, text) VALUES ('delete', old.seq, {});",
                    text("old")
                );
                let learn = format!(
                    "INSERT INTO {name}_fts (rowid, text) VALUES (new.seq, {});",
                    text("new")
                );
                format!(
                    "CREATE VIRTUAL TABLE IF NOT EXISTS {name}_fts USING fts5(text, content='', \
                     tokenize='unicode61 remove_diacritics 0');\n\
                     INSERT INTO {name}_fts (rowid, text) SELECT seq, {} FROM {name} t;\n\
                     CREATE TRIGGER {name}_fts_i AFTER INSERT ON {name} BEGIN {learn} END;\n\
                     CREATE TRIGGER {name}_fts_d AFTER DELETE ON {name} BEGIN {forget} END;\n\
                     CREATE TRIGGER {name}_fts_u AFTER UPDATE OF data ON {name} BEGIN {forget} {learn} END;\n",
                    text("t")
                )
            }
            Dialect::Postgres => format!(
                "CREATE INDEX IF NOT EXISTS {name}_fts ON {name} \
                 USING gin (transom_data_words(data));"
            ),
        };
        match self.tables.define(script, table).await {
            Ok(()) => Ok(()),
            // Another one has made it at this moment.
            Err(_) if !self.store.read(find_index(self.dialect, &name)).await?.is_empty() => Ok(()),
            Err(error) => Err(error),
        }
    }
}

/// Finds the index, if there is one.
fn find_index(dialect: Dialect, name: &str) -> Statement {
    let find = match dialect {
        Dialect::Sqlite => "SELECT 1 FROM sqlite_schema WHERE name = $1",
        Dialect::Postgres => {
            "SELECT 1 FROM pg_indexes WHERE indexname = $1 AND schemaname = ANY (current_schemas(false))"
        }
    };
    Statement::new(find).bind(format!("{name}_fts"))
}

/// Refuses what a search can ask for on the platform and here cannot, rather than answer as if it had not been asked.
fn refuse_unknown(search: &Map<String, Value>) -> Result<(), DataError> {
    let is_asked = |value: Option<&Value>| match value {
        None | Some(Value::Null) => false,
        Some(Value::Array(list)) => !list.is_empty(),
        Some(_) => true,
    };
    let fields = search.get("search").and_then(|words| words.get("fields"));
    for (what, value) in [
        ("search in single fields", fields),
        ("aggregations of a search", search.get("aggregations")),
        ("a time zone of a search", search.get("timeZone")),
    ] {
        if is_asked(value) {
            let reason = format!("transom does not emulate {what}.");
            return Err(DataError::new(501, "NOT_EMULATED", reason));
        }
    }
    Ok(())
}

/// What is searched for.
struct Words {
    list: Vec<String>,
    /// Whether nothing was said, so that every item is found.
    is_everything: bool,
    all: bool,
    /// Whether the beginning of a word is enough.
    beginnings: bool,
}

impl Words {
    fn read(details: Option<&Value>) -> Result<Self, DataError> {
        let get = |name: &str| details.and_then(|details| details.get(name));
        let expression = get("expression").and_then(Value::as_str).unwrap_or_default();
        if expression.chars().count() > LONGEST {
            let reason = format!("A search expression has at most {LONGEST} characters.");
            return Err(DataError::invalid("WDE0094", reason));
        }
        let list = expression.split(|character: char| !character.is_alphanumeric());
        Ok(Self {
            list: list.filter(|word| !word.is_empty()).map(str::to_lowercase).collect(),
            is_everything: expression.trim().is_empty(),
            all: get("mode").and_then(Value::as_str) == Some("AND"),
            beginnings: get("fuzzy").and_then(Value::as_bool) == Some(true),
        })
    }

    fn sqlite(&self) -> String {
        let star = if self.beginnings { "*" } else { "" };
        let words: Vec<String> = self.list.iter().map(|word| format!("\"{word}\"{star}")).collect();
        words.join(if self.all { " AND " } else { " OR " })
    }

    fn postgres(&self) -> String {
        let star = if self.beginnings { ":*" } else { "" };
        let words: Vec<String> = self.list.iter().map(|word| format!("'{word}'{star}")).collect();
        words.join(if self.all { " & " } else { " | " })
    }
}
