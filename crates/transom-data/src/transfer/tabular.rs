//! Items as comma-separated values. Columns are fields; lists and objects stand in them as JSON, dates as they are.

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

/// Reads records: rows that may go over several lines, and the number of the line that each begins on.
pub(super) struct CsvReader<R> {
    lines: R,
    line: u64,
}

impl<R: io::BufRead> CsvReader<R> {
    pub(super) fn new(lines: R) -> Self {
        Self { lines, line: 0 }
    }

    /// The next record, `None` at the end.
    pub(super) fn next(&mut self) -> io::Result<Option<(u64, Vec<String>)>> {
        let mut text = String::new();
        loop {
            text.clear();
            self.line += 1;
            if self.lines.read_line(&mut text)? == 0 {
                return Ok(None);
            }
            if self.line == 1 {
                text = text.trim_start_matches('\u{FEFF}').to_owned();
            }
            if !text.trim().is_empty() {
                break;
            }
        }
        let begun = self.line;
        // Within quotes a record goes on.
        while text.matches('"').count() % 2 == 1 {
            self.line += 1;
            if self.lines.read_line(&mut text)? == 0 {
                let reason = format!("a quote that begins on line {begun} does not end");
                return Err(io::Error::new(io::ErrorKind::InvalidData, reason));
            }
        }
        Ok(Some((begun, cells(text.trim_end_matches(['\r', '\n'])))))
    }
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
