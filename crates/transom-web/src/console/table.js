// @ts-check
// console.table: rows and columns drawn with box characters.
// Spec: https://console.spec.whatwg.org/#table

import { inspect } from "transom:internal/console/inspect";
import { primordials } from "transom:internal/primordials";

const {
  MapPrototypeForEach, MapPrototypeGetSize, ObjectKeys, ReflectGetOwnPropertyDescriptor, SetPrototypeForEach,
  SetPrototypeGetSize, String, StringPrototypePadEnd, StringPrototypeRepeat,
} = primordials;

/** Inspection of what stands in a cell. */
const CELL = { depth: 0, maxArrayLength: 3, breakLength: Infinity };

function isObject(value) {
  return typeof value === "object" && value !== null;
}

function cell(object, key) {
  const descriptor = ReflectGetOwnPropertyDescriptor(object, key);
  if (descriptor === undefined) return "";
  return "value" in descriptor ? inspect(descriptor.value, CELL) : "[Getter]";
}

/** The rows of the data as [label, value]. */
function rowsOf(data) {
  const rows = [];
  try {
    MapPrototypeGetSize(data);
    MapPrototypeForEach(data, (value, key) => {
      rows[rows.length] = [inspect(key, CELL), value];
    });
    return rows;
  } catch {
    // Not a map.
  }
  try {
    SetPrototypeGetSize(data);
    SetPrototypeForEach(data, (value) => {
      rows[rows.length] = [String(rows.length), value];
    });
    return rows;
  } catch {
    // Not a set.
  }
  const keys = ObjectKeys(data);
  for (let i = 0; i < keys.length; i++) rows[i] = [keys[i], data[keys[i]]];
  return rows;
}

/** The text of the table, or null when `data` has no rows to show. `columns` limits and orders the columns. */
export function table(data, columns) {
  if (!isObject(data)) return null;
  const rows = rowsOf(data);
  const names = [];
  let hasValues = false;
  for (let i = 0; i < rows.length; i++) {
    const value = rows[i][1];
    if (!isObject(value)) {
      hasValues = true;
      continue;
    }
    const keys = columns === undefined ? ObjectKeys(value) : columns;
    for (let j = 0; j < keys.length; j++) if (!has(names, keys[j])) names[names.length] = keys[j];
  }
  const lines = [];
  const head = ["(index)"];
  for (let i = 0; i < names.length; i++) head[head.length] = names[i];
  if (hasValues) head[head.length] = "Values";
  for (let i = 0; i < rows.length; i++) {
    const { 0: label, 1: value } = rows[i];
    const line = [label];
    for (let j = 0; j < names.length; j++) line[line.length] = isObject(value) ? cell(value, names[j]) : "";
    if (hasValues) line[line.length] = isObject(value) ? "" : inspect(value, CELL);
    lines[i] = line;
  }
  return draw(head, lines);
}

function has(list, item) {
  for (let i = 0; i < list.length; i++) if (list[i] === item) return true;
  return false;
}

function draw(head, lines) {
  const widths = [];
  for (let i = 0; i < head.length; i++) {
    widths[i] = head[i].length;
    for (let j = 0; j < lines.length; j++) if (lines[j][i].length > widths[i]) widths[i] = lines[j][i].length;
  }
  let text = `${rule("┌", "┬", "┐", widths)}\n${row(head, widths)}\n${rule("├", "┼", "┤", widths)}\n`;
  for (let i = 0; i < lines.length; i++) text += `${row(lines[i], widths)}\n`;
  return text + rule("└", "┴", "┘", widths);
}

function rule(left, middle, right, widths) {
  let text = left;
  for (let i = 0; i < widths.length; i++) {
    text += StringPrototypeRepeat("─", widths[i] + 2) + (i === widths.length - 1 ? right : middle);
  }
  return text;
}

function row(cells, widths) {
  let text = "│";
  for (let i = 0; i < cells.length; i++) text += ` ${StringPrototypePadEnd(cells[i], widths[i])} │`;
  return text;
}
