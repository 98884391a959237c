//! Items as comma-separated values. Columns are fields; lists and objects stand in them as JSON, dates as they are.

use std::collections::VecDeque;
use std::io::{self, Write};

use serde_json::{Map, Value};

use crate::collections::{Collection, FieldType};
use crate::key;

/// Writes items once all their columns are known.
#[derive(Debug, Default)]
pub(super) struct CsvWriter {
    columns: Vec<String>,
}

impl CsvWriter {
    /// Takes notice of the fields of an item.
    pub(super) fn learn(&mut self, json: &str) {
        let Ok(item) = serde_json::from_str::<Map<String, Value>>(json) else { return };
        for name in item.keys() {
            if !self.columns.contains(name) {
                self.columns.push(name.clone());
            }
        }
    }

    pub(super) fn head(&self, out: &mut dyn Write) -> io::Result<()> {
        write_row(out, self.columns.iter().cloned())
    }

    pub(super) fn item(&self, out: &mut dyn Write, json: &str) -> io::Result<()> {
        let item: Map<String, Value> = serde_json::from_str(json).map_err(io::Error::other)?;
        write_row(out, self.columns.iter().map(|name| item.get(name).map_or(String::new(), cell)))
    }
}

fn write_row(out: &mut dyn Write, cells: impl Iterator<Item = String>) -> io::Result<()> {
    for (index, cell) in cells.enumerate() {
        if index > 0 {
            out.write_all(b",")?;
        }
        if cell.contains(['"', ',', '\n', '\r']) || cell.starts_with(' ') || cell.ends_with(' ') {
            write!(out, "\"{}\"", cell.replace('"', "\"\""))?;
        } else {
            out.write_all(cell.as_bytes())?;
        }
    }
    out.write_all(b"\r\n")
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        value if key::date(value).is_some() => {
            value["$date"].as_str().unwrap_or_default().to_owned()
        }
        value => value.to_string(),
    }
}

/// An item of a row. Cells are text where nothing else is declared, and nothing where they are empty.
pub(super) fn item(
    collection: &Collection,
    columns: &[String],
    cells: impl Iterator<Item = String>,
) -> Result<Value, String> {
    let mut item = Map::new();
    for (name, cell) in columns.iter().zip(cells) {
        if cell.is_empty() {
            continue;
        }
        let kind = match name.as_str() {
            "_createdDate" | "_updatedDate" => FieldType::Date,
            name => {
                collection.declaration.fields.get(name).map_or(FieldType::Text, |field| field.kind)
            }
        };
        let value = match kind {
            FieldType::Text | FieldType::Reference => Value::String(cell),
            FieldType::Date => serde_json::json!({ "$date": cell }),
            FieldType::Any => serde_json::from_str(&cell).unwrap_or(Value::String(cell)),
            kind => serde_json::from_str(&cell).map_err(|_| {
                format!("the column [{name}] holds `{cell}`, which is no {}", kind.as_str())
            })?,
        };
        item.insert(name.clone(), value);
    }
    Ok(Value::Object(item))
}

/// Most bytes of a record: no item has as many.
const LONGEST: usize = 2 << 20;

/// Cells of a record, or why it has none.
pub(super) type Cells = Result<Vec<String>, String>;

/// Reads records: rows that may go over several lines, and the number of the line that each begins on.
pub(super) struct CsvReader<R> {
    lines: R,
    line: u64,
    /// Lines that were read ahead, as part of a record that has no end.
    ahead: VecDeque<Vec<u8>>,
}

impl<R: io::BufRead> CsvReader<R> {
    pub(super) fn new(lines: R) -> Self {
        Self { lines, line: 0, ahead: VecDeque::new() }
    }

    /// The next record, `None` at the end. One whose quotes do not end costs its first line alone, and so does one that
    /// is no UTF-8: the file goes on behind it.
    pub(super) fn next(&mut self) -> io::Result<Option<(u64, Cells)>> {
        let mut record = loop {
            let Some(mut text) = self.next_line()? else { return Ok(None) };
            if self.line == 1 && text.starts_with(BYTE_ORDER_MARK) {
                text.drain(..BYTE_ORDER_MARK.len());
            }
            if !text.trim_ascii().is_empty() {
                break text;
            }
        };
        let begun = self.line;
        // Within quotes a record goes on.
        let (mut is_open, mut more) = (has_odd_quotes(&record), VecDeque::new());
        while is_open {
            let next = self.next_line()?;
            let fits = next.as_ref().is_some_and(|next| record.len() + next.len() <= LONGEST);
            more.extend(next);
            let Some(last) = more.back().filter(|_| fits) else {
                more.append(&mut self.ahead);
                (self.ahead, self.line) = (more, begun);
                let reason = "a quote in it does not end".to_owned();
                return Ok(Some((begun, Err(reason))));
            };
            record.extend_from_slice(last);
            is_open ^= has_odd_quotes(last);
        }
        let text = String::from_utf8(record).map_err(|_| "it is no UTF-8".to_owned());
        Ok(Some((begun, text.map(|text| cells(text.trim_end_matches(['\r', '\n']))))))
    }

    fn next_line(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut line = self.ahead.pop_front().unwrap_or_default();
        if line.is_empty() && self.lines.read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        self.line += 1;
        Ok(Some(line))
    }
}

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

fn has_odd_quotes(text: &[u8]) -> bool {
    text.iter().filter(|byte| **byte == b'"').count() % 2 == 1
}

fn cells(record: &str) -> Vec<String> {
    let mut cells = Vec::new();
    let mut cell = String::new();
    let mut quoted = false;
    let mut characters = record.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' if quoted && characters.peek() == Some(&'"') => {
                characters.next();
                cell.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(std::mem::take(&mut cell)),
            character => cell.push(character),
        }
    }
    cells.push(cell);
    cells
}
