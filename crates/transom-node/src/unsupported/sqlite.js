// @ts-check
// node:sqlite: there is no SQLite for handler code.
// Reference: https://nodejs.org/docs/latest-v22.x/api/sqlite.html

import { refuseAll } from "transom:internal/node/unsupported/refuse";

const all = refuseAll("sqlite", [
  "DatabaseSync", "StatementSync", "backup",
], "use the data API of the project, or a database server through a package such as pg");
export const { DatabaseSync, StatementSync, backup } = all;

export const constants = Object.freeze({
  __proto__: null,
  SQLITE_CHANGESET_OMIT: 0, SQLITE_CHANGESET_REPLACE: 1, SQLITE_CHANGESET_ABORT: 2, SQLITE_CHANGESET_DATA: 1,
  SQLITE_CHANGESET_NOTFOUND: 2, SQLITE_CHANGESET_CONFLICT: 3, SQLITE_CHANGESET_CONSTRAINT: 4, SQLITE_CHANGESET_FOREIGN_KEY: 5,
});
export default { ...all, constants };
