// @ts-check
// The members that Request and Response share: body, bodyUsed, text(), json() and the other ways to read a body.
// Spec: https://fetch.spec.whatwg.org/#body-mixin

import { BLOB, BYTES, EMPTY, NATIVE, TEXT, claim, isUsed } from "transom:internal/fetch/body_state";
import { lazy } from "transom:internal/lazy";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";
import { copyBufferSource } from "transom:internal/webidl/webidl";

const blobs = lazy("transom:internal/blob/blob");
const bodyStream = lazy("transom:internal/fetch/body_stream");
const formBody = lazy("transom:internal/form_data/form_body");
const mimeType = lazy("transom:internal/fetch/mime_type");

const {
  ArrayBufferPrototypeGetByteLength, JSONParse, ObjectDefineProperty, PromisePrototypeThen, ReflectGetOwnPropertyDescriptor,
  ReflectOwnKeys, StringPrototypeSlice, StringPrototypeToWellFormed, TypedArrayPrototypeGetBuffer,
  TypedArrayPrototypeGetByteLength, TypeError, Uint8Array,
} = primordials;

const decode = (bytes) => ops.utf8_decode(bytes, false, false);

function readWhole(state, convert = undefined) {
  const { openStream, readAll } = bodyStream();
  return readAll(openStream(state), convert);
}

/** Takes the body as text: a string, or a promise for one. */
export function takeText(state) {
  claim(state);
  if (state.stream !== null) return bodyStream().readAll(state.stream, decode);
  switch (state.kind) {
    case EMPTY:
      return "";
    case TEXT: {
      const text = StringPrototypeToWellFormed(state.value);
      return text[0] === "\ufeff" ? StringPrototypeSlice(text, 1) : text; // What decoding would drop.
    }
    case BYTES:
      return decode(state.value);
    case BLOB:
      return PromisePrototypeThen(blobs().blobInternals.bytes(state.value), decode);
    case NATIVE:
      return state.value.text();
    default:
      return readWhole(state, decode);
  }
}

/** Takes the body as a Uint8Array that nobody else holds, or a promise for one. */
export function takeBytes(state) {
  claim(state);
  if (state.stream !== null) return bodyStream().readAll(state.stream);
  switch (state.kind) {
    case EMPTY:
      return new Uint8Array(0);
    case TEXT:
      return ops.utf8_encode(state.value);
    case BYTES:
      return state.shared ? copyBufferSource(state.value) : state.value;
    case BLOB:
      return blobs().blobInternals.bytes(state.value);
    case NATIVE:
      return state.value.bytes();
    default:
      return readWhole(state);
  }
}

/** Takes the body as a promise for the entries of a form; throws at once what can be told at once. */
function takeForm(state, contentType) {
  if (contentType !== null && state.kind === NATIVE && state.stream === null) {
    claim(state);
    return state.value.form(contentType);
  }
  return parseForm(takeBytes(state), contentType);
}

async function parseForm(pending, contentType) {
  const bytes = await pending; // What goes wrong with the bytes comes first.
  if (contentType === null) throw new TypeError("Failed to parse body as FormData: there is no content type");
  return formBody().entriesOf(bytes, contentType);
}

function exactBuffer(bytes) {
  const buffer = TypedArrayPrototypeGetBuffer(bytes);
  if (ArrayBufferPrototypeGetByteLength(buffer) === TypedArrayPrototypeGetByteLength(bytes)) return buffer;
  return TypedArrayPrototypeGetBuffer(copyBufferSource(bytes));
}

/**
 * Puts the members of the mixin on the prototype of `constructor`. `stateOf(object)` returns the state and throws for
 * objects of other classes; `contentType(state)` is the value of the header, or null.
 */
export function defineBodyMixin(constructor, stateOf, contentType) {
  const members = {
    /** https://fetch.spec.whatwg.org/#dom-body-body */
    get body() {
      const state = stateOf(this);
      return state.kind === EMPTY ? null : bodyStream().bodyObject(state);
    },

    /** https://fetch.spec.whatwg.org/#dom-body-bodyused */
    get bodyUsed() {
      return isUsed(stateOf(this));
    },

    /** https://fetch.spec.whatwg.org/#dom-body-arraybuffer */
    async arrayBuffer() {
      return exactBuffer(await takeBytes(stateOf(this)));
    },

    /** https://fetch.spec.whatwg.org/#dom-body-blob */
    async blob() {
      const state = stateOf(this);
      const { blobInternals, normalizeType } = blobs();
      const type = normalizeType(mimeType().extractMimeType(contentType(state)) ?? "");
      return blobInternals.createFromBytes(await takeBytes(state), type);
    },

    /** https://fetch.spec.whatwg.org/#dom-body-bytes */
    async bytes() {
      return await takeBytes(stateOf(this));
    },

    /** https://fetch.spec.whatwg.org/#dom-body-formdata */
    async formData() {
      const state = stateOf(this);
      return formBody().formDataFromEntries(await takeForm(state, mimeType().extractMimeType(contentType(state))));
    },

    /** https://fetch.spec.whatwg.org/#dom-body-json */
    async json() {
      const text = takeText(stateOf(this));
      return JSONParse(typeof text === "string" ? text : await text);
    },

    /** https://fetch.spec.whatwg.org/#dom-body-text */
    async text() {
      const text = takeText(stateOf(this));
      return typeof text === "string" ? text : await text;
    },
  };
  const keys = ReflectOwnKeys(members);
  for (let i = 0; i < keys.length; i++) {
    ObjectDefineProperty(constructor.prototype, keys[i], ReflectGetOwnPropertyDescriptor(members, keys[i]));
  }
}
