// @ts-check
// Makes a FormData of what the native parsers return. Native half: form_body.rs.

import { normalizeType } from "transom:internal/blob/blob";
import { fileInternals } from "transom:internal/blob/file";
import { formDataInternals } from "transom:internal/form_data/form_data";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";

const {
  FinalizationRegistry, FinalizationRegistryPrototypeRegister, TypedArrayPrototypeGetBuffer, TypedArrayPrototypeGetByteOffset,
  TypedArrayPrototypeGetByteLength, Uint8Array, unlink,
} = primordials;

// Columns of an entry.
const NAME = 0;
const TEXT = 1;
const FILENAME = 2;
const TYPE = 3;
const BYTES = 4;
const SPOOLED = 5;
/** In place of the bytes, as `ops.form_parse` has it: where in the body they begin and end. */
const PLACE = 4;

/**
 * The entries of a body in memory, whose `bytes` belong to them from now on. A file that is most of the body keeps all of
 * it; smaller ones are copied, so that none keeps much more than itself.
 */
export function entriesOf(bytes, contentType) {
  const entries = ops.form_parse(bytes, contentType);
  const buffer = TypedArrayPrototypeGetBuffer(bytes);
  const offset = TypedArrayPrototypeGetByteOffset(bytes);
  const half = TypedArrayPrototypeGetByteLength(bytes) / 2;
  for (let i = 0; i < entries.length; i++) {
    const entry = entries[i];
    const place = entry[PLACE];
    entry[SPOOLED] = null;
    if (place === null) continue;
    const length = place[1] - place[0];
    const content = new Uint8Array(buffer, offset + place[0], length);
    entry[BYTES] = length > half ? content : ops.bytes_copy(content);
  }
  return entries;
}

/** A FormData of the entries that `ops.body_form` or `entriesOf` returned. */
export function formDataFromEntries(entries) {
  const names = [];
  const values = [];
  for (let i = 0; i < entries.length; i++) {
    names[i] = entries[i][NAME];
    values[i] = entries[i][TEXT] ?? fileFrom(entries[i]);
  }
  return formDataInternals.create(names, values);
}

function fileFrom(entry) {
  const options = { type: normalizeType(entry[TYPE]), lastModified: undefined };
  const spooled = entry[SPOOLED];
  if (spooled === null) return fileInternals.fromBytes(entry[BYTES], entry[FILENAME], options);
  return fileInternals.fromSource(new SpooledFile(spooled[0], spooled[1]), entry[FILENAME], options);
}

// A file that no File refers to any more is removed at once, and not only with its request.
const unreachable = new FinalizationRegistry((handle) => ops.spool_release(handle));

/**
 * The source of a large upload's File: a temporary file of the server, which lives as long as its request. Whoever
 * wants it elsewhere calls `ops.spool_persist(source.handle, path)`.
 */
export class SpooledFile {
  constructor(handle, size) {
    /** The number that the `spool_` ops know it by. */
    this.handle = handle;
    /** In bytes. */
    this.size = size;
    FinalizationRegistryPrototypeRegister(unreachable, this, handle);
  }

  /** A promise for the bytes from `offset`, at most `length` of them. */
  read(offset, length) {
    return ops.spool_read(this.handle, offset, length);
  }
}
unlink(SpooledFile);
