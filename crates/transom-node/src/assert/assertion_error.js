// @ts-check
// AssertionError, and the messages that show how two values differ.
// Reference: https://nodejs.org/docs/latest-v22.x/api/assert.html#class-assertassertionerror

import { inspect } from "transom:internal/console/inspect";
import { validateObject } from "transom:internal/node/errors/validators";
import { DELETE, INSERT, KEEP, myersDiff } from "transom:internal/node/util/diff";
import { primordials } from "transom:internal/primordials";

const {
  ArrayPrototypeJoin, ArrayPrototypeSlice, Error, ObjectAssign, ObjectDefineProperty, ObjectGetPrototypeOf, String, StringPrototypeRepeat,
  StringPrototypeSlice, StringPrototypeSplit, StringPrototypeTrimEnd,
} = primordials;

const HEADINGS = {
  __proto__: null,
  deepStrictEqual: "Expected values to be strictly deep-equal:",
  partialDeepStrictEqual: "Expected values to be partially and strictly deep-equal:",
  strictEqual: "Expected values to be strictly equal:",
  strictEqualObject: 'Expected "actual" to be reference-equal to "expected":',
  deepEqual: "Expected values to be loosely deep-equal:",
  notDeepStrictEqual: 'Expected "actual" not to be strictly deep-equal to:',
  notStrictEqual: 'Expected "actual" to be strictly unequal to:',
  notStrictEqualObject: 'Expected "actual" not to be reference-equal to "expected":',
  notDeepEqual: 'Expected "actual" not to be loosely deep-equal to:',
  notIdentical: "Values have same structure but are not reference-equal:",
  notDeepEqualUnequal: "Expected values not to be loosely deep-equal:",
};
const WITH_DIFF = ["deepStrictEqual", "strictEqual", "partialDeepStrictEqual"];
/** Values that are together not longer stand in one line. */
const SHORT = 12;
const LONG = 512;
/** Lines that are the same in both: this many of them are shown in a row. */
const CONTEXT = 5;
const MAX_LINES = 50;

function shown(value) {
  return inspect(value, {
    compact: false, customInspect: false, depth: 1000, maxArrayLength: Infinity, showHidden: false, showProxy: false, sorted: true,
    getters: true, breakLength: Infinity,
  });
}

/** Errors are copied, so that their stack does not stand in the message. */
function withoutStack(source) {
  const target = ObjectAssign({ __proto__: ObjectGetPrototypeOf(source) }, source);
  ObjectDefineProperty(target, "message", { __proto__: null, value: source.message });
  if (source.cause !== undefined) ObjectDefineProperty(target, "cause", { __proto__: null, value: source.cause });
  return target;
}

const isObject = (value) => typeof value === "object" && value !== null;

/** The differing lines, with some of those around them. `diff` is in reverse order. */
function diffText(diff) {
  let text = "";
  let skipped = false;
  let kept = 0;
  for (let i = diff.length - 1; i >= 0; i--) {
    const { 0: type, 1: line } = diff[i];
    const previous = i < diff.length - 1 ? diff[i + 1][0] : null;
    if (previous === KEEP && type !== previous) {
      if (kept === CONTEXT + 1) {
        text += `  ${diff[i + 1][1]}\n`;
      } else if (kept === CONTEXT + 2) {
        text += `  ${diff[i + 2][1]}\n  ${diff[i + 1][1]}\n`;
      } else if (kept >= CONTEXT + 3) {
        text += `...\n  ${diff[i + 1][1]}\n`;
        skipped = true;
      }
      kept = 0;
    }
    if (type === INSERT) text += `+ ${line}\n`;
    else if (type === DELETE) text += `- ${line}\n`;
    else if (kept++ < CONTEXT) text += `  ${line}\n`;
  }
  return { text: `\n${StringPrototypeTrimEnd(text)}`, skipped };
}

/** Two values that have one line each. */
function simpleText(actual, actualText, expected, expectedText) {
  let length = actualText.length + expectedText.length;
  if (typeof actual === "string") length -= 2;
  if (typeof expected === "string") length -= 2;
  if (length <= SHORT && (actual !== 0 || expected !== 0)) return { text: `${actualText} !== ${expectedText}`, header: "" };
  let text = `\n+ ${actualText}\n- ${expectedText}`;
  if (typeof actual === typeof expected && (typeof actual === "string" || typeof actual === "symbol")) {
    let at = 0;
    while (at < actualText.length && actualText[at] === expectedText[at]) at++;
    // With the quote and the sign before it.
    if (at > 2 && at < actualText.length) text += `\n${StringPrototypeRepeat(" ", at + 2)}^`;
  }
  return { text, header: undefined };
}

function differenceMessage(actual, expected, operator, message) {
  if (operator === "strictEqual" && ((isObject(actual) && isObject(expected)) || (typeof actual === "function" && typeof expected === "function"))) {
    operator = "strictEqualObject";
  }
  const actualText = shown(actual);
  const expectedText = shown(expected);
  const actualLines = StringPrototypeSplit(actualText, "\n");
  const expectedLines = StringPrototypeSplit(expectedText, "\n");
  let header = "+ actual - expected";
  let skipped = false;
  let text;
  if (actualLines.length === 1 && expectedLines.length === 1 && !(isObject(actual) && isObject(expected))) {
    const simple = simpleText(actual, actualText, expected, expectedText);
    text = simple.text;
    if (simple.header !== undefined) header = simple.header;
  } else if (actualText === expectedText) {
    operator = "notIdentical";
    if (actualLines.length > MAX_LINES) {
      text = `${ArrayPrototypeJoin(ArrayPrototypeSlice(actualLines, 0, MAX_LINES), "\n")}\n...}`;
      skipped = true;
    } else {
      text = actualText;
    }
    header = "";
  } else {
    const result = diffText(myersDiff(actualLines, expectedLines, isObject(actual)));
    text = result.text;
    skipped = result.skipped;
  }
  return `${message ?? HEADINGS[operator]}\n${header}${skipped ? "\n... Skipped lines" : ""}\n${text}\n`;
}

const cut = (text, most) => (text.length > most ? `${StringPrototypeSlice(text, 0, most - 3)}...` : text);

function generatedMessage(actual, expected, operator) {
  if (WITH_DIFF.includes(operator)) return differenceMessage(actual, expected, operator, undefined);
  if (operator === "notDeepStrictEqual" || operator === "notStrictEqual") {
    const isReference = operator === "notStrictEqual" && (isObject(actual) || typeof actual === "function");
    const heading = HEADINGS[isReference ? "notStrictEqualObject" : operator];
    let lines = StringPrototypeSplit(shown(actual), "\n");
    if (lines.length > MAX_LINES) lines = [...ArrayPrototypeSlice(lines, 0, 46), "..."];
    if (lines.length === 1) return `${heading}${lines[0].length > 5 ? "\n\n" : " "}${lines[0]}`;
    return `${heading}\n\n${ArrayPrototypeJoin(lines, "\n")}\n`;
  }
  let first = shown(actual);
  let second = shown(expected);
  if (operator === "notDeepEqual" && first === second) return cut(`${HEADINGS[operator]}\n\n${first}`, 1024);
  first = cut(first, LONG);
  second = cut(second, LONG);
  if (operator === "deepEqual") return `${HEADINGS.deepEqual}\n\n${first}\n\nshould loosely deep-equal\n\n${second}`;
  if (operator === "notDeepEqual") return `${HEADINGS.notDeepEqualUnequal}\n\n${first}\n\nshould not loosely deep-equal\n\n${second}`;
  return `${first} ${operator} ${second}`;
}

export class AssertionError extends Error {
  constructor(options) {
    validateObject(options, "options");
    const { message, operator, details } = options;
    let { actual, expected } = options;
    if (message !== undefined && message !== null) {
      super(WITH_DIFF.includes(operator) ? differenceMessage(actual, expected, operator, String(message)) : String(message));
    } else {
      // Two errors with stacks would differ in every line.
      const areErrors = isObject(actual) && isObject(expected) && "stack" in actual && actual instanceof Error &&
        "stack" in expected && expected instanceof Error;
      super(areErrors ? generatedMessage(withoutStack(actual), withoutStack(expected), operator) : generatedMessage(actual, expected, operator));
    }
    this.generatedMessage = !message;
    ObjectDefineProperty(this, "name", {
      __proto__: null, value: "AssertionError", enumerable: false, writable: true, configurable: true,
    });
    this.code = "ERR_ASSERTION";
    if (details) {
      this.actual = undefined;
      this.expected = undefined;
      this.operator = undefined;
      for (let i = 0; i < details.length; i++) {
        this[`message ${i}`] = details[i].message;
        this[`actual ${i}`] = details[i].actual;
        this[`expected ${i}`] = details[i].expected;
        this[`operator ${i}`] = details[i].operator;
      }
    } else {
      this.actual = actual;
      this.expected = expected;
      this.operator = operator;
    }
    this.diff = options.diff ?? "simple";
  }

  toString() {
    return `${this.name} [${this.code}]: ${this.message}`;
  }

  [inspect.custom](_depth, context) {
    // Long strings are shown once, in the message.
    const { actual, expected } = this;
    for (const name of ["actual", "expected"]) {
      if (typeof this[name] !== "string") continue;
      const lines = StringPrototypeSplit(this[name], "\n");
      if (lines.length > 10) this[name] = `${ArrayPrototypeJoin(ArrayPrototypeSlice(lines, 0, 10), "\n")}\n...`;
      else this[name] = cut(this[name], LONG + 3);
    }
    const text = inspect(this, { ...context, customInspect: false, depth: 0 });
    this.actual = actual;
    this.expected = expected;
    return text;
  }
}
