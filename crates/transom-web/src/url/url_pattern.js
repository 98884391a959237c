// @ts-check
// URLPattern. Native half: url_pattern.rs, which turns patterns into regular expressions.
// Spec: https://urlpattern.spec.whatwg.org/#urlpattern-class

import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";
import * as webidl from "transom:internal/webidl/webidl";

const { ObjectDefineProperty, RegExp, RegExpPrototypeExec, TypeError } = primordials;

/** In the order of the native half. */
const COMPONENTS = ["protocol", "username", "password", "hostname", "port", "pathname", "search", "hash"];
/** The components for which `ignoreCase` counts: https://urlpattern.spec.whatwg.org/#url-pattern-create */
const FIRST_CASELESS = 5;

const member = (key) => ({ key, convert: webidl.USVString });
const convertInit = webidl.dictionary("URLPatternInit", [
  member("protocol"), member("username"), member("password"), member("hostname"), member("port"), member("pathname"),
  member("search"), member("hash"), member("baseURL"),
]);
const convertOptions = webidl.dictionary("URLPatternOptions", [
  { key: "ignoreCase", convert: webidl.boolean, default: false },
]);

/** URLPatternInput, that is (USVString or URLPatternInit): `{ text, members }`, of which one is undefined. */
function convertInput(input, context) {
  if (input === undefined || input === null || webidl.isObject(input)) {
    const init = convertInit(input, context);
    const members = [];
    for (let i = 0; i < COMPONENTS.length; i++) members[i] = init[COMPONENTS[i]];
    members[COMPONENTS.length] = init.baseURL;
    return { text: undefined, members, init };
  }
  return { text: webidl.USVString(input, context), members: undefined, init: undefined };
}

/** https://urlpattern.spec.whatwg.org/#urlpattern */
export class URLPattern {
  /** For each component `{ pattern, regexp, names }`. */
  #components = [];
  #hasRegExpGroups;

  /** https://urlpattern.spec.whatwg.org/#dom-urlpattern-urlpattern */
  constructor(input = { __proto__: null }, baseURL = undefined, options = undefined) {
    const context = "URLPattern constructor";
    // The two constructors are told apart by the second argument: a string is a base, a dictionary the options.
    const hasBase = arguments.length > 2 || (baseURL !== undefined && baseURL !== null && !webidl.isObject(baseURL));
    const source = convertInput(input, `${context}: argument 1`);
    const base = hasBase ? webidl.USVString(baseURL, `${context}: argument 2`) : undefined;
    const { ignoreCase } = convertOptions(hasBase ? options : baseURL, `${context}: argument ${hasBase ? 3 : 2}`);
    const { 0: components, 1: hasRegExpGroups } = ops.url_pattern_parse(source.text, source.members, base, ignoreCase);
    this.#hasRegExpGroups = hasRegExpGroups;
    for (let i = 0; i < COMPONENTS.length; i++) {
      const { 0: pattern, 1: expression, 2: names } = components[i];
      this.#components[i] = { pattern, regexp: compile(expression, ignoreCase && i >= FIRST_CASELESS), names };
    }
  }

  /** https://urlpattern.spec.whatwg.org/#dom-urlpattern-protocol */
  get protocol() {
    return this.#components[0].pattern;
  }

  /** https://urlpattern.spec.whatwg.org/#dom-urlpattern-username */
  get username() {
    return this.#components[1].pattern;
  }

  /** https://urlpattern.spec.whatwg.org/#dom-urlpattern-password */
  get password() {
    return this.#components[2].pattern;
  }

  /** https://urlpattern.spec.whatwg.org/#dom-urlpattern-hostname */
  get hostname() {
    return this.#components[3].pattern;
  }

  /** https://urlpattern.spec.whatwg.org/#dom-urlpattern-port */
  get port() {
    return this.#components[4].pattern;
  }

  /** https://urlpattern.spec.whatwg.org/#dom-urlpattern-pathname */
  get pathname() {
    return this.#components[5].pattern;
  }

  /** https://urlpattern.spec.whatwg.org/#dom-urlpattern-search */
  get search() {
    return this.#components[6].pattern;
  }

  /** https://urlpattern.spec.whatwg.org/#dom-urlpattern-hash */
  get hash() {
    return this.#components[7].pattern;
  }

  /** https://urlpattern.spec.whatwg.org/#dom-urlpattern-hasregexpgroups */
  get hasRegExpGroups() {
    return this.#hasRegExpGroups;
  }

  /** https://urlpattern.spec.whatwg.org/#dom-urlpattern-test */
  test(input = { __proto__: null }, baseURL = undefined) {
    const source = convertInput(input, "URLPattern.test: argument 1");
    if (baseURL !== undefined) baseURL = webidl.USVString(baseURL, "URLPattern.test: argument 2");
    return this.#match(source, baseURL) !== null;
  }

  /** https://urlpattern.spec.whatwg.org/#dom-urlpattern-exec */
  exec(input = { __proto__: null }, baseURL = undefined) {
    const source = convertInput(input, "URLPattern.exec: argument 1");
    if (baseURL !== undefined) baseURL = webidl.USVString(baseURL, "URLPattern.exec: argument 2");
    const matched = this.#match(source, baseURL);
    if (matched === null) return null;
    const inputs = [source.text ?? givenMembers(source.init)];
    if (baseURL !== undefined) inputs[1] = baseURL;
    const result = { inputs };
    for (let i = 0; i < COMPONENTS.length; i++) {
      const groups = {};
      const { names } = this.#components[i];
      for (let at = 0; at < names.length; at++) setOwn(groups, names[at], matched.found[i][at + 1]);
      setOwn(result, COMPONENTS[i], { input: matched.values[i], groups });
    }
    return result;
  }

  /** https://urlpattern.spec.whatwg.org/#url-pattern-match: the values and what was found in them, or null. */
  #match(source, baseURL) {
    const components = this.#components;
    const values = ops.url_pattern_input(source.text, source.members, baseURL);
    if (values === null) return null;
    const found = [];
    for (let i = 0; i < COMPONENTS.length; i++) {
      found[i] = RegExpPrototypeExec(components[i].regexp, values[i]);
      if (found[i] === null) return null;
    }
    return { values, found };
  }
}

function setOwn(target, key, value) {
  ObjectDefineProperty(target, key, { __proto__: null, value, writable: true, enumerable: true, configurable: true });
}

function compile(expression, ignoreCase) {
  try {
    return new RegExp(expression, ignoreCase ? "vi" : "v");
  } catch {
    throw new TypeError("URLPattern constructor: the pattern has a regular expression that is none");
  }
}

/** The dictionary with the members that were given. */
function givenMembers(init) {
  const given = {};
  for (const key in init) if (init[key] !== undefined) setOwn(given, key, init[key]);
  return given;
}

webidl.configureInterface("URLPattern", URLPattern);
