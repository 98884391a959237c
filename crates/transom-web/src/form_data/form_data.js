// @ts-check
// FormData.
// Spec: https://xhr.spec.whatwg.org/#interface-formdata
//
// Entries are two parallel arrays; a value is a string or a File.

import { blobInternals } from "transom:internal/blob/blob";
import { fileInternals } from "transom:internal/blob/file";
import { primordials } from "transom:internal/primordials";
import * as webidl from "transom:internal/webidl/webidl";

const { ArrayPrototypeSplice, ObjectFreeze, TypeError } = primordials;

/**
 * What the body classes need of the inside.
 * @type {Record<string, Function>}
 */
export let formDataInternals;

/** https://xhr.spec.whatwg.org/#formdata */
export class FormData {
  /** @type {string[]} */
  #names = [];
  /** @type {(string | File)[]} */
  #values = [];

  /** https://xhr.spec.whatwg.org/#dom-formdata. There are no form elements here. */
  constructor(form = undefined) {
    if (form !== undefined) throw new TypeError("FormData constructor: argument 1 is not of type HTMLFormElement");
  }

  /** https://xhr.spec.whatwg.org/#dom-formdata-append */
  append(name, value, filename = undefined) {
    const names = this.#names;
    webidl.requireArguments("FormData.append", arguments.length, 2);
    name = webidl.USVString(name, "FormData.append: argument 1");
    value = convertValue(value, arguments.length > 2, filename, "FormData.append");
    names[names.length] = name;
    this.#values[this.#values.length] = value;
  }

  /** https://xhr.spec.whatwg.org/#dom-formdata-delete */
  delete(name) {
    this.#names; // Brand check.
    webidl.requireArguments("FormData.delete", arguments.length, 1);
    this.#remove(webidl.USVString(name, "FormData.delete: argument 1"), 0);
  }

  /** https://xhr.spec.whatwg.org/#dom-formdata-get */
  get(name) {
    const names = this.#names;
    webidl.requireArguments("FormData.get", arguments.length, 1);
    name = webidl.USVString(name, "FormData.get: argument 1");
    for (let i = 0; i < names.length; i++) if (names[i] === name) return this.#values[i];
    return null;
  }

  /** https://xhr.spec.whatwg.org/#dom-formdata-getall */
  getAll(name) {
    const names = this.#names;
    webidl.requireArguments("FormData.getAll", arguments.length, 1);
    name = webidl.USVString(name, "FormData.getAll: argument 1");
    const found = [];
    for (let i = 0; i < names.length; i++) if (names[i] === name) found[found.length] = this.#values[i];
    return found;
  }

  /** https://xhr.spec.whatwg.org/#dom-formdata-has */
  has(name) {
    const names = this.#names;
    webidl.requireArguments("FormData.has", arguments.length, 1);
    name = webidl.USVString(name, "FormData.has: argument 1");
    for (let i = 0; i < names.length; i++) if (names[i] === name) return true;
    return false;
  }

  /** https://xhr.spec.whatwg.org/#dom-formdata-set */
  set(name, value, filename = undefined) {
    const names = this.#names;
    webidl.requireArguments("FormData.set", arguments.length, 2);
    name = webidl.USVString(name, "FormData.set: argument 1");
    value = convertValue(value, arguments.length > 2, filename, "FormData.set");
    for (let i = 0; i < names.length; i++) {
      if (names[i] !== name) continue;
      this.#values[i] = value;
      this.#remove(name, i + 1);
      return;
    }
    names[names.length] = name;
    this.#values[this.#values.length] = value;
  }

  #remove(name, start) {
    for (let i = this.#names.length - 1; i >= start; i--) {
      if (this.#names[i] !== name) continue;
      ArrayPrototypeSplice(this.#names, i, 1);
      ArrayPrototypeSplice(this.#values, i, 1);
    }
  }

  static {
    formDataInternals = ObjectFreeze({
      is: (value) => typeof value === "object" && value !== null && #names in value,
      names: (form) => form.#names,
      values: (form) => form.#values,
      /** Takes both arrays over. */
      create(names, values) {
        const form = new FormData();
        form.#names = names;
        form.#values = values;
        return form;
      },
    });
  }
}

/** https://xhr.spec.whatwg.org/#create-an-entry */
function convertValue(value, named, filename, context) {
  if (!blobInternals.isBlob(value)) {
    if (named) throw new TypeError(`${context}: argument 2 is not of type Blob`);
    return webidl.USVString(value, `${context}: argument 2`);
  }
  const isFile = fileInternals.isFile(value);
  if (filename !== undefined) filename = webidl.USVString(filename, `${context}: argument 3`);
  if (isFile && filename === undefined) return value;
  const lastModified = isFile ? fileInternals.lastModified(value) : undefined;
  return fileInternals.wrap(blobInternals.contentOf(value), filename ?? "blob", {
    type: blobInternals.type(value), lastModified,
  });
}

webidl.definePairIterable(FormData, "FormData", {
  count: (form) => formDataInternals.names(form).length,
  key: (form, index) => formDataInternals.names(form)[index],
  value: (form, index) => formDataInternals.values(form)[index],
});
webidl.configureInterface("FormData", FormData);
