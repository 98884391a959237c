// @ts-check
// What the console shows of the objects of fetch and URL, whose state is private.
//
// An object of one of these classes exists only when its module is loaded, so looking for the class costs nothing.

import { blobInternals } from "transom:internal/blob/blob";
import { fileInternals } from "transom:internal/blob/file";
import { addInspection } from "transom:internal/console/inspect";
import { lazy } from "transom:internal/lazy";
import { isPlatformObject } from "transom:internal/webidl/webidl";

const events = lazy("transom:internal/events/event");
const keys = lazy("transom:internal/crypto/crypto_key");
const signals = lazy("transom:internal/abort/abort_signal");
const streams = lazy("transom:internal/streams/internals");
const headers = lazy("transom:internal/fetch/headers");
const requests = lazy("transom:internal/fetch/request");
const responses = lazy("transom:internal/fetch/response");
const forms = lazy("transom:internal/form_data/form_data");
const urls = lazy("transom:internal/url/url");
const params = lazy("transom:internal/url/url_search_params");

/** Adds a class: `is` recognises its objects, `members` returns `[key, value, …]`. */
function add(is, members) {
  addInspection((object) => (isPlatformObject(object) && is(object) ? members(object) : undefined));
}

/** The pairs of two lists, alternating. */
function zipped(keys, values) {
  const pairs = [];
  for (let i = 0; i < keys.length; i++) {
    pairs[pairs.length] = keys[i];
    pairs[pairs.length] = values[i];
  }
  return pairs;
}

/** The attributes of these names. */
function attributes(object, names) {
  const pairs = [];
  for (let i = 0; i < names.length; i++) {
    pairs[pairs.length] = names[i];
    pairs[pairs.length] = object[names[i]];
  }
  return pairs;
}

add((object) => signals().abortSignalInternals.isAbortSignal(object), (object) => attributes(object, ["aborted"]));
add((object) => keys().cryptoKeyInternals.is(object), (object) => attributes(object, [
  "type", "extractable", "algorithm", "usages",
]));
add((object) => events().eventInternals.isEvent(object), (object) => attributes(object, [
  "type", "defaultPrevented", "cancelable", "timeStamp",
]));
add((object) => streams().readableStreamInternals.isReadableStream(object), (object) => {
  const { readableStreamInternals } = streams();
  const isOpen = !readableStreamInternals.isErrored(object) && !readableStreamInternals.isClosed(object);
  const state = isOpen ? "readable" : readableStreamInternals.isClosed(object) ? "closed" : "errored";
  return ["locked", readableStreamInternals.isLocked(object), "state", state];
});
add((object) => headers().headersInternals.is(object), (object) => headers().headersInternals.sorted(object));
add((object) => urls().urlInternals.is(object), (object) => attributes(object, [
  "href", "origin", "protocol", "username", "password", "host", "hostname", "port", "pathname", "search", "searchParams",
  "hash",
]));
add((object) => params().urlSearchParamsInternals.is(object), (object) => params().urlSearchParamsInternals.list(object));
add((object) => forms().formDataInternals.is(object), (object) => {
  const { formDataInternals } = forms();
  return zipped(formDataInternals.names(object), formDataInternals.values(object));
});
add((object) => requests().requestInternals.isRequest(object), (object) => attributes(object, [
  "method", "url", "headers", "redirect", "bodyUsed",
]));
add((object) => responses().responseInternals.isResponse(object), (object) => attributes(object, [
  "status", "statusText", "ok", "type", "url", "redirected", "headers", "bodyUsed",
]));

add((object) => blobInternals.isBlob(object), (object) => {
  const members = ["size", blobInternals.size(object), "type", blobInternals.type(object)];
  if (!fileInternals.isFile(object)) return members;
  members[4] = "name";
  members[5] = fileInternals.name(object);
  members[6] = "lastModified";
  members[7] = fileInternals.lastModified(object);
  return members;
});
