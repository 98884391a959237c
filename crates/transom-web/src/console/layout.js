// @ts-check
// How the parts of a structure are put together: in one line, in columns, or one below the other.

import { withoutControls } from "transom:internal/console/text";
import { primordials } from "transom:internal/primordials";

const {
  ArrayPrototypeJoin, ArrayPrototypePush, MathFloor, MathMax, MathMin, MathRound, MathSqrt, StringPrototypeIncludes,
  StringPrototypePadEnd, StringPrototypePadStart, StringPrototypeRepeat,
} = primordials;

/** Lists of at most this many items are never put in columns. */
const SHORT_LIST = 6;

const lengthOf = (context, text) => (context.colors ? withoutControls(text).length : text.length);

function fitsInLine(context, output, start, base) {
  // One separator for each entry.
  let total = output.length + start;
  if (total + output.length > context.breakLength) return false;
  for (let i = 0; i < output.length; i++) {
    total += lengthOf(context, output[i]);
    if (total > context.breakLength) return false;
  }
  return base === "" || !StringPrototypeIncludes(base, "\n");
}

/** Many short items in columns of equal width. */
function columns(context, output, value) {
  let total = 0;
  let longest = 0;
  const hasMore = context.maxArrayLength < output.length; // The last entry says how many are not shown.
  const count = hasMore ? output.length - 1 : output.length;
  const gap = 2;
  const lengths = [];
  for (let i = 0; i < count; i++) {
    const length = lengthOf(context, output[i]);
    lengths[i] = length;
    total += length + gap;
    if (longest < length) longest = length;
  }
  const widest = longest + gap;
  if (widest * 3 + context.indentationLvl >= context.breakLength || (total / widest <= 5 && longest > 6)) return output;
  // Characters are about two and a half times as high as wide: the block becomes roughly a square.
  const bias = MathSqrt(widest - total / output.length);
  const biased = MathMax(widest - 3 - bias, 1);
  const perLine = MathMin(
    MathRound(MathSqrt(2.5 * biased * count) / biased),
    MathFloor((context.breakLength - context.indentationLvl) / widest),
    context.compact * 4,
    15,
  );
  if (perLine <= 1) return output;
  const widths = [];
  for (let i = 0; i < perLine; i++) {
    let width = 0;
    for (let j = i; j < count; j += perLine) if (lengths[j] > width) width = lengths[j];
    widths[i] = width + gap;
  }
  let isNumeric = true;
  if (value !== undefined) {
    for (let i = 0; i < output.length; i++) {
      if (typeof value[i] !== "number" && typeof value[i] !== "bigint") {
        isNumeric = false;
        break;
      }
    }
  }
  const pad = isNumeric ? StringPrototypePadStart : StringPrototypePadEnd;
  const lines = [];
  for (let i = 0; i < count; i += perLine) {
    const end = MathMin(i + perLine, count);
    let line = "";
    for (let j = i; j < end - 1; j++) line += pad(`${output[j]}, `, widths[j - i] + output[j].length - lengths[j], " ");
    const last = end - 1;
    line += isNumeric ? pad(output[last], widths[last - i] + output[last].length - lengths[last] - gap, " ") : output[last];
    ArrayPrototypePush(lines, line);
  }
  if (hasMore) ArrayPrototypePush(lines, output[count]);
  return lines;
}

/** The text of a structure whose entries are `output`. `isList`: entries may stand in columns. */
export function combine(context, output, base, braces, isList, depth, value) {
  const before = base === "" ? "" : `${base} `;
  const indentation = StringPrototypeRepeat(" ", context.indentationLvl);
  if (context.compact !== true) {
    if (typeof context.compact === "number" && context.compact >= 1) {
      const entries = output.length;
      if (isList && entries > SHORT_LIST) output = columns(context, output, value);
      // The innermost structures stand in one line, if they fit.
      if (context.currentDepth - depth < context.compact && entries === output.length) {
        const start = output.length + context.indentationLvl + braces[0].length + base.length + 10;
        if (fitsInLine(context, output, start, base)) {
          const joined = ArrayPrototypeJoin(output, ", ");
          if (!StringPrototypeIncludes(joined, "\n")) return `${before}${braces[0]} ${joined} ${braces[1]}`;
        }
      }
    }
    return `${before}${braces[0]}\n${indentation}  ${ArrayPrototypeJoin(output, `,\n${indentation}  `)}\n${indentation}${braces[1]}`;
  }
  if (fitsInLine(context, output, 0, base)) {
    return `${braces[0]}${base === "" ? "" : ` ${base}`} ${ArrayPrototypeJoin(output, ", ")} ${braces[1]}`;
  }
  const first = base === "" && braces[0].length === 1 ? " " : `${base === "" ? "" : ` ${base}`}\n${indentation}  `;
  return `${braces[0]}${first}${ArrayPrototypeJoin(output, `,\n${indentation}  `)} ${braces[1]}`;
}
