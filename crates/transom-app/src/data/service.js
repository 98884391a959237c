// @ts-check
// Calls of the data service. A client of transom's own asks it inside of the process; a client that a program made with
// the packages, and every client where the provider is the real service, sends the same call over HTTP.
// Spec: wix-http-endpoints.md section 10.2.

import { errorOf } from "transom:internal/app/data/errors";
import { decode, encode } from "transom:internal/app/data/values";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";

const {
  ArrayPrototypeMap, Date, JSONParse, JSONStringify, StringPrototypeIncludes, StringPrototypeToWellFormed,
  Uint8ArrayPrototypeToBase64,
} = primordials;
const { encodeURIComponent } = globalThis;

const BASE = "/wix-data/v2";
const BASE64URL = { __proto__: null, alphabet: "base64url", omitPadding: true };

/** What a call gives, from the text of its answer. */
export function resultOf(status, text) {
  const answer = text === "" ? null : JSONParse(text);
  if (status !== 200) throw errorOf(status, answer);
  return decode(answer);
}

async function send(means, method, path, data) {
  try {
    const asked = () => ({ method, url: `${BASE}${path}`, data, params: undefined });
    return decode((await means.request(asked)).data);
  } catch (error) {
    if (error?.response?.status) throw errorOf(error.response.status, error.response.data);
    throw error;
  }
}

/** The end of an address that holds what a reading call asks. */
export function parameterOf(asked) {
  return `?.r=${Uint8ArrayPrototypeToBase64(ops.utf8_encode(JSONStringify(encode(asked))), BASE64URL)}`;
}

/** A text as a part of a call's path. A lone surrogate, which has no bytes, becomes U+FFFD. */
export const segmentOf = (text) => encodeURIComponent(StringPrototypeToWellFormed(text));

/** `POST path` with `body`. */
export async function post(means, path, body) {
  const data = encode(body);
  const inside = means.data?.(`POST ${path}`, JSONStringify(data));
  if (inside === undefined) return await send(means, "POST", path, data);
  const { 0: status, 1: text } = await inside;
  return resultOf(status, text);
}

/** `GET path`. */
export async function get(means, path) {
  const inside = means.data?.(`GET ${path}`, null);
  if (inside === undefined) return await send(means, "GET", path, undefined);
  const { 0: status, 1: text } = await inside;
  return resultOf(status, text);
}

/**
 * An item in the form that is for this process: the dates that every item has are numbers. What it holds itself is
 * looked through only where the text that it comes from says that there are dates.
 */
function decodeItem(item, hasDates) {
  if (typeof item._createdDate === "number") item._createdDate = new Date(item._createdDate);
  if (typeof item._updatedDate === "number") item._updatedDate = new Date(item._updatedDate);
  return hasDates ? decode(item) : item;
}

const hasDates = (text) => StringPrototypeIncludes(text, '"$date"');

/** The item in an answer of `means.item`. */
export function bareItemOf(status, text) {
  if (status !== 200) return resultOf(status, text);
  return decodeItem(JSONParse(text), hasDates(text));
}

/** A page of items: `POST /items/query`. */
export async function queryItems(means, body) {
  const data = encode(body);
  const inside = means.items?.(JSONStringify(data));
  if (inside === undefined) {
    const { dataItems, pagingMetadata } = await send(means, "POST", "/items/query", data);
    return { items: itemsOf({ dataItems }), paging: pagingMetadata };
  }
  const { 0: status, 1: text } = await inside;
  if (status !== 200) return resultOf(status, text);
  const { items, pagingMetadata } = JSONParse(text);
  const found = hasDates(text);
  for (let i = 0; i < items.length; i++) decodeItem(items[i], found);
  return { items, paging: pagingMetadata };
}

export const itemOf = (answer) => answer?.dataItem?.data ?? null;

export const itemsOf = ({ dataItems }) => ArrayPrototypeMap(dataItems ?? [], ({ data }) => data);
