// @ts-check
// Secrets of `astro:env/server`, read from the process environment when the module is first imported.
// Spec: astro-endpoints.md section 6.2. Public values are validated at build time: env.rs, which has the same rules.

import { createError } from "transom:internal/app/errors";
import { primordials } from "transom:internal/primordials";
import { URL } from "transom:internal/url/url";

const {
  ArrayPrototypeIncludes, ArrayPrototypeJoin, ArrayPrototypeMap, NumberIsInteger, NumberIsNaN, NumberParseFloat,
  StringPrototypeEndsWith, StringPrototypeIncludes, StringPrototypeStartsWith,
} = primordials;
const canParse = URL.canParse;

/** Each constraint: its name in the schema, and whether a value meets it. In the order of the messages. */
const STRING_RULES = [
  ["max", (value, limit) => value.length <= limit],
  ["min", (value, limit) => value.length >= limit],
  ["length", (value, limit) => value.length === limit],
  ["url", (value) => canParse(value)],
  ["includes", (value, part) => StringPrototypeIncludes(value, part)],
  ["startsWith", (value, part) => StringPrototypeStartsWith(value, part)],
  ["endsWith", (value, part) => StringPrototypeEndsWith(value, part)],
];
const NUMBER_RULES = [
  ["gt", (value, limit) => value > limit],
  ["min", (value, limit) => value >= limit],
  ["lt", (value, limit) => value < limit],
  ["max", (value, limit) => value <= limit],
  ["int", (value, wanted) => NumberIsInteger(value) === wanted],
];

/** What messages call the type of a field. */
function typeName(field) {
  const name =
    field.type === "enum" ? ArrayPrototypeJoin(ArrayPrototypeMap(field.values, (value) => `'${value}'`), " | ") : field.type;
  return field.optional === true && field.default === undefined ? `${name} | undefined` : name;
}

function brokenRules(rules, value, field) {
  const broken = [];
  for (let i = 0; i < rules.length; i++) {
    const { 0: name, 1: isMet } = rules[i];
    if (field[name] !== undefined && !isMet(value, field[name])) broken[broken.length] = name;
  }
  return broken;
}

/** The value as its type, or undefined when the text is none of that type. */
function parse(field, text) {
  switch (field.type) {
    case "string":
      return text;
    case "number": {
      const number = NumberParseFloat(text);
      return NumberIsNaN(number) ? undefined : number;
    }
    case "boolean":
      return text === "true" ? true : text === "false" ? false : undefined;
    default:
      return ArrayPrototypeIncludes(field.values, text) ? text : undefined;
  }
}

/**
 * @param {any} field of the schema, with its name
 * @param {string | undefined} text
 * @returns {{ value: unknown } | { problem: string }}
 */
export function validate(field, text) {
  const { name } = field;
  if (text === undefined) {
    if (field.optional === true || field.default !== undefined) return { value: field.default };
    return { problem: `${name} is missing` };
  }
  const value = parse(field, text);
  if (value === undefined) return { problem: `${name}'s type is invalid, expected: ${typeName(field)}` };
  const rules = field.type === "string" ? STRING_RULES : field.type === "number" ? NUMBER_RULES : [];
  const broken = brokenRules(rules, value, field);
  if (broken.length === 0) return { value };
  return { problem: `The following constraints for ${name} are not met: ${ArrayPrototypeJoin(broken, ", ")}` };
}

/** The raw text of a variable of the process as the program sees it now, or undefined. */
export function getSecret(name) {
  return globalThis.process?.env?.[name];
}

/**
 * The value of a secret. An empty variable counts as unset.
 * @throws the error that lists invalid variables
 */
export function secretValue(field) {
  const text = getSecret(field.name);
  const result = validate(field, text === "" ? undefined : text);
  if ("problem" in result) throw createError("EnvInvalidVariables", [result.problem]);
  return result.value;
}
