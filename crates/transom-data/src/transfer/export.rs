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
        let mut csv = CsvWriter::default();
        if format == Format::Csv {
            // The names of all columns come before the first item.
            shared.each(&table, &filter, |json| {
                csv.learn(json);
                Ok(())
            })?;
            csv.head(out)?;
        }
        let mut count = 0;
        shared.each(&table, &filter, |json| {
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
        })?;
        out.flush()?;
        Ok(count)
    }
}

impl Shared {
    /// Runs `work` with the JSON of each item, in the order of their age, from one snapshot.
    fn each(
        &self,
        table: &Table,
        filter: &Filter,
        mut work: impl FnMut(&str) -> Result<(), TransferError> + Send,
    ) -> Result<(), TransferError> {
        let mut failure = None;
        let done = self.store.snapshot(|look| {
            self.each_of(look, table, filter, &mut |row| {
                let composed = compose(row, 0).map_err(TransferError::from);
                composed.and_then(|json| work(&json)).map_err(|error| {
                    failure = Some(error);
                    StoreError::Refused
                })
            })
        });
        match (failure, done) {
            (Some(error), _) => Err(error),
            (None, done) => Ok(done?),
        }
    }

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
