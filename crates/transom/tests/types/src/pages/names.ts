// Every interface and every member that TypeScript's lib.dom knows of the APIs in docs/web-platform.md, and whether the
// running program has them. The compiler checks that the lists are complete; GET answers with what is missing.

/**
 * The members of T, all of them: leaving one out does not compile. `Absent` are those that a server has no use for,
 * and they must be absent.
 */
function all<T, Absent extends keyof T = never>() {
  return <const Names extends readonly Exclude<keyof T, Absent>[]>(
    ...names: Exclude<keyof T, Absent> extends Names[number] ? Names : never
  ): readonly (keyof T)[] => names;
}

const interfaces = {
  AbortController: all<AbortController>()("signal", "abort"),
  AbortSignal: all<AbortSignal>()(
    "aborted", "onabort", "reason", "throwIfAborted", "addEventListener", "removeEventListener", "dispatchEvent",
  ),
  Blob: all<Blob>()("size", "type", "arrayBuffer", "bytes", "slice", "stream", "text"),
  BroadcastChannel: all<BroadcastChannel>()(
    "name", "onmessage", "onmessageerror", "close", "postMessage", "addEventListener", "removeEventListener",
    "dispatchEvent",
  ),
  ByteLengthQueuingStrategy: all<ByteLengthQueuingStrategy>()("highWaterMark", "size"),
  CloseEvent: all<CloseEvent>()(
    "code", "reason", "wasClean", "bubbles", "cancelBubble", "cancelable", "composed", "currentTarget",
    "defaultPrevented", "eventPhase", "isTrusted", "returnValue", "srcElement", "target", "timeStamp", "type",
    "composedPath", "initEvent", "preventDefault", "stopImmediatePropagation", "stopPropagation", "NONE",
    "CAPTURING_PHASE", "AT_TARGET", "BUBBLING_PHASE",
  ),
  CompressionStream: all<CompressionStream>()("readable", "writable"),
  CountQueuingStrategy: all<CountQueuingStrategy>()("highWaterMark", "size"),
  Crypto: all<Crypto>()("subtle", "getRandomValues", "randomUUID"),
  CryptoKey: all<CryptoKey>()("algorithm", "extractable", "type", "usages"),
  CustomEvent: all<CustomEvent>()(
    "detail", "initCustomEvent", "bubbles", "cancelBubble", "cancelable", "composed", "currentTarget",
    "defaultPrevented", "eventPhase", "isTrusted", "returnValue", "srcElement", "target", "timeStamp", "type",
    "composedPath", "initEvent", "preventDefault", "stopImmediatePropagation", "stopPropagation", "NONE",
    "CAPTURING_PHASE", "AT_TARGET", "BUBBLING_PHASE",
  ),
  DecompressionStream: all<DecompressionStream>()("readable", "writable"),
  DOMException: all<DOMException, "cause">()(
    "code", "message", "name", "INDEX_SIZE_ERR", "DOMSTRING_SIZE_ERR", "HIERARCHY_REQUEST_ERR",
    "WRONG_DOCUMENT_ERR", "INVALID_CHARACTER_ERR", "NO_DATA_ALLOWED_ERR", "NO_MODIFICATION_ALLOWED_ERR",
    "NOT_FOUND_ERR", "NOT_SUPPORTED_ERR", "INUSE_ATTRIBUTE_ERR", "INVALID_STATE_ERR", "SYNTAX_ERR",
    "INVALID_MODIFICATION_ERR", "NAMESPACE_ERR", "INVALID_ACCESS_ERR", "VALIDATION_ERR", "TYPE_MISMATCH_ERR",
    "SECURITY_ERR", "NETWORK_ERR", "ABORT_ERR", "URL_MISMATCH_ERR", "QUOTA_EXCEEDED_ERR", "TIMEOUT_ERR",
    "INVALID_NODE_TYPE_ERR", "DATA_CLONE_ERR", "stack",
  ),
  ErrorEvent: all<ErrorEvent>()(
    "colno", "error", "filename", "lineno", "message", "bubbles", "cancelBubble", "cancelable", "composed",
    "currentTarget", "defaultPrevented", "eventPhase", "isTrusted", "returnValue", "srcElement", "target",
    "timeStamp", "type", "composedPath", "initEvent", "preventDefault", "stopImmediatePropagation",
    "stopPropagation", "NONE", "CAPTURING_PHASE", "AT_TARGET", "BUBBLING_PHASE",
  ),
  Event: all<Event>()(
    "bubbles", "cancelBubble", "cancelable", "composed", "currentTarget", "defaultPrevented", "eventPhase",
    "isTrusted", "returnValue", "srcElement", "target", "timeStamp", "type", "composedPath", "initEvent",
    "preventDefault", "stopImmediatePropagation", "stopPropagation", "NONE", "CAPTURING_PHASE", "AT_TARGET",
    "BUBBLING_PHASE",
  ),
  EventSource: all<EventSource>()(
    "onerror", "onmessage", "onopen", "readyState", "url", "withCredentials", "close", "CONNECTING", "OPEN",
    "CLOSED", "addEventListener", "removeEventListener", "dispatchEvent",
  ),
  EventTarget: all<EventTarget>()("addEventListener", "dispatchEvent", "removeEventListener"),
  File: all<File, "webkitRelativePath">()(
    "lastModified", "name", "size", "type", "arrayBuffer", "bytes", "slice", "stream", "text",
  ),
  FormData: all<FormData>()(
    "append", "delete", "get", "getAll", "has", "set", "forEach", "entries", "keys", "values", Symbol.iterator,
  ),
  Headers: all<Headers>()(
    "append", "delete", "get", "getSetCookie", "has", "set", "forEach", "entries", "keys", "values", Symbol.iterator,
  ),
  MessageChannel: all<MessageChannel>()("port1", "port2"),
  MessageEvent: all<MessageEvent>()(
    "data", "lastEventId", "origin", "ports", "source", "initMessageEvent", "bubbles", "cancelBubble", "cancelable",
    "composed", "currentTarget", "defaultPrevented", "eventPhase", "isTrusted", "returnValue", "srcElement",
    "target", "timeStamp", "type", "composedPath", "initEvent", "preventDefault", "stopImmediatePropagation",
    "stopPropagation", "NONE", "CAPTURING_PHASE", "AT_TARGET", "BUBBLING_PHASE",
  ),
  MessagePort: all<MessagePort>()(
    "close", "postMessage", "start", "addEventListener", "removeEventListener", "dispatchEvent", "onmessage",
    "onmessageerror",
  ),
  Navigator: all<
    Navigator,
    "clipboard" | "credentials" | "doNotTrack" | "geolocation" | "login" | "maxTouchPoints" |
    "mediaCapabilities" | "mediaDevices" | "mediaSession" | "permissions" | "serviceWorker" | "userActivation" |
    "wakeLock" | "canShare" | "getGamepads" | "requestMIDIAccess" | "requestMediaKeySystemAccess" | "sendBeacon"
    | "share" | "vibrate" | "webdriver" | "clearAppBadge" | "setAppBadge" | "registerProtocolHandler" |
    "cookieEnabled" | "gpu" | "productSub" | "vendor" | "vendorSub" | "locks" | "mimeTypes" | "pdfViewerEnabled"
    | "plugins" | "javaEnabled" | "storage"
  >()(
    "hardwareConcurrency", "appCodeName", "appName", "appVersion", "platform", "product", "userAgent", "language",
    "languages", "onLine",
  ),
  Performance: all<
    Performance,
    "eventCounts" | "interactionCount" | "navigation" | "onresourcetimingbufferfull" | "timing" |
    "clearResourceTimings" | "setResourceTimingBufferSize"
  >()(
    "timeOrigin", "clearMarks", "clearMeasures", "getEntries", "getEntriesByName", "getEntriesByType", "mark",
    "measure", "now", "toJSON", "addEventListener", "removeEventListener", "dispatchEvent",
  ),
  PerformanceEntry: all<PerformanceEntry>()("duration", "entryType", "name", "startTime", "toJSON"),
  PerformanceMark: all<PerformanceMark>()("detail", "duration", "entryType", "name", "startTime", "toJSON"),
  PerformanceMeasure: all<PerformanceMeasure>()("detail", "duration", "entryType", "name", "startTime", "toJSON"),
  PerformanceObserver: all<PerformanceObserver>()("disconnect", "observe", "takeRecords"),
  PerformanceObserverEntryList: all<PerformanceObserverEntryList>()(
    "getEntries", "getEntriesByName", "getEntriesByType",
  ),
  PromiseRejectionEvent: all<PromiseRejectionEvent>()(
    "promise", "reason", "bubbles", "cancelBubble", "cancelable", "composed", "currentTarget", "defaultPrevented",
    "eventPhase", "isTrusted", "returnValue", "srcElement", "target", "timeStamp", "type", "composedPath",
    "initEvent", "preventDefault", "stopImmediatePropagation", "stopPropagation", "NONE", "CAPTURING_PHASE",
    "AT_TARGET", "BUBBLING_PHASE",
  ),
  ReadableByteStreamController: all<ReadableByteStreamController>()(
    "byobRequest", "desiredSize", "close", "enqueue", "error",
  ),
  ReadableStream: all<ReadableStream>()(
    "locked", "cancel", "getReader", "pipeThrough", "pipeTo", "tee", "values", Symbol.asyncIterator,
  ),
  ReadableStreamBYOBReader: all<ReadableStreamBYOBReader>()("read", "releaseLock", "closed", "cancel"),
  ReadableStreamBYOBRequest: all<ReadableStreamBYOBRequest>()("view", "respond", "respondWithNewView"),
  ReadableStreamDefaultController: all<ReadableStreamDefaultController>()("desiredSize", "close", "enqueue", "error"),
  ReadableStreamDefaultReader: all<ReadableStreamDefaultReader>()("read", "releaseLock", "closed", "cancel"),
  Request: all<Request>()(
    "cache", "credentials", "destination", "headers", "integrity", "keepalive", "method", "mode", "redirect",
    "referrer", "referrerPolicy", "signal", "url", "clone", "body", "bodyUsed", "arrayBuffer", "blob", "bytes",
    "formData", "json", "text",
  ),
  Response: all<Response>()(
    "headers", "ok", "redirected", "status", "statusText", "type", "url", "clone", "body", "bodyUsed",
    "arrayBuffer", "blob", "bytes", "formData", "json", "text",
  ),
  SubtleCrypto: all<SubtleCrypto>()(
    "decrypt", "deriveBits", "deriveKey", "digest", "encrypt", "exportKey", "generateKey", "importKey", "sign",
    "unwrapKey", "verify", "wrapKey",
  ),
  TextDecoder: all<TextDecoder>()("decode", "encoding", "fatal", "ignoreBOM"),
  TextDecoderStream: all<TextDecoderStream>()("readable", "writable", "encoding", "fatal", "ignoreBOM"),
  TextEncoder: all<TextEncoder>()("encode", "encodeInto", "encoding"),
  TextEncoderStream: all<TextEncoderStream>()("readable", "writable", "encoding"),
  TransformStream: all<TransformStream>()("readable", "writable"),
  TransformStreamDefaultController: all<TransformStreamDefaultController>()(
    "desiredSize", "enqueue", "error", "terminate",
  ),
  URL: all<URL>()(
    "hash", "host", "hostname", "href", "toString", "origin", "password", "pathname", "port", "protocol", "search",
    "searchParams", "username", "toJSON",
  ),
  URLPattern: all<URLPattern>()(
    "hasRegExpGroups", "hash", "hostname", "password", "pathname", "port", "protocol", "search", "username", "exec",
    "test",
  ),
  URLSearchParams: all<URLSearchParams>()(
    "size", "append", "delete", "get", "getAll", "has", "set", "sort", "toString", "forEach", "entries", "keys",
    "values", Symbol.iterator,
  ),
  WebSocket: all<WebSocket>()(
    "binaryType", "bufferedAmount", "extensions", "onclose", "onerror", "onmessage", "onopen", "protocol",
    "readyState", "url", "close", "send", "CONNECTING", "OPEN", "CLOSING", "CLOSED", "addEventListener",
    "removeEventListener", "dispatchEvent",
  ),
  WritableStream: all<WritableStream>()("locked", "abort", "close", "getWriter"),
  WritableStreamDefaultController: all<WritableStreamDefaultController>()("signal", "error"),
  WritableStreamDefaultWriter: all<WritableStreamDefaultWriter>()(
    "closed", "desiredSize", "ready", "abort", "close", "releaseLock", "write",
  ),
};

const names: readonly (keyof typeof globalThis)[] = Object.keys(interfaces) as (keyof typeof interfaces)[];

/** Properties of the global object that are not interfaces. */
const globals = [
  "atob", "btoa", "clearInterval", "clearTimeout", "console", "crypto", "fetch", "globalThis", "navigator", "onerror",
  "performance", "queueMicrotask", "reportError", "self", "setInterval", "setTimeout", "structuredClone",
  "addEventListener", "dispatchEvent", "removeEventListener", "onrejectionhandled", "onunhandledrejection", "Intl",
  "Temporal", "WebAssembly",
] as const satisfies readonly (keyof typeof globalThis)[];

const functions = [
  [AbortSignal, "abort", "any", "timeout"],
  [Response, "error", "json", "redirect"],
  [URL, "canParse", "createObjectURL", "parse", "revokeObjectURL"],
  [WebAssembly, "compile", "compileStreaming", "instantiate", "instantiateStreaming", "validate"],
  [WebAssembly, "Global", "Instance", "Memory", "Module", "Table", "CompileError", "LinkError", "RuntimeError"],
  [console, "assert", "clear", "count", "countReset", "debug", "dir", "dirxml", "error", "group", "groupCollapsed"],
  [console, "groupEnd", "info", "log", "table", "time", "timeEnd", "timeLog", "trace", "warn"],
  [crypto.subtle, "decrypt", "deriveBits", "deriveKey", "digest", "encrypt", "exportKey", "generateKey", "importKey"],
  [crypto.subtle, "sign", "unwrapKey", "verify", "wrapKey"],
] as const satisfies readonly (readonly [object, ...string[]])[];

export const GET = (): Response => {
  const missing: string[] = [];
  for (const name of [...globals, ...names]) if (!(name in globalThis)) missing.push(name);
  for (const [name, members] of Object.entries(interfaces)) {
    const found: unknown = Reflect.get(globalThis, name);
    if (typeof found !== "function") continue;
    for (const member of members) if (member !== "isTrusted" && !(member in found.prototype)) missing.push(`${name}.prototype.${String(member)}`);
  }
  if (!("isTrusted" in new Event("x"))) missing.push("isTrusted"); // Of each event itself, not of the prototype.
  for (const [object, ...names] of functions) {
    for (const name of names) if (typeof Reflect.get(object, name) !== "function") missing.push(name);
  }
  return Response.json({ missing });
};
