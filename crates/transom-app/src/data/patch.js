// @ts-check
// Changes of fields, put together call by call.
// Spec: wix-http-endpoints.md section 10.1, `patch`.

import { primordials } from "transom:internal/primordials";

const { ArrayPrototypeConcat, ArrayPrototypeSlice } = primordials;

/** The member that holds the value of a change as it is sent. */
const HOLDERS = {
  __proto__: null,
  SET_FIELD: "setFieldOptions",
  INCREMENT_FIELD: "incrementFieldOptions",
  APPEND_TO_ARRAY: "appendToArrayOptions",
  REMOVE_FROM_ARRAY: "removeFromArrayOptions",
};

/** A change as it is sent. */
export function wireOf({ fieldPath, action, value }) {
  const holder = HOLDERS[action];
  return holder === undefined ? { action, fieldPath } : { action, fieldPath, [holder]: { value } };
}

/** @type {(builder: any) => object[]} */
let changesOf;
/** @type {(builder: any) => ((changes: object[], options: any) => any) | null} */
let runOf;

function added(builder, change) {
  const changes = ArrayPrototypeConcat(changesOf(builder), [change]);
  const run = runOf(builder);
  return run === null ? new FieldModifications(changes) : new Patch(run, changes);
}

/** Changes without an item. */
export class FieldModifications {
  #changes;

  constructor(changes = []) {
    this.#changes = changes;
  }

  static {
    changesOf = (builder) => builder.#changes;
  }

  setField(fieldPath, value) { return added(this, { fieldPath, action: "SET_FIELD", value }); }
  removeField(fieldPath) { return added(this, { fieldPath, action: "REMOVE_FIELD" }); }
  incrementField(fieldPath, value) { return added(this, { fieldPath, action: "INCREMENT_FIELD", value }); }
  appendToArray(fieldPath, value) { return added(this, { fieldPath, action: "APPEND_TO_ARRAY", value }); }
  removeFromArray(fieldPath, value) { return added(this, { fieldPath, action: "REMOVE_FROM_ARRAY", value }); }

  build() { return ArrayPrototypeSlice(this.#changes); }
}

/** The changes of one item, or the same of several. */
export class Patch extends FieldModifications {
  #run;

  constructor(run, changes = []) {
    super(changes);
    this.#run = run;
  }

  static {
    runOf = (builder) => (#run in builder ? builder.#run : null);
  }

  /** Makes the changes. */
  run(options) { return this.#run(changesOf(this), options); }
}
