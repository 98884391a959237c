//! Tables and their versions. Migrations go forward only, are applied at start under a lock, and are never changed
//! once released.

use std::sync::Arc;

use crate::StoreError;

/// The tables of one component.
#[derive(Debug, Clone, Copy)]
pub struct Schema {
    /// Owner of the tables; its name stands in the table of versions.
    pub component: &'static str,
    /// All migrations, oldest first. The first has version 1.
    pub migrations: &'static [Migration],
}

/// One step from a version to the next.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// What it does, for people who look into the table of versions.
    pub name: &'static str,
    /// Statements that both back ends understand, separated by semicolons.
    pub sql: &'static str,
}

/// Makes the table of versions.
pub(crate) const VERSIONS_TABLE: &str = "CREATE TABLE IF NOT EXISTS transom_migration (\
    component TEXT NOT NULL, version BIGINT NOT NULL, name TEXT NOT NULL, \
    PRIMARY KEY (component, version))";

/// Finds the version of a component's tables: 0 before the first migration.
pub(crate) const FIND_VERSION: &str =
    "SELECT COALESCE(MAX(version), 0) FROM transom_migration WHERE component = $1";

/// Notes a migration.
pub(crate) const NOTE_VERSION: &str =
    "INSERT INTO transom_migration (component, version, name) VALUES ($1, $2, $3)";

impl Schema {
    /// The migrations that tables at version `found` still lack, with their versions.
    pub(crate) fn missing(
        &self,
        found: i64,
        place: &Arc<str>,
    ) -> Result<impl Iterator<Item = (i64, &'static Migration)> + use<>, StoreError> {
        let known = i64::try_from(self.migrations.len()).unwrap_or(i64::MAX);
        if found > known {
            let (place, component) = (Arc::clone(place), self.component);
            return Err(StoreError::Newer { place, component, found, known });
        }
        Ok((1..).zip(self.migrations).skip(usize::try_from(found).unwrap_or(0)))
    }
}
