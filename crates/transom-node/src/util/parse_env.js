// @ts-check
// util.parseEnv: the variables in the text of a `.env` file.
// Reference: https://nodejs.org/docs/latest-v22.x/api/util.html#utilparseenvcontent

import { validateString } from "transom:internal/node/errors/validators";
import { primordials } from "transom:internal/primordials";

const {
  RegExpPrototypeExec, RegExpPrototypeSymbolReplace, StringPrototypeIndexOf, StringPrototypeSlice, StringPrototypeStartsWith,
  StringPrototypeTrim,
} = primordials;

/** The end of the line that begins at `from`. */
function lineEnd(text, from) {
  const at = StringPrototypeIndexOf(text, "\n", from);
  return at === -1 ? text.length : at;
}

export function parseEnv(content) {
  validateString(content, "content");
  const text = RegExpPrototypeSymbolReplace(/\r\n?/g, content, "\n");
  const result = {};
  let at = 0;
  while (at < text.length) {
    const end = lineEnd(text, at);
    const line = StringPrototypeSlice(text, at, end);
    const found = RegExpPrototypeExec(/^\s*(?:export\s+)?([^=\s#][^=]*?)\s*=[^\S\n]*/, line);
    if (found === null || StringPrototypeStartsWith(StringPrototypeTrim(line), "#")) {
      at = end + 1;
      continue;
    }
    const start = at + found[0].length;
    const mark = text[start];
    if (mark === '"' || mark === "'" || mark === "`") {
      // A quoted value may have several lines.
      const close = StringPrototypeIndexOf(text, mark, start + 1);
      if (close !== -1) {
        const inner = StringPrototypeSlice(text, start + 1, close);
        result[found[1]] = mark === '"' ? RegExpPrototypeSymbolReplace(/\\n/g, inner, "\n") : inner;
        at = lineEnd(text, close) + 1;
        continue;
      }
    }
    const value = StringPrototypeSlice(text, start, end);
    const comment = StringPrototypeIndexOf(value, "#");
    result[found[1]] = StringPrototypeTrim(comment === -1 ? value : StringPrototypeSlice(value, 0, comment));
    at = end + 1;
  }
  return result;
}
