// @ts-check
// URLSearchParams. Native half: url_search_params.rs.
// Spec: https://url.spec.whatwg.org/#interface-urlsearchparams
//
// The list is one flat array: name, value, name, value. A list that belongs to a URL tells it of every change.

import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";
import * as webidl from "transom:internal/webidl/webidl";

const {
  ArrayPrototypeSort, ArrayPrototypeSplice, ObjectFreeze, StringPrototypeIncludes, StringPrototypeIndexOf,
  StringPrototypeSlice, SymbolIterator, TypeError,
} = primordials;

const convertPair = webidl.sequence(webidl.USVString);
const convertRecord = webidl.record(webidl.USVString, webidl.USVString);

/**
 * What URL and the body classes need of the inside.
 * @type {Record<string, Function>}
 */
export let urlSearchParamsInternals;

/**
 * Name, value, name, value of a query without its question mark.
 * https://url.spec.whatwg.org/#concept-urlencoded-parser
 */
function parse(text) {
  if (StringPrototypeIncludes(text, "%") || StringPrototypeIncludes(text, "+")) return ops.url_form_parse(text);
  const list = [];
  const { length } = text;
  for (let start = 0; start < length; ) {
    let end = StringPrototypeIndexOf(text, "&", start);
    if (end < 0) end = length;
    if (end > start) {
      let split = StringPrototypeIndexOf(text, "=", start);
      if (split < 0 || split > end) split = end;
      list[list.length] = StringPrototypeSlice(text, start, split);
      list[list.length] = split < end ? StringPrototypeSlice(text, split + 1, end) : "";
    }
    start = end + 1;
  }
  return list;
}

/** https://url.spec.whatwg.org/#urlsearchparams */
export class URLSearchParams {
  /** @type {string[]} */
  #list;
  /** The URL that this list belongs to, and the function that tells it of a change. */
  #url = null;
  #update = null;

  /** https://url.spec.whatwg.org/#dom-urlsearchparams-urlsearchparams */
  constructor(init = "") {
    this.#list = listFrom(init);
  }

  /** https://url.spec.whatwg.org/#dom-urlsearchparams-size */
  get size() {
    return this.#list.length / 2;
  }

  /** https://url.spec.whatwg.org/#dom-urlsearchparams-append */
  append(name, value) {
    const list = this.#list;
    webidl.requireArguments("URLSearchParams.append", arguments.length, 2);
    name = webidl.USVString(name, "URLSearchParams.append: argument 1");
    value = webidl.USVString(value, "URLSearchParams.append: argument 2");
    list[list.length] = name;
    list[list.length] = value;
    this.#changed();
  }

  /** https://url.spec.whatwg.org/#dom-urlsearchparams-delete */
  delete(name, value = undefined) {
    const list = this.#list;
    webidl.requireArguments("URLSearchParams.delete", arguments.length, 1);
    name = webidl.USVString(name, "URLSearchParams.delete: argument 1");
    if (value !== undefined) value = webidl.USVString(value, "URLSearchParams.delete: argument 2");
    let kept = 0;
    for (let i = 0; i < list.length; i += 2) {
      if (list[i] === name && (value === undefined || list[i + 1] === value)) continue;
      list[kept] = list[i];
      list[kept + 1] = list[i + 1];
      kept += 2;
    }
    list.length = kept;
    this.#changed();
  }

  /** https://url.spec.whatwg.org/#dom-urlsearchparams-get */
  get(name) {
    const list = this.#list;
    webidl.requireArguments("URLSearchParams.get", arguments.length, 1);
    name = webidl.USVString(name, "URLSearchParams.get: argument 1");
    for (let i = 0; i < list.length; i += 2) if (list[i] === name) return list[i + 1];
    return null;
  }

  /** https://url.spec.whatwg.org/#dom-urlsearchparams-getall */
  getAll(name) {
    const list = this.#list;
    webidl.requireArguments("URLSearchParams.getAll", arguments.length, 1);
    name = webidl.USVString(name, "URLSearchParams.getAll: argument 1");
    const values = [];
    for (let i = 0; i < list.length; i += 2) if (list[i] === name) values[values.length] = list[i + 1];
    return values;
  }

  /** https://url.spec.whatwg.org/#dom-urlsearchparams-has */
  has(name, value = undefined) {
    const list = this.#list;
    webidl.requireArguments("URLSearchParams.has", arguments.length, 1);
    name = webidl.USVString(name, "URLSearchParams.has: argument 1");
    if (value !== undefined) value = webidl.USVString(value, "URLSearchParams.has: argument 2");
    for (let i = 0; i < list.length; i += 2) {
      if (list[i] === name && (value === undefined || list[i + 1] === value)) return true;
    }
    return false;
  }

  /** https://url.spec.whatwg.org/#dom-urlsearchparams-set */
  set(name, value) {
    const list = this.#list;
    webidl.requireArguments("URLSearchParams.set", arguments.length, 2);
    name = webidl.USVString(name, "URLSearchParams.set: argument 1");
    value = webidl.USVString(value, "URLSearchParams.set: argument 2");
    let found = false;
    for (let i = 0; i < list.length; ) {
      if (list[i] !== name) {
        i += 2;
      } else if (!found) {
        found = true;
        list[i + 1] = value;
        i += 2;
      } else {
        ArrayPrototypeSplice(list, i, 2);
      }
    }
    if (!found) {
      list[list.length] = name;
      list[list.length] = value;
    }
    this.#changed();
  }

  /** https://url.spec.whatwg.org/#dom-urlsearchparams-sort */
  sort() {
    const list = this.#list;
    const pairs = [];
    for (let i = 0; i < list.length; i += 2) pairs[i / 2] = { name: list[i], value: list[i + 1] };
    ArrayPrototypeSort(pairs, byName);
    for (let i = 0; i < pairs.length; i++) {
      list[2 * i] = pairs[i].name;
      list[2 * i + 1] = pairs[i].value;
    }
    this.#changed();
  }

  /** https://url.spec.whatwg.org/#urlsearchparams-stringification-behavior */
  toString() {
    return ops.url_form_serialize(this.#list);
  }

  /** https://url.spec.whatwg.org/#concept-urlsearchparams-update */
  #changed() {
    if (this.#update !== null) this.#update(this.#url, ops.url_form_serialize(this.#list));
  }

  static {
    urlSearchParamsInternals = ObjectFreeze({
      is: (value) => typeof value === "object" && value !== null && #list in value,
      list: (params) => params.#list,
      /** A list that belongs to `url`: `update(url, query)` is called with every change. */
      create(query, url, update) {
        const params = new URLSearchParams();
        params.#list = parse(query);
        params.#url = url;
        params.#update = update;
        return params;
      },
      /** The URL's query is another one now. */
      replace(params, query) {
        params.#list = parse(query);
      },
      serialize: (params) => ops.url_form_serialize(params.#list),
    });
  }
}

/** In UTF-16 code units, which is what `<` compares. The sort is stable. */
function byName(a, b) {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

function listFrom(init) {
  if (init === "") return [];
  if (webidl.isObject(init)) {
    const method = init[SymbolIterator];
    return method === undefined || method === null ? listFromRecord(init) : listFromSequence(init, method);
  }
  const text = webidl.USVString(init, "URLSearchParams constructor: argument 1");
  return parse(text[0] === "?" ? StringPrototypeSlice(text, 1) : text);
}

function listFromSequence(init, method) {
  const context = "URLSearchParams constructor: argument 1";
  const pairs = webidl.sequenceFromMethod(init, method, convertPair, context);
  const list = [];
  for (let i = 0; i < pairs.length; i++) {
    if (pairs[i].length !== 2) throw new TypeError(`${context}, index ${i} must be a pair of name and value`);
    list[2 * i] = pairs[i][0];
    list[2 * i + 1] = pairs[i][1];
  }
  return list;
}

function listFromRecord(init) {
  const entries = convertRecord(init, "URLSearchParams constructor: argument 1");
  const list = [];
  for (let i = 0; i < entries.length; i++) {
    list[2 * i] = entries[i][0];
    list[2 * i + 1] = entries[i][1];
  }
  return list;
}

webidl.definePairIterable(URLSearchParams, "URLSearchParams", {
  count: (params) => urlSearchParamsInternals.list(params).length / 2,
  key: (params, index) => urlSearchParamsInternals.list(params)[2 * index],
  value: (params, index) => urlSearchParamsInternals.list(params)[2 * index + 1],
});
webidl.configureInterface("URLSearchParams", URLSearchParams);
