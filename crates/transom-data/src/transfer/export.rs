//! Items of one collection to a file, all as they are at one moment.

use std::io::Write;

use serde_json::Value;
use transom_store::{Look, Row, StoreError};

use super::archive::broken;
use super::tabular::CsvWriter;
use super::{Format, TransferError};
use crate::error::DataError;
use crate::filter::{self, Filter};
use crate::item::compose;
use crate::service::{DataService, Shared};
use crate::sql::Sql;
use crate::tables::Table;

/// Items that are read at once.
const LOT: i64 = 1000;

/// What is done with the JSON of an item.
type Work<'a> = dyn FnMut(&str) -> Result<(), TransferError> + 'a;

impl DataService {
    /// Writes the items of a collection that pass `filter`; `progress` hears how many, now and then. Blocks.
    ///
    /// # Errors
    /// [`TransferError`]; what was written by then is no whole export.
    pub fn export(
        &self,
        collection: &str,
        filter: Option<&Value>,
        format: Format,
        out: &mut (dyn Write + Send),
        mut progress: impl FnMut(u64) + Send,
    ) -> Result<u64, TransferError> {
        let shared = self.shared();
        let table = super::import::wait(shared.tables.find(collection))?;
        let table = table.ok_or_else(|| DataError::no_collection(collection))?;
        let filter = filter::parse(filter)?;
        let (mut csv, mut count, mut failure) = (CsvWriter::default(), 0, None);
        let done = shared.store.snapshot(|look| {
            let mut each = |look: Look<'_>, work: &mut Work<'_>| {
                shared.each_of(look, &table, &filter, &mut |row| {
                    let composed = compose(row, 0).map_err(TransferError::from);
                    composed.and_then(|json| work(&json)).map_err(|error| {
                        failure = Some(error);
                        StoreError::Refused
                    })
                })
            };
            if format == Format::Csv {
                // The names of all columns come before the first item.
                each(&mut *look, &mut |json| {
                    csv.learn(json);
                    Ok(())
                })?;
            }
            let mut head_is_due = format == Format::Csv;
            let mut head = |csv: &CsvWriter, out: &mut dyn Write| {
                if std::mem::take(&mut head_is_due) { csv.head(out) } else { Ok(()) }
            };
            each(look, &mut |json| {
                head(&csv, out)?;
                match format {
                    Format::JsonLines => {
                        out.write_all(json.as_bytes())?;
                        out.write_all(b"\n")?;
                    }
                    Format::Csv => csv.item(out, json)?,
                }
                count += 1;
                if count % 10_000 == 0 {
                    progress(count);
                }
                Ok(())
            })
        });
        match (failure, done) {
            (Some(error), _) => return Err(error),
            (None, done) => done?,
        }
        if count == 0 && format == Format::Csv {
            csv.head(out)?;
        }
        out.flush()?;
        Ok(count)
    }
}

impl Shared {
    /// Runs `work` with the row of each item: the columns of an item, then its number.
    pub(super) fn each_of(
        &self,
        look: Look<'_>,
        table: &Table,
        filter: &Filter,
        work: &mut dyn FnMut(&Row) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut last = i64::MIN;
        loop {
            let mut sql = Sql::new(
                self.dialect,
                format!("SELECT {}, t.seq FROM {} t WHERE t.seq > ", self.columns(), table.name()),
            );
            sql.bind(last);
            sql.push(" AND ");
            self.condition(table, &mut sql, filter);
            sql.push(" ORDER BY t.seq LIMIT ");
            sql.bind(LOT);
            let rows = look(sql.finish().map_err(|error| broken(&error))?)?;
            let Some(end) = rows.last() else { return Ok(()) };
            last = end.integer(5)?;
            rows.iter().try_for_each(&mut *work)?;
        }
    }
}
