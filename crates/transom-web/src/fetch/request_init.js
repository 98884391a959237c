// @ts-check
// RequestInit: the options of `new Request` and fetch().
// Spec: https://fetch.spec.whatwg.org/#requestinit

import { lazy } from "transom:internal/lazy";
import { primordials } from "transom:internal/primordials";
import * as webidl from "transom:internal/webidl/webidl";

const signals = lazy("transom:internal/abort/abort_signal");

const { RegExpPrototypeExec, StringPrototypeToUpperCase, TypeError } = primordials;

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** What a request says about itself when nobody says otherwise. */
export const defaultSettings = primordials.ObjectFreeze({
  __proto__: null,
  cache: "default",
  credentials: "same-origin",
  integrity: "",
  keepalive: false,
  mode: "cors",
  redirect: "follow",
  referrer: "about:client",
  referrerPolicy: "",
});

const convertCache = webidl.enumeration("RequestCache", [
  "default", "no-store", "reload", "no-cache", "force-cache", "only-if-cached",
]);
const convertCredentials = webidl.enumeration("RequestCredentials", ["omit", "same-origin", "include"]);
const convertDuplex = webidl.enumeration("RequestDuplex", ["half"]);
const convertMode = webidl.enumeration("RequestMode", ["navigate", "same-origin", "no-cors", "cors"]);
const convertPriority = webidl.enumeration("RequestPriority", ["high", "low", "auto"]);
const convertRedirect = webidl.enumeration("RequestRedirect", ["follow", "error", "manual"]);
const convertReferrerPolicy = webidl.enumeration("ReferrerPolicy", [
  "", "no-referrer", "no-referrer-when-downgrade", "same-origin", "origin", "strict-origin", "origin-when-cross-origin",
  "strict-origin-when-cross-origin", "unsafe-url",
]);
const convertSignal = webidl.nullable(
  webidl.interfaceType("AbortSignal", (value) => signals().abortSignalInternals.isAbortSignal(value)),
);

/** Members that are kept as settings and shown by the getters of Request. */
const settingMembers = [
  { key: "cache", convert: convertCache },
  { key: "credentials", convert: convertCredentials },
  { key: "integrity", convert: webidl.DOMString },
  { key: "keepalive", convert: webidl.boolean },
  { key: "mode", convert: convertMode },
  { key: "redirect", convert: convertRedirect },
  { key: "referrer", convert: webidl.USVString },
  { key: "referrerPolicy", convert: convertReferrerPolicy },
];

const convertDictionary = webidl.dictionary("RequestInit", [
  { key: "body", convert: webidl.any },
  { key: "duplex", convert: convertDuplex },
  { key: "headers", convert: webidl.any },
  { key: "method", convert: webidl.ByteString },
  { key: "priority", convert: convertPriority },
  { key: "signal", convert: convertSignal },
  { key: "window", convert: webidl.any },
  ...settingMembers,
]);

/** The converted members; undefined where there is none. */
export function convertRequestInit(init, context) {
  const converted = convertDictionary(init, context);
  const { window } = converted;
  if (window !== undefined && window !== null) throw new TypeError(`${context}: member \`window\` must be null`);
  if (converted.mode === "navigate") throw new TypeError(`${context}: mode \`navigate\` is not for programs`);
  return converted;
}

/** The settings of `base` with those that `init` gives. */
export function mergeSettings(base, init) {
  let merged = base;
  for (let i = 0; i < settingMembers.length; i++) {
    const { key } = settingMembers[i];
    if (init[key] === undefined) continue;
    if (merged === base) merged = { __proto__: null, ...base };
    merged[key] = init[key];
  }
  return merged;
}

/** https://fetch.spec.whatwg.org/#concept-method-normalize, after the checks that `new Request` makes. */
export function normalizeMethod(method, context) {
  if (method === "GET" || method === "POST" || method === "PUT" || method === "DELETE" || method === "PATCH") return method;
  if (RegExpPrototypeExec(TOKEN, method) === null) throw new TypeError(`${context}: \`${method}\` is not a valid method`);
  const upper = StringPrototypeToUpperCase(method);
  switch (upper) {
    case "CONNECT":
    case "TRACE":
    case "TRACK":
      throw new TypeError(`${context}: method \`${method}\` is forbidden`);
    case "DELETE":
    case "GET":
    case "HEAD":
    case "OPTIONS":
    case "POST":
    case "PUT":
      return upper;
    default:
      return method;
  }
}
