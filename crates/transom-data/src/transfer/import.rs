//! Items of a file into a collection: batches that are written whole or not at all, each with the mark up to which line
//! the file has been read, so that an import that was cut off goes on behind its last whole batch.

use std::future::Future;
use std::io::BufRead;
use std::sync::Arc;

use serde_json::Value;
use transom_store::{Batch, Statement};

use super::tabular::{CsvReader, item as tabular_item};
use super::{Format, OnConflict, OnReject, TransferError};
use crate::access::Caller;
use crate::error::DataError;
use crate::filter::Filter;
use crate::item::{self, New};
use crate::key;
use crate::service::{DataService, Shared};
use crate::tables::Table;
use crate::write::Change;
use crate::write::lot::Present;

/// Items in one transaction, and bytes of them beyond which no other is added.
pub(super) const BATCH: usize = 1000;
pub(super) const BATCH_BYTES: usize = 8 << 20;

/// How an import is done.
#[derive(Debug, Clone)]
pub struct ImportOptions {
    /// How items stand in the file.
    pub format: Format,
    /// What happens to items that are there already.
    pub conflict: OnConflict,
    /// What happens after an item that is refused.
    pub reject: OnReject,
    /// A name for this import, under which the store notes how far the file has been read until all of it is.
    pub mark: String,
    /// Whether lines are passed over that an import of this name has read before it was cut off.
    pub resume: bool,
}

/// A line that was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reject {
    /// Its number, from 1.
    pub line: u64,
    /// Why.
    pub reason: String,
}

/// What an import did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    /// Items that were written.
    pub items: u64,
    /// Lines that were left out.
    pub rejected: u64,
    /// Lines that an earlier import had read.
    pub resumed_after: u64,
}

/// Waits for work that only needs the store's threads.
pub(super) fn wait<T: Send>(work: impl Future<Output = T> + Send) -> T {
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread().build();
            runtime.expect("an event loop without drivers needs nothing").block_on(work)
        });
        match waiting.join() {
            Ok(done) => done,
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

impl DataService {
    /// Reads items from a file into a collection, as the project itself. `rejected` hears of each line that is left out,
    /// `progress` after each batch of what is done. Blocks.
    ///
    /// # Errors
    /// [`TransferError`]; whole batches that were written before stay.
    pub fn import(
        &self,
        collection: &str,
        file: impl BufRead,
        options: &ImportOptions,
        mut rejected: impl FnMut(&Reject),
        mut progress: impl FnMut(&Imported),
    ) -> Result<Imported, TransferError> {
        let shared = self.shared();
        let table = wait(shared.tables.ensure(collection))?;
        let mut imported = Imported::default();
        if options.resume {
            imported.resumed_after = wait(shared.mark(&options.mark))?;
        }
        let mut lines = Lines::new(file, options.format)?;
        let (mut batch, mut numbers) = (Vec::with_capacity(BATCH), Vec::with_capacity(BATCH));
        let mut bytes = 0;
        let mut refuse = |imported: &mut Imported, line: u64, reason: String| {
            if options.reject == OnReject::Stop {
                return Err(TransferError::Refused { line, reason });
            }
            imported.rejected += 1;
            rejected(&Reject { line, reason });
            Ok(())
        };
        let mut last = 0;
        loop {
            let next = lines.next(&table)?;
            let is_end = next.is_none();
            if let Some((line, item)) = next {
                last = line;
                if line <= imported.resumed_after {
                    continue;
                }
                match item.and_then(|item| new(&table, item).map_err(|error| error.to_string())) {
                    Ok(new) => {
                        bytes += new.data.len();
                        batch.push(new);
                        numbers.push(line);
                    }
                    Err(reason) => refuse(&mut imported, line, reason)?,
                }
            }
            let is_full = batch.len() == BATCH || bytes >= BATCH_BYTES;
            if is_full || (is_end && !batch.is_empty()) {
                let lot = Lot { items: &batch, lines: &numbers, last };
                let results = wait(shared.import_batch(&table, lot, options))?;
                batch.clear();
                bytes = 0;
                for (line, result) in numbers.drain(..).zip(results) {
                    match result {
                        Ok(()) => imported.items += 1,
                        Err(error) => refuse(&mut imported, line, error.to_string())?,
                    }
                }
                progress(&imported);
            }
            if is_end {
                let forget = Statement::new("DELETE FROM data_import WHERE id = $1");
                wait(shared.store.write(forget.bind(options.mark.as_str()).into()))?;
                return Ok(imported);
            }
        }
    }
}

/// An item as a line of a file tells it, with its dates if it tells them.
pub(super) fn new(table: &Table, item: Value) -> Result<New, DataError> {
    let date = |name: &str| item.get(name).and_then(key::date);
    let times =
        date("_createdDate").map(|created| (created, date("_updatedDate").unwrap_or(created)));
    let mut new = item::check(&table.collection, None, item)?;
    new.times = times;
    Ok(new)
}

/// Items of a file that are written together.
#[derive(Clone, Copy)]
struct Lot<'a> {
    items: &'a [New],
    /// The number of each item's line.
    lines: &'a [u64],
    /// The last line that has been read.
    last: u64,
}

impl Shared {
    /// Up to which line an import of this name has read its file.
    async fn mark(&self, mark: &str) -> Result<u64, DataError> {
        let find = Statement::new("SELECT line FROM data_import WHERE id = $1").bind(mark);
        let rows = self.store.read(find).await?;
        let line = rows.first().map_or(Ok(0), |row| row.integer(0))?;
        Ok(u64::try_from(line).unwrap_or(0))
    }

    /// Writes a batch and its mark in one transaction.
    async fn import_batch(
        &self,
        table: &Arc<Table>,
        lot: Lot<'_>,
        options: &ImportOptions,
    ) -> Result<Vec<Result<(), DataError>>, TransferError> {
        let set = "INSERT INTO data_import (id, line) VALUES ($1, $2) \
                   ON CONFLICT (id) DO UPDATE SET line = EXCLUDED.line";
        let line = i64::try_from(lot.last).unwrap_or(i64::MAX);
        let mark = Batch::from(Statement::new(set).bind(options.mark.as_str()).bind(line));
        let present = match (options.conflict, options.reject) {
            (OnConflict::Replace, _) => Present::Goes,
            (OnConflict::Refuse, OnReject::Skip) => Present::Stays,
            (OnConflict::Refuse, OnReject::Stop) => Present::Refuses,
        };
        if let Some(results) = self.write_lot(table, lot.items, present, mark.clone()).await? {
            return Ok(results);
        }
        self.import_one_by_one(table, lot, options, mark).await
    }

    /// The same with a look at each item, which tells those that are refused.
    async fn import_one_by_one(
        &self,
        table: &Arc<Table>,
        lot: Lot<'_>,
        options: &ImportOptions,
        mark: Batch,
    ) -> Result<Vec<Result<(), DataError>>, TransferError> {
        let change = |new: &New| match options.conflict {
            OnConflict::Refuse => Change::Insert(new.clone()),
            OnConflict::Replace => Change::Save(new.clone()),
        };
        let mut changes: Vec<Change> = lot.items.iter().map(change).collect();
        let mut results: Vec<Result<(), DataError>> = vec![Ok(()); changes.len()];
        let mut places: Vec<usize> = (0..changes.len()).collect();
        // All of a batch or nothing: what is refused is taken out, and the rest is tried as a whole again.
        loop {
            let done = self
                .changes_or_none(&Caller::App, table, &changes, &Filter::All, mark.clone())
                .await?;
            let refused: Vec<(usize, DataError)> = done
                .into_iter()
                .enumerate()
                .filter_map(|(index, result)| Some((index, result.err()?)))
                .collect();
            if refused.is_empty() {
                return Ok(results);
            }
            if let Some((index, error)) = refused.first()
                && options.reject == OnReject::Stop
            {
                let line = lot.lines[places[*index]];
                return Err(TransferError::Refused { line, reason: error.to_string() });
            }
            for (index, error) in refused.into_iter().rev() {
                results[places[index]] = Err(error);
                changes.remove(index);
                places.remove(index);
            }
        }
    }
}

/// The items of a file with the numbers of their lines.
enum Lines<R> {
    Json { file: R, line: u64, text: String },
    Csv { records: CsvReader<R>, columns: Vec<String> },
}

/// An item, or why its line holds none.
type Line = (u64, Result<Value, String>);

impl<R: BufRead> Lines<R> {
    fn new(file: R, format: Format) -> Result<Self, TransferError> {
        match format {
            Format::JsonLines => Ok(Self::Json { file, line: 0, text: String::new() }),
            Format::Csv => {
                let mut records = CsvReader::new(file);
                match records.next()? {
                    None => Ok(Self::Csv { records, columns: Vec::new() }),
                    Some((_, Ok(columns))) => Ok(Self::Csv { records, columns }),
                    Some((line, Err(reason))) => Err(TransferError::Refused { line, reason }),
                }
            }
        }
    }

    fn next(&mut self, table: &Table) -> Result<Option<Line>, TransferError> {
        match self {
            Self::Json { file, line, text } => loop {
                text.clear();
                *line += 1;
                // Bytes that are no UTF-8 are this line's fault, not the file's.
                let mut bytes = Vec::new();
                if file.read_until(b'\n', &mut bytes)? == 0 {
                    return Ok(None);
                }
                let trimmed = bytes.trim_ascii();
                if trimmed.is_empty() {
                    continue;
                }
                let item =
                    crate::json::parse(trimmed).map_err(|error| error.description().to_owned());
                return Ok(Some((*line, item)));
            },
            Self::Csv { records, columns } => {
                let Some((line, cells)) = records.next()? else { return Ok(None) };
                let item = cells.and_then(|cells| {
                    if cells.len() > columns.len() {
                        let (many, few) = (cells.len(), columns.len());
                        return Err(format!("it has {many} cells under {few} columns"));
                    }
                    tabular_item(&table.collection, columns, cells.into_iter())
                });
                Ok(Some((line, item)))
            }
        }
    }
}
