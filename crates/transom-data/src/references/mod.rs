//! References between items: one in a field, or any number kept beside the item. Spec: section 10.1.

mod include;
mod link;
mod query;

pub(crate) use link::replacing;

use crate::collections::FieldType;
use crate::error::DataError;
use crate::tables::Table;

/// A declared reference: its name, its kind, and the collection that it leads to.
pub(crate) struct Reference<'a> {
    pub(crate) field: &'a str,
    pub(crate) is_multiple: bool,
    pub(crate) to: &'a str,
}

/// Finds a declared reference.
///
/// # Errors
/// WDE0020 when the field is none.
pub(crate) fn declared<'a>(table: &'a Table, field: &str) -> Result<Reference<'a>, DataError> {
    let fields = &table.collection.declaration.fields;
    let found = fields.get_key_value(field).and_then(|(name, declared)| {
        let is_multiple = match declared.kind {
            FieldType::MultiReference => true,
            FieldType::Reference => false,
            _ => return None,
        };
        Some(Reference { field: name, is_multiple, to: declared.to.as_deref()? })
    });
    found.ok_or_else(|| {
        let reason = format!(
            "Provided property [{field}] is not a reference field: declare it for [{}] in transom.toml.",
            table.id()
        );
        DataError::invalid("WDE0020", reason)
    })
}

/// The same, for calls that take many references only.
pub(crate) fn declared_multiple<'a>(
    table: &'a Table,
    field: &str,
) -> Result<Reference<'a>, DataError> {
    let reference = declared(table, field)?;
    if reference.is_multiple {
        return Ok(reference);
    }
    let reason = format!("Provided property [{field}] is not a multi-reference field.");
    Err(DataError::invalid("WDE0020", reason))
}

/// The id in a declared reference field of the table `t`, NULL when there is none.
fn link_text(dialect: transom_store::Dialect, field: &str) -> String {
    let path: Vec<String> = field.split('.').map(str::to_owned).collect();
    crate::sql::Json::literal(dialect, &path).text()
}
