//! `[collections.<id>]`: the collections of the data service, their fields, permissions and indexes.
//!
//! ```toml
//! [collections.products]
//! fields.name = { type = "text", required = true }
//! fields.price = "number"
//! fields.maker = { type = "reference", to = "makers" }
//! indexes = ["price", ["brand", "-price"], { fields = ["sku"], unique = true }]
//! permissions = { read = "ANYONE", insert = "CMS_EDITOR" }
//! ```

use std::ops::Range;

use serde_json::{Map, Value};
use toml::Spanned;
use toml::de::{DeTable, DeValue};
use transom_data::{Access, Collections, Declaration, Field, FieldType, Index};

use super::constraints;
use super::file::FileError;

/// Where the tables are.
pub(super) const PATH: &str = "collections";

/// Keys of such a table with their meaning, for the reference page and for what is said about an unknown one.
pub(crate) const COLLECTION_KEYS: &[(&str, &str)] = &[
    ("fields", "Its fields: a type such as `\"text\"`, or a table with `type` and constraints"),
    ("permissions", "Who may `read`, `insert`, `update` and `remove`"),
    (
        "indexes",
        "Its indexes: a field, a list of fields, or `{ fields = [\"sku\"], unique = true }`",
    ),
];

/// Fields that every item has, and that nothing can be declared of. Spec: section 10.3.
const SYSTEM_FIELDS: &[&str] = &["_id", "_owner", "_createdDate", "_updatedDate"];
const PERMISSION_KEYS: &[&str] = &["read", "insert", "update", "remove"];
const FIELD_KEYS: &[&str] = &["type", "to", "required", "min", "max", "one_of"];
const INDEX_KEYS: &[&str] = &["fields", "unique"];

/// Reads all collections.
///
/// # Errors
/// Everything that is wrong in them.
pub(super) fn parse(value: &Spanned<DeValue<'_>>) -> Result<Collections, Vec<FileError>> {
    let mut reader = Reader { errors: Vec::new() };
    let Some(table) = reader.table(PATH, value) else { return Err(reader.errors) };
    let mut declarations = Vec::with_capacity(table.len());
    for (id, value) in table {
        let declaration = reader.collection(id.get_ref(), value);
        declarations.push((id.get_ref().to_string(), declaration));
    }
    if !reader.errors.is_empty() {
        return Err(reader.errors);
    }
    Collections::new(declarations).map_err(|error| {
        // Its key begins with the id of the collection.
        let place = table.iter().filter(|(id, _)| error.key.starts_with(id.get_ref().as_ref()));
        let span = place.map(|(id, _)| id.span()).next_back().unwrap_or_else(|| value.span());
        vec![invalid(format!("`{PATH}.{}` is wrong: {}", error.key, error.reason), span)]
    })
}

pub(super) fn invalid(message: String, span: Range<usize>) -> FileError {
    FileError { code: "settings/invalid-value", message, span, hint: None }
}

/// Gathers what is wrong.
struct Reader {
    errors: Vec<FileError>,
}

impl Reader {
    fn table<'a, 'b>(
        &mut self,
        path: &str,
        value: &'a Spanned<DeValue<'b>>,
    ) -> Option<&'a DeTable<'b>> {
        if let DeValue::Table(table) = value.get_ref() {
            return Some(table);
        }
        self.errors.push(FileError {
            code: "settings/not-a-table",
            message: format!("`{path}` must be a table"),
            span: value.span(),
            hint: Some(format!("write its keys below `[{path}]`")),
        });
        None
    }

    /// Complains of keys that are not `known`.
    fn known(&mut self, path: &str, table: &DeTable<'_>, known: &[&str]) {
        for name in table.keys().filter(|name| !known.contains(&name.get_ref().as_ref())) {
            let word = name.get_ref();
            let nearest = known
                .iter()
                .map(|known| (strsim::damerau_levenshtein(word, known), *known))
                .min()
                .filter(|(distance, known)| *distance <= known.len().max(word.len()) / 3);
            let hint = match nearest {
                Some((_, known)) => format!("did you mean `{known}`?"),
                None => format!("known here: `{}`", known.join("`, `")),
            };
            self.errors.push(FileError {
                code: "settings/unknown-key",
                message: format!("unknown key `{word}` in `[{path}]`"),
                span: name.span(),
                hint: Some(hint),
            });
        }
    }

    fn collection(&mut self, id: &str, value: &Spanned<DeValue<'_>>) -> Declaration {
        let path = format!("{PATH}.{id}");
        let mut declaration = Declaration::default();
        let Some(table) = self.table(&path, value) else { return declaration };
        let names: Vec<&str> = COLLECTION_KEYS.iter().map(|(name, _)| *name).collect();
        self.known(&path, table, &names);
        if let Some(value) = table.get("permissions") {
            self.permissions(&format!("{path}.permissions"), value, &mut declaration);
        }
        if let Some(value) = table.get("fields") {
            let path = format!("{path}.fields");
            if let Some(fields) = self.table(&path, value) {
                for (name, value) in fields {
                    let word = name.get_ref().as_ref();
                    if SYSTEM_FIELDS.contains(&word) {
                        self.errors.push(FileError {
                            hint: Some("leave it out: every item has it".to_owned()),
                            ..invalid(
                                format!("`{path}.{word}` is wrong: transom keeps `{word}` itself"),
                                name.span(),
                            )
                        });
                        continue;
                    }
                    if let Some(field) = self.field(&format!("{path}.{word}"), value) {
                        declaration.fields.insert(name.get_ref().to_string(), field);
                    }
                }
            }
        }
        if let Some(value) = table.get("indexes") {
            let path = format!("{path}.indexes");
            match value.get_ref() {
                DeValue::Array(list) => {
                    let indexes = list.iter().filter_map(|value| self.index(&path, value));
                    declaration.indexes = indexes.collect();
                }
                _ => self.errors.push(invalid(
                    format!("`{path}` is wrong: write a list such as `[\"price\"]`"),
                    value.span(),
                )),
            }
        }
        declaration
    }

    fn permissions(&mut self, path: &str, value: &Spanned<DeValue<'_>>, to: &mut Declaration) {
        let Some(table) = self.table(path, value) else { return };
        self.known(path, table, PERMISSION_KEYS);
        for (name, value) in table {
            let level = match value.get_ref() {
                DeValue::String(word) => {
                    serde_json::from_value::<Access>(Value::from(word.as_ref())).ok()
                }
                _ => None,
            };
            let Some(level) = level else {
                self.errors.push(invalid(
                    format!(
                        "`{path}.{}` is wrong: write `\"ANYONE\"`, `\"SITE_MEMBER\"`, \
                         `\"SITE_MEMBER_AUTHOR\"`, `\"CMS_EDITOR\"` or `\"PRIVILEGED\"`",
                        name.get_ref()
                    ),
                    value.span(),
                ));
                continue;
            };
            match name.get_ref().as_ref() {
                "read" => to.permissions.read = level,
                "insert" => to.permissions.insert = level,
                "update" => to.permissions.update = level,
                "remove" => to.permissions.remove = level,
                _ => {} // Complained of above.
            }
        }
    }

    fn field(&mut self, path: &str, value: &Spanned<DeValue<'_>>) -> Option<Field> {
        let kind = match value.get_ref() {
            DeValue::Table(table) => {
                let errors = self.errors.len();
                self.known(path, table, FIELD_KEYS);
                let kind = table.get("type");
                if kind.is_none() && self.errors.len() > errors {
                    return None; // The type is what was misspelt.
                }
                kind
            }
            _ => Some(value),
        };
        let word = kind.and_then(|kind| match kind.get_ref() {
            DeValue::String(word) => Some(word.to_string()),
            _ => None,
        });
        let field_type =
            word.and_then(|word| serde_json::from_value::<FieldType>(Value::from(word)).ok());
        let Some(field_type) = field_type else {
            self.errors.push(invalid(
                format!(
                    "`{path}` is wrong: its type must be `text`, `number`, `integer`, `boolean`, `date`, `array`, \
                     `object`, `reference`, `multi_reference` or `any`"
                ),
                kind.map_or_else(|| value.span(), Spanned::span),
            ));
            return None;
        };
        if let DeValue::Table(table) = value.get_ref() {
            let errors = constraints::check(path, field_type, table);
            if !errors.is_empty() {
                self.errors.extend(errors);
                return None;
            }
        }
        self.read(path, value)
    }

    fn index(&mut self, path: &str, value: &Spanned<DeValue<'_>>) -> Option<Index> {
        if let DeValue::Table(table) = value.get_ref() {
            self.known(path, table, INDEX_KEYS);
        }
        self.read(path, value)
    }

    /// Reads what its keys have been looked at.
    fn read<T: serde::de::DeserializeOwned>(
        &mut self,
        path: &str,
        value: &Spanned<DeValue<'_>>,
    ) -> Option<T> {
        match serde_json::from_value(json(value.get_ref())) {
            Ok(read) => Some(read),
            Err(_) if !self.errors.is_empty() => None,
            Err(_) => {
                let message = format!("`{path}` is wrong: a value in it has the wrong type");
                self.errors.push(invalid(message, value.span()));
                None
            }
        }
    }
}

/// A value of TOML as JSON. A number that JSON cannot say becomes `null`, which no declaration takes; those of
/// constraints have been looked at by then.
fn json(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => Value::from(text.as_ref()),
        DeValue::Integer(number) => {
            i64::from_str_radix(number.as_str(), number.radix()).map_or(Value::Null, Value::from)
        }
        DeValue::Float(number) => number.as_str().parse::<f64>().map_or(Value::Null, Value::from),
        DeValue::Boolean(value) => Value::from(*value),
        DeValue::Datetime(time) => Value::from(time.to_string()),
        DeValue::Array(list) => list.iter().map(|value| json(value.get_ref())).collect(),
        DeValue::Table(table) => {
            let pair =
                |(name, value): (&Spanned<std::borrow::Cow<'_, str>>, &Spanned<DeValue<'_>>)| {
                    (name.get_ref().to_string(), json(value.get_ref()))
                };
            Value::Object(table.iter().map(pair).collect::<Map<_, _>>())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Collections, Vec<FileError>> {
        let layer = super::super::file::parse(text, std::path::Path::new("/project"))?;
        Ok(layer.collections)
    }

    #[test]
    fn collections_are_read_with_their_defaults() {
        let text = "[collections.Plain]\n\
            [collections.\"Shop/Products\"]\n\
            fields.name = { type = \"text\", required = true, max = 10 }\n\
            fields.price = \"number\"\n\
            fields.maker = { type = \"reference\", to = \"Plain\" }\n\
            indexes = [\"price\", [\"name\", \"-price\"], { fields = [\"name\"], unique = true }]\n\
            [collections.\"Shop/Products\".permissions]\n\
            read = \"ANYONE\"\n";
        let collections = read(text).expect("it is right");
        let plain = &collections.get("Plain").expect("declared").declaration;
        assert_eq!(plain.permissions.read, Access::SiteMemberAuthor);
        assert_eq!(plain.permissions.update, Access::CmsEditor);
        let products = &collections.get("Shop/Products").expect("declared").declaration;
        assert_eq!(products.permissions.read, Access::Anyone);
        assert!(products.fields["name"].required);
        assert_eq!(products.indexes.len(), 3);
        assert!(products.indexes[2].unique && products.indexes[1].fields[1].1);
    }

    #[track_caller]
    fn check(text: &str, message: &str, hint: Option<&str>) {
        let errors = read(text).expect_err(text);
        assert!(errors[0].message.contains(message), "{text}: {}", errors[0].message);
        assert_eq!(errors[0].hint.as_deref(), hint, "{text}");
    }

    #[test]
    fn what_is_wrong_is_told_with_what_is_right() {
        check(
            "collections = 1",
            "`collections` must be a table",
            Some("write its keys below `[collections]`"),
        );
        check("[collections.a]\nfield = {}", "unknown key `field`", Some("did you mean `fields`?"));
        check(
            "[collections.a.permissions]\nraed = \"ANYONE\"",
            "unknown key `raed`",
            Some("did you mean `read`?"),
        );
        check("[collections.a.permissions]\nread = \"ALL\"", "write `\"ANYONE\"`", None);
        check("[collections.a]\nfields.x = \"string\"", "its type must be", None);
        check(
            "[collections.a]\nfields.x = { typ = \"text\" }",
            "unknown key `typ`",
            Some("did you mean `type`?"),
        );
        check("[collections.a]\nfields.x = { type = \"reference\" }", "needs `to`", None);
        check(
            "[collections.a]\nfields.x = { type = \"reference\", to = \"b\" }",
            "which is not declared",
            None,
        );
        check("[collections.a]\nindexes = \"x\"", "write a list", None);
        check(
            "[collections.a]\nindexes = [{ fields = [\"x\"], uniq = true }]",
            "unknown key `uniq`",
            Some("did you mean `unique`?"),
        );
        check("[collections.a]\nfields.x = { type = \"text\", required = 1 }", "wrong type", None);
        for field in ["_id", "_owner", "_createdDate", "_updatedDate"] {
            check(
                &format!("[collections.a]\nfields.{field} = \"text\""),
                &format!("`collections.a.fields.{field}` is wrong: transom keeps `{field}` itself"),
                Some("leave it out: every item has it"),
            );
        }
    }
}
