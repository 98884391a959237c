// @ts-check
// util.parseArgs: options and positional arguments of a command line.
// Reference: https://nodejs.org/docs/latest-v22.x/api/util.html#utilparseargsconfig

import { lazy } from "transom:internal/lazy";
import { codes } from "transom:internal/node/errors";
import {
  validateArray, validateBoolean, validateBooleanArray, validateObject, validateString, validateStringArray,
} from "transom:internal/node/errors/validators";
import { primordials } from "transom:internal/primordials";

const { ObjectEntries, ObjectPrototypeHasOwnProperty, StringPrototypeIndexOf, StringPrototypeSlice, StringPrototypeStartsWith } = primordials;
const {
  ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_PARSE_ARGS_INVALID_OPTION_VALUE, ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL, ERR_PARSE_ARGS_UNKNOWN_OPTION,
} = codes;
const processes = lazy("transom:internal/node/process");

const own = (object, key, fallback = undefined) => (ObjectPrototypeHasOwnProperty(object, key) ? object[key] : fallback);
const typeOf = (options, name) => own(own(options, name, {}), "type");

function longName(short, options) {
  for (const { 0: name, 1: option } of ObjectEntries(options)) if (own(option, "short") === short) return name;
  return short;
}

const isOptionLike = (text) => text !== undefined && text !== null && text.length > 1 && text[0] === "-";
const isOptionValue = (text) => text !== undefined && text !== null;

/** `-abc` where all but the last are flags. */
function isGroup(text, options) {
  if (text.length <= 2 || text[0] !== "-" || text[1] === "-") return false;
  return typeOf(options, longName(text[1], options)) !== "string";
}

/** `-ofile`. */
function isShortWithValue(text, options) {
  if (text.length <= 2 || text[0] !== "-" || text[1] === "-") return false;
  return typeOf(options, longName(text[1], options)) === "string";
}

/** The command line in pieces, before they are checked. */
function tokenize(args, options) {
  const tokens = [];
  const rest = [...args];
  let index = -1;
  let grouped = 0;
  while (rest.length > 0) {
    const text = rest.shift();
    const next = rest[0];
    if (grouped > 0) grouped--;
    else index++;
    if (text === "--") {
      tokens.push({ kind: "option-terminator", index });
      for (const value of rest) tokens.push({ kind: "positional", index: ++index, value });
      break;
    }
    if (text.length === 2 && text[0] === "-" && text[1] !== "-") {
      const name = longName(text[1], options);
      let value;
      let inlineValue;
      if (typeOf(options, name) === "string" && isOptionValue(next)) {
        value = rest.shift();
        inlineValue = false;
      }
      tokens.push({ kind: "option", name, rawName: text, index, value, inlineValue });
      if (value !== undefined && value !== null) index++;
    } else if (isGroup(text, options)) {
      const expanded = [];
      for (let i = 1; i < text.length; i++) {
        const short = text[i];
        const name = longName(short, options);
        if (typeOf(options, name) !== "string" || i === text.length - 1) {
          expanded.push(`-${short}`);
        } else {
          expanded.push(`-${StringPrototypeSlice(text, i)}`);
          break;
        }
      }
      rest.unshift(...expanded);
      grouped = expanded.length;
    } else if (isShortWithValue(text, options)) {
      const name = longName(text[1], options);
      tokens.push({ kind: "option", name, rawName: `-${text[1]}`, index, value: StringPrototypeSlice(text, 2), inlineValue: true });
    } else if (StringPrototypeStartsWith(text, "--") && text.length > 2 && StringPrototypeIndexOf(text, "=", 3) === -1) {
      const name = StringPrototypeSlice(text, 2);
      let value;
      let inlineValue;
      if (typeOf(options, name) === "string" && isOptionValue(next)) {
        value = rest.shift();
        inlineValue = false;
      }
      tokens.push({ kind: "option", name, rawName: text, index, value, inlineValue });
      if (value !== undefined && value !== null) index++;
    } else if (StringPrototypeStartsWith(text, "--") && text.length > 2) {
      const at = StringPrototypeIndexOf(text, "=", 3);
      const name = StringPrototypeSlice(text, 2, at);
      tokens.push({ kind: "option", name, rawName: `--${name}`, index, value: StringPrototypeSlice(text, at + 1), inlineValue: true });
    } else {
      tokens.push({ kind: "positional", index, value: text });
    }
  }
  return tokens;
}

function checkToken(token, { options, allowPositionals, allowNegative }) {
  let { name } = token;
  if (!ObjectPrototypeHasOwnProperty(options, name) && allowNegative && StringPrototypeStartsWith(name, "no-")) {
    name = StringPrototypeSlice(name, 3);
  }
  if (!ObjectPrototypeHasOwnProperty(options, name)) throw new ERR_PARSE_ARGS_UNKNOWN_OPTION(token.rawName, allowPositionals);
  const short = own(options[name], "short");
  const shown = `${short ? `-${short}, ` : ""}--${name}`;
  const type = own(options[name], "type");
  if (type === "string" && typeof token.value !== "string") {
    throw new ERR_PARSE_ARGS_INVALID_OPTION_VALUE(`Option '${shown} <value>' argument missing`);
  }
  if (type === "boolean" && token.value !== undefined && token.value !== null) {
    throw new ERR_PARSE_ARGS_INVALID_OPTION_VALUE(`Option '${shown}' does not take an argument`);
  }
  if (token.inlineValue === false && isOptionLike(token.value)) {
    const example = StringPrototypeStartsWith(token.rawName, "--") ? `'${token.rawName}=-XYZ'` : `'--${token.name}=-XYZ' or '${token.rawName}-XYZ'`;
    throw new ERR_PARSE_ARGS_INVALID_OPTION_VALUE(
      `Option '${token.rawName}' argument is ambiguous.\nDid you forget to specify the option argument for '${token.rawName}'?\n` +
      `To specify an option argument starting with a dash use ${example}.`,
    );
  }
}

function store(token, { options, allowNegative }, values) {
  let { name, value } = token;
  if (name === "__proto__") return;
  if (allowNegative && value === undefined && StringPrototypeStartsWith(name, "no-")) {
    const positive = StringPrototypeSlice(name, 3);
    if (typeOf(options, name) === undefined) {
      name = positive;
      token.name = name;
      value = false;
    }
  }
  const stored = value ?? true;
  if (own(own(options, name, {}), "multiple")) {
    if (values[name]) values[name].push(stored);
    else values[name] = [stored];
  } else {
    values[name] = stored;
  }
}

function checkOptions(options) {
  for (const { 0: name, 1: option } of ObjectEntries(options)) {
    validateObject(option, `options.${name}`);
    const type = own(option, "type");
    if (type !== "string" && type !== "boolean") {
      throw new ERR_INVALID_ARG_TYPE(`options.${name}.type`, "('string|boolean')", type);
    }
    if (ObjectPrototypeHasOwnProperty(option, "short")) {
      validateString(option.short, `options.${name}.short`);
      if (option.short.length !== 1) throw new ERR_INVALID_ARG_VALUE(`options.${name}.short`, option.short, "must be a single character");
    }
    const multiple = own(option, "multiple");
    if (ObjectPrototypeHasOwnProperty(option, "multiple")) validateBoolean(multiple, `options.${name}.multiple`);
    const standard = own(option, "default");
    if (standard === undefined) continue;
    const place = `options.${name}.default`;
    if (type === "string") (multiple ? validateStringArray : validateString)(standard, place);
    else (multiple ? validateBooleanArray : validateBoolean)(standard, place);
  }
}

export function parseArgs(config = {}) {
  const args = own(config, "args", undefined) ?? processes().process.argv.slice(2);
  const strict = own(config, "strict", true);
  const allowPositionals = own(config, "allowPositionals", !strict);
  const returnTokens = own(config, "tokens", false);
  const allowNegative = own(config, "allowNegative", false);
  const options = own(config, "options", { __proto__: null });
  validateArray(args, "args");
  validateBoolean(strict, "strict");
  validateBoolean(allowPositionals, "allowPositionals");
  validateBoolean(returnTokens, "tokens");
  validateBoolean(allowNegative, "allowNegative");
  validateObject(options, "options");
  checkOptions(options);
  const settings = { options, allowPositionals, allowNegative };
  const tokens = tokenize(args, options);
  const values = { __proto__: null };
  const positionals = [];
  for (const token of tokens) {
    if (token.kind === "option") {
      if (strict) checkToken(token, settings);
      store(token, settings, values);
    } else if (token.kind === "positional") {
      if (!allowPositionals) throw new ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL(token.value);
      positionals.push(token.value);
    }
  }
  for (const { 0: name, 1: option } of ObjectEntries(options)) {
    const standard = own(option, "default");
    if (standard !== undefined && values[name] === undefined) values[name] = standard;
  }
  const result = { values, positionals };
  if (returnTokens) result.tokens = tokens;
  return result;
}
