//! The table of each collection: made when the collection is declared, or with its first item. Declared indexes are
//! indexes of the database on the keys of fields (`key.rs`).

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use transom_store::{Batch, Dialect, Outcome, Refused, Run, Statement, Store, StoreError};

use crate::collections::{Collection, Collections, FieldType, Index, check_id};
use crate::error::DataError;
use crate::filter::path;
use crate::sql::Json;

/// Most collections. Spec: section 10.4.
const MOST_COLLECTIONS: i64 = 1000;
/// How often making a table is tried when others make some at the same time.
const ATTEMPTS: usize = 20;

/// A collection with its table.
#[derive(Debug)]
pub(crate) struct Table {
    /// Number in the names of its table and indexes.
    pub(crate) number: i64,
    /// What is declared of it.
    pub(crate) collection: Arc<Collection>,
}

impl Table {
    /// The name that programs use.
    pub(crate) fn id(&self) -> &str {
        &self.collection.id
    }

    /// The name of the table.
    pub(crate) fn name(&self) -> String {
        format!("data_{}", self.number)
    }

    /// The declared type of a field.
    pub(crate) fn kind(&self, field: &str) -> Option<FieldType> {
        Some(self.collection.declaration.fields.get(field)?.kind)
    }

    /// Whether a field stands in the declaration, with its type or in an index.
    pub(crate) fn declares(&self, field: &str) -> bool {
        let declaration = &self.collection.declaration;
        declaration.fields.contains_key(field)
            || declaration
                .indexes
                .iter()
                .any(|index| index.fields.iter().any(|(name, _)| name == field))
    }

    /// What a conflict means that the database tells of.
    pub(crate) fn conflict(&self, reason: &str, id: &str) -> DataError {
        let indexes = self.collection.declaration.indexes.iter();
        let unique = indexes
            .filter(|index| index.unique)
            .find(|index| reason.contains(&index_name(self.number, index, true)));
        match unique {
            Some(index) => {
                let fields: Vec<String> =
                    index.fields.iter().map(|(name, _)| name.clone()).collect();
                DataError::not_unique(&fields, self.id())
            }
            // Of declarations that are not this program's.
            None if reason.contains(&format!("data_{}_xu", self.number)) => {
                DataError::not_unique_elsewhere(self.id())
            }
            None => DataError::exists(id, self.id()),
        }
    }
}

/// All tables.
#[derive(Debug)]
pub(crate) struct Tables {
    store: Store,
    declared: Collections,
    known: RwLock<HashMap<String, Arc<Table>>>,
}

impl Tables {
    /// Tables in `store`.
    pub(crate) fn new(store: Store, declared: Collections) -> Self {
        Self { store, declared, known: RwLock::default() }
    }

    /// What the project declares.
    pub(crate) fn declared(&self) -> &Collections {
        &self.declared
    }

    /// What is declared of a collection: nothing, for one that is not.
    pub(crate) fn collection(&self, id: &str) -> Arc<Collection> {
        let undeclared = || Arc::new(Collection { id: id.to_owned(), ..Collection::default() });
        self.declared.get(id).cloned().unwrap_or_else(undeclared)
    }

    fn remember(&self, id: &str, number: i64) -> Arc<Table> {
        let table = Arc::new(Table { number, collection: self.collection(id) });
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.insert(id.to_owned(), Arc::clone(&table));
        table
    }

    fn known(&self, id: &str) -> Option<Arc<Table>> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    /// The table of a collection, `None` while it has none.
    pub(crate) async fn find(&self, id: &str) -> Result<Option<Arc<Table>>, DataError> {
        if let Some(table) = self.known(id) {
            return Ok(Some(table));
        }
        if check_id(id).is_err() {
            return Ok(None); // Such as one with U+0000, which PostgreSQL would not take.
        }
        let find = Statement::new("SELECT id FROM data_collection WHERE name = $1").bind(id);
        let rows = self.store.read(find).await?;
        rows.first().map(|row| Ok(self.remember(id, row.integer(0)?))).transpose()
    }

    /// The names and numbers of all collections.
    pub(crate) async fn all(&self) -> Result<Vec<Arc<Table>>, DataError> {
        let find = Statement::new("SELECT name, id FROM data_collection ORDER BY name");
        let rows = self.store.read(find).await?;
        rows.iter().map(|row| Ok(self.remember(row.text(0)?, row.integer(1)?))).collect()
    }

    /// The table of a collection, made when there is none.
    pub(crate) async fn ensure(&self, id: &str) -> Result<Arc<Table>, DataError> {
        if let Some(table) = self.find(id).await? {
            return Ok(table);
        }
        accept_id(id)?;
        let mut attempts = 0;
        loop {
            attempts += 1;
            match self.store.write(self.creation(id)).await {
                Ok(outcomes) => return Ok(self.remember(id, created(&outcomes)?)),
                // Another one has made a collection with the same number or the same table at this moment.
                Err(StoreError::Refused | StoreError::Conflict { .. }) if attempts < ATTEMPTS => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// The table of a collection, made in a transaction when there is none; nobody else hears of it before that has ended.
    pub(crate) fn ensure_within(&self, run: Run<'_>, id: &str) -> Result<Table, DataError> {
        accept_id(id)?;
        let number = created(&run(self.creation(id))?)?;
        Ok(Table { number, collection: self.collection(id) })
    }

    /// Notes a collection and makes its table; the last step finds its number, or nothing when there are too many.
    fn creation(&self, id: &str) -> Batch {
        let note = "INSERT INTO data_collection (id, name) \
                    SELECT COALESCE(MAX(id), 0) + 1, $1 FROM data_collection HAVING COUNT(*) < $2 \
                    ON CONFLICT DO NOTHING";
        let mut batch = Batch::new().run(Statement::new(note).bind(id).bind(MOST_COLLECTIONS));
        let count = Statement::new("SELECT COUNT(*) FROM data_collection");
        let find = Statement::new("SELECT id FROM data_collection WHERE name = $1").bind(id);
        let dialect = self.store.dialect();
        batch.decide(find, move |rows| {
            let mut next = Batch::new();
            let number = match rows.first().map(|row| row.integer(0)) {
                Some(Ok(number)) => number,
                Some(Err(_)) => return Err(Refused),
                None => {
                    // Either there are too many, or the number was taken: then another attempt finds the next.
                    next.decide(count.clone(), |rows| {
                        match rows.first().map(|row| row.integer(0)) {
                            Some(Ok(count)) if count >= MOST_COLLECTIONS => Ok(Batch::new()),
                            _ => Err(Refused),
                        }
                    });
                    return Ok(next);
                }
            };
            for statement in definition(dialect, number) {
                next.push(Statement::new(statement));
            }
            Ok(next)
        });
        batch
    }

    /// Makes the declared indexes that are not there, and answers their names. Blocks.
    ///
    /// # Errors
    /// [`DataError`] when items violate one, or the storage does not answer; then none of them is left, as far as the
    /// storage answers.
    pub(crate) async fn make_indexes(&self) -> Result<Vec<String>, DataError> {
        let mut made = Vec::new();
        for collection in self.declared.iter() {
            if let Err(error) = self.make_indexes_of(&collection.id, &mut made).await {
                drop(self.drop_indexes(&made).await); // What matters is why there is one missing.
                return Err(error);
            }
        }
        Ok(made)
    }

    async fn make_indexes_of(&self, id: &str, made: &mut Vec<String>) -> Result<(), DataError> {
        let table = self.ensure(id).await?;
        let present = self.indexes(&table).await?;
        let mut missing = self.wanted(&table)?;
        missing.retain(|(name, _)| !present.contains(name));
        if missing.is_empty() {
            return Ok(());
        }
        let script = missing.iter().map(|(_, definition)| definition.as_str()).collect();
        self.define(script, &table).await?;
        made.extend(missing.into_iter().map(|(name, _)| name));
        Ok(())
    }

    /// The indexes that are declared of a table, with their definitions.
    fn wanted(&self, table: &Table) -> Result<Vec<(String, String)>, DataError> {
        let dialect = self.store.dialect();
        let indexes = table.collection.declaration.indexes.iter();
        let each = indexes.map(|index| index_definitions(dialect, table.number, index));
        Ok(each.collect::<Result<Vec<_>, _>>()?.concat())
    }

    /// Drops the indexes of declared collections that are not declared, and answers their names. Blocks.
    pub(crate) async fn drop_undeclared(&self) -> Result<Vec<String>, DataError> {
        let mut dropped = Vec::new();
        for collection in self.declared.iter() {
            let table = self.ensure(&collection.id).await?;
            let wanted = self.wanted(&table)?;
            let mut undeclared = self.indexes(&table).await?;
            undeclared.retain(|name| !wanted.iter().any(|(wanted, _)| wanted == name));
            self.drop_indexes(&undeclared).await?;
            dropped.append(&mut undeclared);
        }
        Ok(dropped)
    }

    /// Drops the indexes of declared collections that `former` declarations had and these have not: no others, which
    /// other instances may want. Blocks.
    pub(crate) async fn drop_former(&self, former: &Collections) -> Result<(), DataError> {
        for (collection, before) in
            self.declared.iter().filter_map(|now| Some((now, former.get(&now.id)?)))
        {
            let table = self.ensure(&collection.id).await?;
            let wanted = self.wanted(&table)?;
            let before = Table { number: table.number, collection: Arc::clone(before) };
            let names = self.wanted(&before)?.into_iter().map(|(name, _)| name);
            let gone: Vec<String> =
                names.filter(|name| !wanted.iter().any(|(wanted, _)| wanted == name)).collect();
            self.drop_indexes(&gone).await?;
        }
        Ok(())
    }

    /// Drops indexes by their names. Blocks.
    pub(crate) async fn drop_indexes(&self, names: &[String]) -> Result<(), DataError> {
        if names.is_empty() {
            return Ok(());
        }
        let drop = |name: &String| format!("DROP INDEX IF EXISTS {name};\n");
        let defined = self.defined(names.iter().map(drop).collect()).await;
        defined.map_err(DataError::from)
    }

    /// Runs a script that defines something of a table, on a thread that may block.
    pub(crate) async fn define(&self, script: String, table: &Table) -> Result<(), DataError> {
        self.defined(script).await.map_err(|error| match error {
            StoreError::Conflict { constraint } => table.conflict(&constraint, ""),
            error => error.into(),
        })
    }

    /// Runs a script on a thread that may block.
    async fn defined(&self, script: String) -> Result<(), StoreError> {
        let store = self.store.clone();
        let (done, defined) = tokio::sync::oneshot::channel();
        std::thread::spawn(move || drop(done.send(store.define(script)))); // The receiver waits below.
        let not_ended =
            || StoreError::Statement { reason: "an index could not be made".to_owned() };
        defined.await.unwrap_or_else(|_| Err(not_ended()))
    }

    /// Names of the declared indexes that the database has on a table.
    async fn indexes(&self, table: &Table) -> Result<Vec<String>, DataError> {
        let find = match self.store.dialect() {
            Dialect::Sqlite => {
                "SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = $1"
            }
            Dialect::Postgres => {
                "SELECT CAST(indexname AS TEXT) FROM pg_indexes \
                 WHERE tablename = $1 AND schemaname = ANY (current_schemas(false))"
            }
        };
        let rows = self.store.read(Statement::new(find).bind(table.name())).await?;
        let prefix = format!("data_{}_x", table.number);
        let names = rows.iter().filter_map(|row| row.text(0).ok());
        Ok(names.filter(|name| name.starts_with(&prefix)).map(str::to_owned).collect())
    }
}

/// Refuses what is no id of a collection.
fn accept_id(id: &str) -> Result<(), DataError> {
    check_id(id).map_err(|reason| {
        DataError::invalid("WDE0001", format!("[{id}] is no id of a collection: {reason}."))
    })
}

/// The number of a collection that was made.
fn created(outcomes: &[Outcome]) -> Result<i64, DataError> {
    let row = outcomes.last().and_then(|outcome| outcome.rows.first());
    if let Some(row) = row {
        return Ok(row.integer(0)?);
    }
    let most = format!("There are {MOST_COLLECTIONS} collections already, which is the most.");
    Err(DataError::new(400, "WD_DATABASE_QUOTA_EXCEEDED", most))
}

/// The statements that make the table with this number.
fn definition(dialect: Dialect, number: i64) -> [String; 3] {
    let table = match dialect {
        Dialect::Sqlite => format!(
            "CREATE TABLE IF NOT EXISTS data_{number} (seq INTEGER PRIMARY KEY, id TEXT NOT NULL, owner TEXT, \
             created INTEGER NOT NULL, updated INTEGER NOT NULL, data TEXT NOT NULL)"
        ),
        Dialect::Postgres => format!(
            "CREATE TABLE IF NOT EXISTS data_{number} (seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, \
             id TEXT COLLATE \"C\" NOT NULL, owner TEXT COLLATE \"C\", created BIGINT NOT NULL, \
             updated BIGINT NOT NULL, data JSONB NOT NULL)"
        ),
    };
    [
        table,
        format!("CREATE UNIQUE INDEX IF NOT EXISTS data_{number}_id ON data_{number} (id)"),
        format!(
            "CREATE INDEX IF NOT EXISTS data_{number}_owner ON data_{number} (owner, seq) WHERE owner IS NOT NULL"
        ),
    ]
}

/// The name of a declared index. It says what it is of, so that another declaration makes another index.
fn index_name(number: i64, index: &Index, unique: bool) -> String {
    let fields: Vec<String> = index
        .fields
        .iter()
        .map(|(name, descending)| format!("{}{name}", if *descending { "-" } else { "" }))
        .collect();
    let hash = xxhash_rust::xxh3::xxh3_64(fields.join("\n").as_bytes());
    format!("data_{number}_x{}{hash:016x}", if unique { "u" } else { "" })
}

/// The indexes of a declaration, with their names. A unique one is two: in the one that tells items apart what is
/// missing is NULL, which is never the same; the other one answers queries.
fn index_definitions(
    dialect: Dialect,
    number: i64,
    index: &Index,
) -> Result<Vec<(String, String)>, DataError> {
    let mut plain = Vec::new();
    let mut distinct = Vec::new();
    for (name, descending) in &index.fields {
        let order = if *descending { " DESC" } else { "" };
        let column = match name.as_str() {
            "_id" => Some("id"),
            "_owner" => Some("owner"),
            "_createdDate" => Some("created"),
            "_updatedDate" => Some("updated"),
            _ => None,
        };
        if let Some(column) = column {
            plain.push(format!("{column}{order}"));
            distinct.push(column.to_owned());
            continue;
        }
        let key = Json::literal(dialect, &path(name)?).key().replace("t.data", "data");
        let missing = match dialect {
            Dialect::Sqlite => "-9e999",
            Dialect::Postgres => "'0'",
        };
        plain.push(format!("{key}{order}"));
        distinct.push(format!("NULLIF({key}, {missing})"));
    }
    if dialect == Dialect::Postgres {
        plain.push(format!(
            "seq{}",
            if index.fields.last().is_some_and(|(_, down)| *down) { " DESC" } else { "" }
        ));
    }
    let define = |kind: &str, unique: bool, columns: &[String]| {
        let name = index_name(number, index, unique);
        let sql = format!(
            "CREATE {kind} IF NOT EXISTS {name} ON data_{number} ({});\n",
            columns.join(", ")
        );
        (name, sql)
    };
    let mut definitions = vec![define("INDEX", false, &plain)];
    if index.unique {
        definitions.push(define("UNIQUE INDEX", true, &distinct));
    }
    Ok(definitions)
}
