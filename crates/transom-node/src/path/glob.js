// @ts-check
// Patterns for file names: `*`, `?`, `**`, `[…]`, `{a,b}`, `!(…)` and their kin, as a regular expression.

import { primordials } from "transom:internal/primordials";

const { RegExp, RegExpPrototypeSymbolReplace, StringPrototypeIncludes, StringPrototypeIndexOf, StringPrototypeSlice } = primordials;

const escaped = (text) => RegExpPrototypeSymbolReplace(/[\\^$.*+?()[\]{}|/]/g, text, "\\$&");

/** The position of what closes the group that opens at `from`, or -1. */
function closing(pattern, from, open, close) {
  let depth = 0;
  for (let i = from; i < pattern.length; i++) {
    if (pattern[i] === "\\") i++;
    else if (pattern[i] === open) depth++;
    else if (pattern[i] === close && --depth === 0) return i;
  }
  return -1;
}

/** The alternatives of a group, separated by a character outside of inner groups. */
function alternatives(text, separator) {
  const parts = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === "\\") i++;
    else if (StringPrototypeIncludes("({[", text[i])) depth++;
    else if (StringPrototypeIncludes(")}]", text[i])) depth--;
    else if (text[i] === separator && depth === 0) {
      parts.push(StringPrototypeSlice(text, start, i));
      start = i + 1;
    }
  }
  parts.push(StringPrototypeSlice(text, start));
  return parts;
}

function source(pattern, atStart) {
  let result = "";
  for (let i = 0; i < pattern.length; i++) {
    const character = pattern[i];
    const isStart = (i === 0 && atStart) || pattern[i - 1] === "/";
    // Names that begin with a dot are meant only where the pattern says so.
    const noDot = isStart ? "(?!\\.)" : "";
    if (StringPrototypeIncludes("?*+@!", character) && pattern[i + 1] === "(") {
      const end = closing(pattern, i + 1, "(", ")");
      if (end !== -1) {
        const inner = alternatives(StringPrototypeSlice(pattern, i + 2, end), "|").map((part) => source(part, false)).join("|");
        if (character === "!") result += `${noDot}(?:(?!(?:${inner})(?:$|/))[^/]*?)`;
        else result += `(?:${inner})${character === "@" ? "" : character}`;
        i = end;
        continue;
      }
    }
    if (character === "*") {
      if (pattern[i + 1] === "*" && isStart && (i + 2 === pattern.length || pattern[i + 2] === "/")) {
        if (i + 2 === pattern.length) {
          result += "(?:(?!\\.)[^/]*(?:/(?!\\.)[^/]*)*)?";
          i += 1;
        } else {
          result += "(?:(?!\\.)[^/]+/)*";
          i += 2;
        }
        continue;
      }
      while (pattern[i + 1] === "*") i++;
      const isWhole = isStart && (i + 1 === pattern.length || pattern[i + 1] === "/");
      result += `${noDot}[^/]${isWhole ? "+" : "*"}?`;
    } else if (character === "?") {
      result += `${noDot}[^/]`;
    } else if (character === "[") {
      const end = StringPrototypeIndexOf(pattern, "]", i + 2);
      if (end === -1) {
        result += "\\[";
      } else {
        let inner = StringPrototypeSlice(pattern, i + 1, end);
        const isNot = inner[0] === "!" || inner[0] === "^";
        if (isNot) inner = StringPrototypeSlice(inner, 1);
        result += `[${isNot ? "^/" : ""}${RegExpPrototypeSymbolReplace(/[\\\]^[]/g, inner, "\\$&")}]`;
        i = end;
      }
    } else if (character === "{") {
      const end = closing(pattern, i, "{", "}");
      const inner = end === -1 ? [] : alternatives(StringPrototypeSlice(pattern, i + 1, end), ",");
      if (inner.length < 2) {
        result += "\\{";
      } else {
        result += `(?:${inner.map((part) => source(part, isStart)).join("|")})`;
        i = end;
      }
    } else if (character === "\\") {
      result += escaped(pattern[++i] ?? "\\");
    } else {
      result += escaped(character);
    }
  }
  return result;
}

/** The expression for whole paths, with `/` between names. */
export const globToRegExp = (pattern) => new RegExp(`^${source(pattern, true)}$`, "su");
