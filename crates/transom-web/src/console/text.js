// @ts-check
// Small pieces of text that inspection is made of: quoted strings, property keys, colours, widths.

import { primordials } from "transom:internal/primordials";

const {
  NumberPrototypeToString, RegExpPrototypeExec, RegExpPrototypeSymbolReplace, StringPrototypeCharCodeAt,
  StringPrototypeCodePointAt, StringPrototypeIncludes, StringPrototypePadStart, StringPrototypeSlice,
  StringPrototypeToUpperCase, SymbolPrototypeToString,
} = primordials;

const identifier = /^[a-zA-Z_][a-zA-Z_0-9]*$/;
const SHORT = { __proto__: null, 8: "\\b", 9: "\\t", 10: "\\n", 12: "\\f", 13: "\\r", 92: "\\\\" };

/** The escape sequence for a character that must not stand for itself. */
function escaped(code) {
  if (SHORT[code] !== undefined) return SHORT[code];
  const hex = NumberPrototypeToString(code, 16);
  return code > 0xff ? `\\u${hex}` : `\\x${StringPrototypePadStart(StringPrototypeToUpperCase(hex), 2, "0")}`;
}

const isControl = (code) => code < 0x20 || (code >= 0x7f && code <= 0x9f);
const mustLook = /[\x00-\x1f'\\\x7f-\x9f\ud800-\udfff]/;

/** A string literal: in single quotes unless it has some. */
export function quote(text) {
  let mark = "'";
  if (RegExpPrototypeExec(mustLook, text) === null) return `'${text}'`;
  if (StringPrototypeIncludes(text, "'")) {
    if (!StringPrototypeIncludes(text, '"')) mark = '"';
    else if (!StringPrototypeIncludes(text, "`") && !StringPrototypeIncludes(text, "${")) mark = "`";
  }
  const markCode = StringPrototypeCharCodeAt(mark, 0);
  let result = "";
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    const code = StringPrototypeCharCodeAt(text, i);
    let replacement;
    if (code === markCode) {
      replacement = `\\${mark}`;
    } else if (code === 0x5c || isControl(code)) {
      replacement = escaped(code);
    } else if (code >= 0xd800 && code <= 0xdfff) {
      const next = code <= 0xdbff && i + 1 < text.length ? StringPrototypeCharCodeAt(text, i + 1) : 0;
      if (next >= 0xdc00 && next <= 0xdfff) {
        i++;
        continue;
      }
      replacement = escaped(code);
    } else {
      continue;
    }
    result += StringPrototypeSlice(text, from, i) + replacement;
    from = i + 1;
  }
  return mark + result + StringPrototypeSlice(text, from) + mark;
}

/** Control characters of a name as escape sequences. */
function plainName(text) {
  return RegExpPrototypeSymbolReplace(/[\x00-\x1f'\\\x7f-\x9f]/g, text, (character) => {
    const code = StringPrototypeCharCodeAt(character, 0);
    return code === 0x27 ? "\\'" : escaped(code);
  });
}

/** A key as it is written in an object literal; in brackets if it is not enumerable. */
export function keyText(key, isEnumerable, stylize) {
  if (typeof key === "symbol") return `[${stylize(plainName(SymbolPrototypeToString(key)), "symbol")}]`;
  if (key === "__proto__") return "['__proto__']";
  if (!isEnumerable) return `[${plainName(key)}]`;
  if (RegExpPrototypeExec(identifier, key) !== null) return stylize(key, "name");
  return stylize(quote(key), "string");
}

/** What stands for items that are not shown. */
export function more(count, what = "item") {
  return `... ${count} more ${what}${count === 1 ? "" : "s"}`;
}

/** Escape sequences of terminals. */
const controlSequences = /[\u001B\u009B](?:[[()#;?]*(?:\d{1,4}(?:[;:]\d{0,4})*)?[\dA-PR-TZcf-nq-uy=><~]|\][^\u0007\u001B]*(?:\u0007|\u001B\\))/g;

/** `text` without colours and other control sequences. */
export const withoutControls = (text) => RegExpPrototypeSymbolReplace(controlSequences, text, "");

const isFullWidth = (code) =>
  code >= 0x1100 && (
    code <= 0x115f || code === 0x2329 || code === 0x232a || (code >= 0x2e80 && code <= 0x3247 && code !== 0x303f) ||
    (code >= 0x3250 && code <= 0x4dbf) || (code >= 0x4e00 && code <= 0xa4c6) || (code >= 0xa960 && code <= 0xa97c) ||
    (code >= 0xac00 && code <= 0xd7a3) || (code >= 0xf900 && code <= 0xfaff) || (code >= 0xfe10 && code <= 0xfe19) ||
    (code >= 0xfe30 && code <= 0xfe6b) || (code >= 0xff01 && code <= 0xff60) || (code >= 0xffe0 && code <= 0xffe6) ||
    (code >= 0x1b000 && code <= 0x1b001) || (code >= 0x1f200 && code <= 0x1f251) || (code >= 0x1f300 && code <= 0x1faff) ||
    (code >= 0x20000 && code <= 0x3fffd)
  );
const isZeroWidth = (code) =>
  isControl(code) || (code >= 0x300 && code <= 0x36f) || (code >= 0x200b && code <= 0x200f) ||
  (code >= 0x20d0 && code <= 0x20ff) || (code >= 0xfe00 && code <= 0xfe0f) || (code >= 0xfe20 && code <= 0xfe2f) ||
  (code >= 0xe0100 && code <= 0xe01ef);

/** Columns that `text` takes in a terminal. */
export function widthOf(text) {
  text = withoutControls(text);
  let width = 0;
  for (let i = 0; i < text.length; i++) {
    const code = StringPrototypeCodePointAt(text, i);
    if (code > 0xffff) i++;
    if (isFullWidth(code)) width += 2;
    else if (!isZeroWidth(code)) width++;
  }
  return width;
}

/** Names of colours and fonts: the codes that begin and end each. */
export const colors = {
  __proto__: null,
  reset: [0, 0], bold: [1, 22], dim: [2, 22], italic: [3, 23], underline: [4, 24], blink: [5, 25], inverse: [7, 27],
  hidden: [8, 28], strikethrough: [9, 29], doubleunderline: [21, 24], black: [30, 39], red: [31, 39], green: [32, 39],
  yellow: [33, 39], blue: [34, 39], magenta: [35, 39], cyan: [36, 39], white: [37, 39], bgBlack: [40, 49], bgRed: [41, 49],
  bgGreen: [42, 49], bgYellow: [43, 49], bgBlue: [44, 49], bgMagenta: [45, 49], bgCyan: [46, 49], bgWhite: [47, 49],
  framed: [51, 54], overlined: [53, 55], gray: [90, 39], redBright: [91, 39], greenBright: [92, 39], yellowBright: [93, 39],
  blueBright: [94, 39], magentaBright: [95, 39], cyanBright: [96, 39], whiteBright: [97, 39], bgGray: [100, 49],
  bgRedBright: [101, 49], bgGreenBright: [102, 49], bgYellowBright: [103, 49], bgBlueBright: [104, 49],
  bgMagentaBright: [105, 49], bgCyanBright: [106, 49], bgWhiteBright: [107, 49],
};

/** Other names of the same, which are not listed. */
const ALIASES = {
  __proto__: null, grey: "gray", blackBright: "gray", bgGrey: "bgGray", bgBlackBright: "bgGray", faint: "dim",
  crossedout: "strikethrough", strikeThrough: "strikethrough", crossedOut: "strikethrough", conceal: "hidden",
  swapColors: "inverse", swapcolors: "inverse", doubleUnderline: "doubleunderline",
};
for (const alias in ALIASES) {
  const name = ALIASES[alias];
  primordials.ObjectDefineProperty(colors, alias, {
    __proto__: null,
    get() {
      return this[name];
    },
    set(value) {
      this[name] = value;
    },
    enumerable: false, configurable: true,
  });
}

/** Which colour each kind of value has. */
export const styles = {
  __proto__: null,
  special: "cyan", number: "yellow", bigint: "yellow", boolean: "yellow", undefined: "grey", null: "bold", string: "green",
  symbol: "green", date: "magenta", regexp: "red", module: "underline",
};

export function stylizeWithColor(text, styleType) {
  const color = colors[styles[styleType]];
  return color === undefined ? text : `\u001b[${color[0]}m${text}\u001b[${color[1]}m`;
}

export const stylizeNoColor = (text) => text;
