// @ts-check
// Headers.
// Spec: https://fetch.spec.whatwg.org/#headers-class
//
// The list may be shared with the request or response that the headers belong to; it is changed in place, so both
// always see the same. Of the guards "immutable" and "request-no-cors" have an effect: a server may send and answer
// with any header, also with those that browsers keep for themselves.

import * as headerList from "transom:internal/fetch/header_list";
import { lazy } from "transom:internal/lazy";
import { primordials } from "transom:internal/primordials";
import * as webidl from "transom:internal/webidl/webidl";

const noCors = lazy("transom:internal/fetch/no_cors");

const { ObjectFreeze, TypeError } = primordials;

// https://fetch.spec.whatwg.org/#concept-headers-guard
const NONE = 0;
export const IMMUTABLE = 1;
export const NO_CORS = 2;

/**
 * What requests, responses and the dispatcher need of the inside.
 * @type {Record<string, Function>}
 */
export let headersInternals;

/** https://fetch.spec.whatwg.org/#headers */
export class Headers {
  /** @type {string[]} */
  #list;
  #guard = NONE;
  /** The sorted list, from the first step of an iteration to the next change. */
  #sorted = null;

  /** https://fetch.spec.whatwg.org/#dom-headers */
  constructor(init = undefined) {
    if (init === undefined) {
      this.#list = [];
    } else {
      this.#list = listFrom(init, "Headers constructor: argument 1");
    }
  }

  /** https://fetch.spec.whatwg.org/#dom-headers-append */
  append(name, value) {
    const list = this.#list;
    webidl.requireArguments("Headers.append", arguments.length, 2);
    name = headerList.normalizeName(name, "Headers.append");
    value = headerList.normalizeValue(value, "Headers.append: argument 2");
    this.#change();
    if (this.#guard === NO_CORS && !noCors().allowsAppend(list, name, value)) return;
    headerList.append(list, name, value);
  }

  /** https://fetch.spec.whatwg.org/#dom-headers-delete */
  delete(name) {
    const list = this.#list;
    webidl.requireArguments("Headers.delete", arguments.length, 1);
    name = headerList.normalizeName(name, "Headers.delete");
    this.#change();
    if (this.#guard === NO_CORS && !noCors().allowsDelete(name)) return;
    headerList.remove(list, name);
  }

  /** https://fetch.spec.whatwg.org/#dom-headers-get */
  get(name) {
    const list = this.#list;
    webidl.requireArguments("Headers.get", arguments.length, 1);
    return headerList.get(list, headerList.normalizeName(name, "Headers.get"));
  }

  /** https://fetch.spec.whatwg.org/#dom-headers-getsetcookie */
  getSetCookie() {
    const list = this.#list;
    const values = [];
    for (let i = 0; i < list.length; i += 2) if (list[i] === "set-cookie") values[values.length] = list[i + 1];
    return values;
  }

  /** https://fetch.spec.whatwg.org/#dom-headers-has */
  has(name) {
    const list = this.#list;
    webidl.requireArguments("Headers.has", arguments.length, 1);
    return headerList.has(list, headerList.normalizeName(name, "Headers.has"));
  }

  /** https://fetch.spec.whatwg.org/#dom-headers-set */
  set(name, value) {
    const list = this.#list;
    webidl.requireArguments("Headers.set", arguments.length, 2);
    name = headerList.normalizeName(name, "Headers.set");
    value = headerList.normalizeValue(value, "Headers.set: argument 2");
    this.#change();
    if (this.#guard === NO_CORS && !noCors().allowsSet(name, value)) return;
    headerList.set(list, name, value);
  }

  #change() {
    if (this.#guard === IMMUTABLE) throw new TypeError("These headers are immutable");
    this.#sorted = null;
  }

  static {
    const is = (value) => typeof value === "object" && value !== null && #list in value;
    headersInternals = ObjectFreeze({
      is,
      /** The list itself, not a copy. */
      list: (headers) => headers.#list,
      /** Headers over `list`, which stays shared with the caller. `guard` is one of the above. */
      create(list, guard = NONE) {
        const headers = new Headers();
        headers.#list = list;
        headers.#guard = guard;
        return headers;
      },
      /** The list was changed from outside. */
      changed(headers) {
        headers.#sorted = null;
      },
      /** The list in wire order; see `sortAndCombine`. */
      sorted: (headers) => (headers.#sorted ??= headerList.sortAndCombine(headers.#list)),
    });
  }
}

/** A fresh list with what `init` says: a Headers object, a sequence of pairs or a record. */
export function listFrom(init, context) {
  // The brand is enough: an unpatched iterator of Headers gives the same pairs.
  if (headersInternals.is(init) && init[primordials.SymbolIterator] === iterate) {
    return headerList.copy(headersInternals.sorted(init));
  }
  const list = [];
  headerList.fill(list, init, context);
  return list;
}

webidl.definePairIterable(Headers, "Headers", {
  count: (headers) => headersInternals.sorted(headers).length / 2,
  key: (headers, index) => headersInternals.sorted(headers)[2 * index],
  value: (headers, index) => headersInternals.sorted(headers)[2 * index + 1],
});
webidl.configureInterface("Headers", Headers);

/** The iterator that Headers objects have until a program replaces it. */
const iterate = Headers.prototype[primordials.SymbolIterator];
