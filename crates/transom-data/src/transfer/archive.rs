//! Backups: all collections as they are at one moment, in one file that either back end restores.
//!
//! The file is lines of JSON: a head, for each collection its name and then its items and references, and an end with
//! their numbers and a hash, without which a backup is not whole.

use std::collections::BTreeMap;
use std::io::{BufRead, Read, Write};

use serde_json::{Value, json};
use transom_store::{Batch, Look, Run, Statement, StoreError};

use super::check::IndexCheck;
use super::import::{BATCH, BATCH_BYTES, wait};
use super::{OnConflict, TransferError};
use crate::error::DataError;
use crate::filter::Filter;
use crate::item::{self, New, compose};
use crate::key::number_json;
use crate::service::{DataService, Shared};
use crate::tables::Table;
use crate::write::emptying;
use crate::write::lot::{self, Link, Present};

/// Version of the form.
const VERSION: u64 = 1;
/// References that are read at once.
const REFERENCES: i64 = 5000;

/// What one collection holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Items.
    pub items: u64,
    /// References to other items.
    pub references: u64,
    /// A sum over all of them: the same for the same contents, in whatever order and on either back end.
    pub hash: u64,
}

/// What all collections hold.
pub type Summary = BTreeMap<String, Totals>;

impl Totals {
    fn add_item(&mut self, item: &Value) {
        self.items += 1;
        self.hash = self.hash.wrapping_add(hash(&canonical(item)));
    }

    fn add_reference(&mut self, reference: &Value) {
        self.references += 1;
        self.hash = self.hash.wrapping_add(hash(&reference.to_string()).rotate_left(1));
    }
}

fn hash(text: &str) -> u64 {
    xxhash_rust::xxh3::xxh3_64(text.as_bytes())
}

/// One text for one value: names in order, numbers by their value.
fn canonical(value: &Value) -> String {
    fn sorted(value: &Value) -> Value {
        match value {
            Value::Object(object) => {
                let ordered: BTreeMap<&String, Value> =
                    object.iter().map(|(name, value)| (name, sorted(value))).collect();
                json!(ordered)
            }
            Value::Array(list) => list.iter().map(sorted).collect(),
            Value::Number(number) => number_json(number.as_f64().unwrap_or_default()),
            value => value.clone(),
        }
    }
    sorted(value).to_string()
}

impl DataService {
    /// Writes all collections to `out`, as they are when it begins. Blocks; others read and write on.
    ///
    /// # Errors
    /// [`TransferError`]; what was written by then cannot be restored.
    pub fn backup(&self, out: &mut (dyn Write + Send)) -> Result<Summary, TransferError> {
        let mut summary = Summary::new();
        writeln!(out, "{}", json!({ "transomData": VERSION }))?;
        let mut failure = None;
        let shared = self.shared();
        let done = shared.store.snapshot(|look| {
            shared.walk(look, &mut |line| {
                note(&mut summary, &line);
                writeln!(out, "{}", line.to_json()).map_err(|error| {
                    failure = Some(error);
                    StoreError::Refused
                })
            })
        });
        if let Some(error) = failure {
            return Err(error.into());
        }
        done?;
        writeln!(out, "{}", json!({ "end": summary_json(&summary) }))?;
        out.flush()?;
        Ok(summary)
    }

    /// Counts and hashes all collections as they are at one moment. Blocks.
    ///
    /// # Errors
    /// [`TransferError`] when the store does not answer.
    pub fn summary(&self) -> Result<Summary, TransferError> {
        let mut summary = Summary::new();
        let shared = self.shared();
        shared.store.snapshot(|look| {
            shared.walk(look, &mut |line| {
                note(&mut summary, &line);
                Ok(())
            })
        })?;
        Ok(summary)
    }

    /// Reads a backup twice: once to see that it is whole and that today's indexes take its items, then to write it.
    /// Items come back as they were, whatever is declared of their fields by now. Collections that hold items are
    /// refused, or emptied first. Blocks.
    ///
    /// # Errors
    /// [`TransferError`]; nothing has then changed: all of it is one transaction.
    pub fn restore<R: Read>(
        &self,
        mut open: impl FnMut() -> std::io::Result<R> + Send,
        conflict: OnConflict,
    ) -> Result<Summary, TransferError> {
        let mut check = IndexCheck::new(self.shared());
        let expected = read(&mut open, |line| check.line(line))?;
        let shared = self.shared();
        transaction(shared, |run| {
            for id in expected.keys() {
                let table = shared.tables.ensure_within(run, id)?;
                let count = format!("SELECT COUNT(*) FROM {}", table.name());
                let counted = run(Statement::new(count).into())?;
                let count = counted.first().and_then(|outcome| outcome.rows.first());
                let count = count.map_or(Ok(0), |row| row.integer(0))?;
                if count > 0 && conflict == OnConflict::Refuse {
                    let reason = format!("the collection [{id}] has {count} items already");
                    return Err(TransferError::Archive(reason));
                }
                run(emptying(&table))?;
            }
            let mut writer = Writer::new(shared, run);
            let written = read(&mut open, |line| writer.write(line))?;
            writer.flush()?;
            if written != expected {
                let reason = "it was changed while it was read";
                return Err(TransferError::Archive(reason.to_owned()));
            }
            Ok(())
        })?;
        Ok(expected)
    }

    /// Copies all collections to another service, and compares what arrived. Blocks.
    ///
    /// # Errors
    /// [`TransferError`] when the other one holds items already, or when what arrived differs.
    pub fn migrate_to(
        &self,
        target: &Self,
        mut progress: impl FnMut(u64) + Send,
    ) -> Result<Summary, TransferError> {
        for overview in wait(target.collections())? {
            if overview.items > 0 {
                let reason = format!(
                    "the collection [{}] of the target has {} items already",
                    overview.id, overview.items
                );
                return Err(TransferError::Archive(reason));
            }
        }
        let mut sent = Summary::new();
        let (shared, mut count) = (self.shared(), 0);
        transaction(target.shared(), |run| {
            let mut writer = Writer::new(target.shared(), run);
            let mut failure = None;
            let done = shared.store.snapshot(|look| {
                shared.walk(look, &mut |line| {
                    note(&mut sent, &line);
                    count += 1;
                    if count % 10_000 == 0 {
                        progress(count);
                    }
                    writer.write(line).map_err(|error| {
                        failure = Some(error);
                        StoreError::Refused
                    })
                })
            });
            if let Some(error) = failure {
                return Err(error);
            }
            done?;
            writer.flush()
        })?;
        let arrived = target.summary()?;
        for (id, totals) in &sent {
            if arrived.get(id) != Some(totals) {
                let found = arrived.get(id).copied().unwrap_or_default();
                return Err(TransferError::Differs(format!(
                    "[{id}] was {totals:?} and is {found:?}"
                )));
            }
        }
        Ok(sent)
    }
}

/// Runs `work` in one transaction of the store.
fn transaction<T: Send>(
    shared: &Shared,
    work: impl FnOnce(Run<'_>) -> Result<T, TransferError> + Send,
) -> Result<T, TransferError> {
    let mut failure = None;
    let done = shared.store.transaction(|run| {
        work(run).map_err(|error| {
            failure = Some(error);
            StoreError::Refused
        })
    });
    match failure {
        Some(error) => Err(error),
        None => Ok(done?),
    }
}

/// A line of a backup, after its head.
pub(super) enum Line {
    Collection(String),
    Item(String, Value),
    Reference(String, Value),
}

impl Line {
    fn to_json(&self) -> Value {
        match self {
            Self::Collection(id) => json!({ "collection": id }),
            Self::Item(_, item) => json!({ "item": item }),
            Self::Reference(_, reference) => json!({ "reference": reference }),
        }
    }
}

fn note(summary: &mut Summary, line: &Line) {
    match line {
        Line::Collection(id) => {
            summary.entry(id.clone()).or_default();
        }
        Line::Item(id, item) => summary.entry(id.clone()).or_default().add_item(item),
        Line::Reference(id, reference) => {
            summary.entry(id.clone()).or_default().add_reference(reference)
        }
    }
}

fn summary_json(summary: &Summary) -> Value {
    let totals = |(id, totals): (&String, &Totals)| {
        let hash = format!("{:016x}", totals.hash);
        (
            id.clone(),
            json!({ "items": totals.items, "references": totals.references, "hash": hash }),
        )
    };
    Value::Object(summary.iter().map(totals).collect())
}

impl Shared {
    /// Goes through all collections.
    fn walk(
        &self,
        look: Look<'_>,
        work: &mut dyn FnMut(Line) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let names = look(Statement::new("SELECT name, id FROM data_collection ORDER BY name"))?;
        for row in &names {
            let id = row.text(0)?.to_owned();
            work(Line::Collection(id.clone()))?;
            let table = Table { number: row.integer(1)?, collection: self.tables.collection(&id) };
            self.each_of(&mut *look, &table, &Filter::All, &mut |row| {
                let text = compose(row, 0).map_err(|error| broken(&error))?;
                let item = serde_json::from_str(&text)
                    .map_err(|error| StoreError::Statement { reason: error.to_string() })?;
                work(Line::Item(id.clone(), item))
            })?;
            let find = "SELECT field, item, target, place FROM data_reference WHERE collection = $1 \
                        AND (field, item, target) > ($2, $3, $4) ORDER BY field, item, target LIMIT $5";
            let mut last = (String::new(), String::new(), String::new());
            loop {
                let find = Statement::new(find).bind(table.number);
                let find = find.bind(last.0.as_str()).bind(last.1.as_str()).bind(last.2.as_str());
                let rows = look(find.bind(REFERENCES))?;
                let Some(end) = rows.last() else { break };
                last = (end.text(0)?.to_owned(), end.text(1)?.to_owned(), end.text(2)?.to_owned());
                for row in &rows {
                    let reference =
                        json!([row.text(0)?, row.text(1)?, row.text(2)?, row.integer(3)?]);
                    work(Line::Reference(id.clone(), reference))?;
                }
            }
        }
        Ok(())
    }
}

pub(super) fn broken(error: &DataError) -> StoreError {
    StoreError::Statement { reason: error.to_string() }
}

/// Reads a backup from its head to its end, and compares what it says of itself.
fn read<R: Read>(
    open: &mut impl FnMut() -> std::io::Result<R>,
    mut work: impl FnMut(Line) -> Result<(), TransferError>,
) -> Result<Summary, TransferError> {
    let mut file = std::io::BufReader::new(open()?);
    let archive = |reason: &str| TransferError::Archive(reason.to_owned());
    let mut text = String::new();
    let mut next = |text: &mut String| -> Result<Option<Value>, TransferError> {
        text.clear();
        if file.read_line(text)? == 0 {
            return Ok(None);
        }
        serde_json::from_str(text)
            .map(Some)
            .map_err(|error| TransferError::Archive(error.to_string()))
    };
    match next(&mut text)?.and_then(|head| head.get("transomData")?.as_u64()) {
        Some(VERSION) => {}
        Some(version) => {
            return Err(archive(&format!(
                "its version is {version}, which is newer than this program"
            )));
        }
        None => return Err(archive("its first line is not that of a backup")),
    }
    let mut summary = Summary::new();
    let mut collection: Option<String> = None;
    while let Some(mut line) = next(&mut text)? {
        if let Some(end) = line.get("end") {
            if *end != summary_json(&summary) {
                return Err(archive("its contents are not those that its end tells of"));
            }
            return Ok(summary);
        }
        let line = if let Some(id) = line.get("collection").and_then(Value::as_str) {
            collection = Some(id.to_owned());
            Line::Collection(id.to_owned())
        } else {
            let id = collection
                .clone()
                .ok_or_else(|| archive("an item stands before its collection"))?;
            match (
                line.get_mut("item").map(Value::take),
                line.get_mut("reference").map(Value::take),
            ) {
                (Some(item), None) => Line::Item(id, item),
                (None, Some(reference)) => Line::Reference(id, reference),
                _ => return Err(archive("a line of it is none of a backup")),
            }
        };
        note(&mut summary, &line);
        work(line)?;
    }
    Err(archive("it has no end: it was cut off"))
}

/// Writes lines in batches of a transaction.
struct Writer<'a> {
    shared: &'a Shared,
    run: Run<'a>,
    table: Option<Table>,
    items: Vec<New>,
    references: Vec<Link>,
    /// Of the items.
    bytes: usize,
}

impl<'a> Writer<'a> {
    fn new(shared: &'a Shared, run: Run<'a>) -> Self {
        Self { shared, run, table: None, items: Vec::new(), references: Vec::new(), bytes: 0 }
    }

    fn write(&mut self, line: Line) -> Result<(), TransferError> {
        match line {
            Line::Collection(id) => {
                self.flush()?;
                self.table = Some(self.shared.tables.ensure_within(self.run, &id)?);
            }
            Line::Item(_, item) => {
                let new = item::stored(item)?;
                self.bytes += new.data.len();
                self.items.push(new);
            }
            Line::Reference(_, reference) => {
                let text = |index: usize| {
                    let text = reference.get(index).and_then(Value::as_str);
                    text.unwrap_or_default().to_owned()
                };
                let place = reference.get(3).and_then(Value::as_i64).unwrap_or_default();
                let (field, item, target) = (text(0), text(1), text(2));
                self.references.push(Link { field, item, target, place });
            }
        }
        if self.items.len() + self.references.len() >= BATCH || self.bytes >= BATCH_BYTES {
            self.flush()?;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), TransferError> {
        let items = std::mem::take(&mut self.items);
        let references = std::mem::take(&mut self.references);
        self.bytes = 0;
        let Some(table) = &self.table else { return Ok(()) };
        let (dialect, mut batch) = (self.shared.dialect, Batch::new());
        if !items.is_empty() {
            batch.append(lot::writing(dialect, table, &items, Present::Refuses));
        }
        if !references.is_empty() {
            batch.push(lot::linking(dialect, table, &references));
        }
        match (self.run)(batch) {
            Ok(_) => Ok(()),
            Err(StoreError::Conflict { constraint }) => {
                Err(table.conflict(&constraint, "of the backup").into())
            }
            Err(StoreError::Unmet { .. }) => {
                let reason = format!("two items of [{}] have the same _id", table.id());
                Err(TransferError::Archive(reason))
            }
            Err(error) => Err(error.into()),
        }
    }
}
