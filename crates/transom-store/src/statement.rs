//! Statements, batches of them, and the rows that come back.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use crate::{Dialect, StoreError};

/// A value in a row or a parameter of a statement.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// SQL's NULL.
    Null,
    /// A whole number; times are milliseconds since 1970.
    Integer(i64),
    /// A floating-point number.
    Real(f64),
    /// Text without NUL characters, which PostgreSQL cannot hold.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Self::Real(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<Vec<u8>> for Value {
    fn from(value: Vec<u8>) -> Self {
        Self::Bytes(value)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// One SQL statement with numbered parameters, `$1` and up, and their values. On SQLite they may also be written `?1`,
/// which is quicker where there are many; not both in one statement.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    pub(crate) sql: Cow<'static, str>,
    pub(crate) parameters: Vec<Value>,
}

impl Statement {
    /// A statement; its text is prepared once for each connection and then reused. The text must be the program's own:
    /// values go through [`bind`](Self::bind).
    pub fn new(sql: impl Into<Cow<'static, str>>) -> Self {
        Self { sql: sql.into(), parameters: Vec::new() }
    }

    /// Gives the next parameter its value.
    #[must_use]
    pub fn bind(mut self, value: impl Into<Value>) -> Self {
        self.parameters.push(value.into());
        self
    }
}

impl Statement {
    /// The statement that explains how this one would be run: a line of text in the last column of each row.
    ///
    /// PostgreSQL explains nothing that has parameters, so its values stand in the text, quoted: for people who look
    /// for a slow query, never for a program's own.
    #[must_use]
    pub fn explained(self, dialect: Dialect) -> Self {
        if dialect == Dialect::Sqlite {
            let sql = format!("EXPLAIN QUERY PLAN {}", self.sql).into();
            return Self { sql, parameters: self.parameters };
        }
        let mut sql = format!("EXPLAIN {}", self.sql);
        for (index, value) in self.parameters.iter().enumerate().rev() {
            sql = sql.replace(&format!("${}", index + 1), &value.quoted());
        }
        Self::new(sql)
    }
}

impl Value {
    /// The value as PostgreSQL reads it in a text.
    fn quoted(&self) -> String {
        match self {
            Self::Null => "NULL".to_owned(),
            Self::Integer(number) => number.to_string(),
            Self::Real(number) => format!("'{number}'::double precision"),
            // A dollar sign must not look like a parameter that is still to be replaced.
            Self::Text(text) => {
                format!(
                    "U&'{}'",
                    text.replace('\\', "\\\\").replace('\'', "''").replace('$', "\\0024")
                )
            }
            Self::Bytes(_) => "NULL::bytea".to_owned(),
        }
    }
}

/// Most bytes that a statement may find outside of a snapshot.
pub(crate) const MOST_FOUND: usize = 64 << 20;

/// What follows from the rows that a step of a batch found.
pub(crate) type Decide = Arc<dyn Fn(&[Row]) -> Result<Batch, Refused> + Send + Sync>;

/// What a decision answers that takes the whole batch back; the caller gets [`StoreError::Refused`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused;

/// Statements that happen whole, in this order, or not at all.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    pub(crate) steps: Vec<Step>,
}

#[derive(Clone)]
pub(crate) struct Step {
    pub(crate) statement: Statement,
    /// Rows that it must touch or find.
    pub(crate) required: Option<u64>,
    /// Gives the steps that follow from the rows it found.
    pub(crate) then: Option<Decide>,
}

impl fmt::Debug for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decides = self.then.is_some();
        f.debug_struct("Step")
            .field("statement", &self.statement)
            .field("required", &self.required)
            .field("decides", &decides)
            .finish()
    }
}

impl Batch {
    /// An empty batch.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a statement that may touch any number of rows.
    #[must_use]
    pub fn run(mut self, statement: Statement) -> Self {
        self.push(statement);
        self
    }

    /// Adds a statement, as [`run`](Self::run) does.
    pub fn push(&mut self, statement: Statement) {
        self.steps.push(Step { statement, required: None, then: None });
    }

    /// Adds a statement whose rows `decide` what is done next, within the same transaction: its batch runs before the
    /// steps that were added later. The outcome of the step is the statement's own.
    ///
    /// `decide` must not block, and it runs again when the transaction has to: only its last run counts. The rows are
    /// as nobody else can change them before the transaction ends if the statement locks them (`FOR UPDATE` on
    /// PostgreSQL; SQLite has one writer).
    pub fn decide(
        &mut self,
        statement: Statement,
        decide: impl Fn(&[Row]) -> Result<Self, Refused> + Send + Sync + 'static,
    ) {
        self.steps.push(Step { statement, required: None, then: Some(Arc::new(decide)) });
    }

    /// Adds all steps of another batch.
    pub fn append(&mut self, mut other: Self) {
        self.steps.append(&mut other.steps);
    }

    /// Number of its steps.
    #[must_use]
    pub fn len(&self) -> usize {
        self.steps.len()
    }

    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// Adds a statement that must touch exactly `rows` rows; else the whole batch is taken back and
    /// [`StoreError::Unmet`] says so. This is how a caller compares and sets.
    #[must_use]
    pub fn require(mut self, rows: u64, statement: Statement) -> Self {
        self.steps.push(Step { statement, required: Some(rows), then: None });
        self
    }
}

impl From<Statement> for Batch {
    fn from(statement: Statement) -> Self {
        Self::new().run(statement)
    }
}

/// The steps of a batch in the order in which they run, with those that decisions add. Shared by the back ends.
pub(crate) struct Steps<'a> {
    /// What is left, next step last; with its index for a step of the caller's own.
    left: Vec<(Option<usize>, Cow<'a, Step>)>,
}

impl<'a> Steps<'a> {
    /// All steps of `batch`.
    pub(crate) fn of(batch: &'a Batch) -> Self {
        let numbered = batch.steps.iter().enumerate().rev();
        Self { left: numbered.map(|(index, step)| (Some(index), Cow::Borrowed(step))).collect() }
    }

    /// The step that runs next.
    pub(crate) fn next(&mut self) -> Option<(Option<usize>, Cow<'a, Step>)> {
        self.left.pop()
    }

    /// Checks what a step did, and queues what follows from it.
    pub(crate) fn done(
        &mut self,
        index: Option<usize>,
        step: &Step,
        outcome: &Outcome,
    ) -> Result<(), StoreError> {
        step.check(index.unwrap_or(0), outcome)?;
        if let Some(decide) = &step.then {
            let next = decide(&outcome.rows).map_err(|Refused| StoreError::Refused)?;
            self.left.extend(next.steps.into_iter().rev().map(|step| (None, Cow::Owned(step))));
        }
        Ok(())
    }
}

impl Step {
    /// Refuses an outcome that does not have the required number of rows.
    pub(crate) fn check(&self, step: usize, outcome: &Outcome) -> Result<(), StoreError> {
        match self.required {
            Some(required) if required != outcome.affected => {
                Err(StoreError::Unmet { step, required, found: outcome.affected })
            }
            _ => Ok(()),
        }
    }
}

/// Longest text of a statement that stays prepared, in bytes. One that is longer was written for one call, and a
/// connection would keep it for nothing.
const LONGEST_KEPT: usize = 16 << 10;

impl Statement {
    /// Whether it stays prepared on a connection.
    pub(crate) fn is_kept(&self) -> bool {
        self.sql.len() <= LONGEST_KEPT
    }
}

/// Counts what rows hold, and stops when it is more than a caller may get at once.
pub(crate) struct Measure {
    left: Option<usize>,
}

impl Measure {
    /// A measure of `most` bytes; none without.
    pub(crate) fn new(most: Option<usize>) -> Self {
        Self { left: most }
    }

    /// Takes notice of a row.
    pub(crate) fn add(&mut self, row: &Row) -> Result<(), StoreError> {
        let Some(left) = self.left else { return Ok(()) };
        let size = |value: &Value| match value {
            Value::Text(text) => text.len(),
            Value::Bytes(bytes) => bytes.len(),
            Value::Null | Value::Integer(_) | Value::Real(_) => 0,
        };
        let bytes: usize = row.0.iter().map(|value| size(value) + size_of::<Value>()).sum();
        let left = left.checked_sub(bytes).ok_or(StoreError::TooMuch { bytes: MOST_FOUND })?;
        self.left = Some(left);
        Ok(())
    }
}

/// What one statement of a batch did.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// Rows that it touched, or found.
    pub affected: u64,
    /// Rows that it returned, as with `RETURNING`.
    pub rows: Vec<Row>,
}

/// A row; its columns are numbered from 0.
#[derive(Debug, Clone, PartialEq)]
pub struct Row(pub(crate) Vec<Value>);

impl Row {
    /// The text in a column that is never NULL.
    ///
    /// # Errors
    /// [`StoreError::Statement`] when the column holds something else.
    pub fn text(&self, column: usize) -> Result<&str, StoreError> {
        self.optional_text(column)?.ok_or_else(|| self.unexpected(column, "text"))
    }

    /// The number in a column that is never NULL.
    ///
    /// # Errors
    /// [`StoreError::Statement`] when the column holds something else.
    pub fn integer(&self, column: usize) -> Result<i64, StoreError> {
        self.optional_integer(column)?.ok_or_else(|| self.unexpected(column, "a whole number"))
    }

    /// The text in a column, `None` for NULL.
    ///
    /// # Errors
    /// [`StoreError::Statement`] when the column holds something else.
    pub fn optional_text(&self, column: usize) -> Result<Option<&str>, StoreError> {
        match self.0.get(column) {
            Some(Value::Text(text)) => Ok(Some(text)),
            Some(Value::Null) => Ok(None),
            _ => Err(self.unexpected(column, "text or NULL")),
        }
    }

    /// The number in a column, `None` for NULL.
    ///
    /// # Errors
    /// [`StoreError::Statement`] when the column holds something else.
    pub fn optional_integer(&self, column: usize) -> Result<Option<i64>, StoreError> {
        match self.0.get(column) {
            Some(Value::Integer(number)) => Ok(Some(*number)),
            Some(Value::Null) => Ok(None),
            _ => Err(self.unexpected(column, "a whole number or NULL")),
        }
    }

    /// The values, by column.
    #[must_use]
    pub fn into_values(self) -> Vec<Value> {
        self.0
    }

    /// The value in a column, `None` when there is no such column.
    #[must_use]
    pub fn value(&self, column: usize) -> Option<&Value> {
        self.0.get(column)
    }

    fn unexpected(&self, column: usize, wanted: &str) -> StoreError {
        let found = match self.0.get(column) {
            None => "missing",
            Some(Value::Null) => "NULL",
            Some(Value::Integer(_)) => "a whole number",
            Some(Value::Real(_)) => "a number",
            Some(Value::Text(_)) => "text",
            Some(Value::Bytes(_)) => "bytes",
        };
        StoreError::Statement { reason: format!("column {column} is {found}, not {wanted}") }
    }
}
