// @ts-check
// Which names a program finds on `globalThis`, and in which form (WebIDL, section 3.7).
//
// The module behind a name is loaded when a program first looks at it; until then the engine only knows the name.

import { lazy } from "transom:internal/lazy";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";
import { defineFunction, defineInterface, defineNamespace } from "transom:internal/webidl/interface";

const { ObjectDefineProperty, ReflectApply, ReflectGetOwnPropertyDescriptor, ReflectOwnKeys } = primordials;

/** The modules below `transom:internal/`, and which of their exports are interfaces. */
const interfaces = {
  __proto__: null,
  "abort/abort_controller": ["AbortController"],
  "abort/abort_signal": ["AbortSignal"],
  "blob/blob": ["Blob"],
  "blob/file": ["File"],
  "compression/compression_stream": ["CompressionStream", "DecompressionStream"],
  "crypto/crypto": ["Crypto"],
  "crypto/crypto_key": ["CryptoKey"],
  "crypto/subtle": ["SubtleCrypto"],
  "dom_exception/dom_exception": ["DOMException"],
  "dom_exception/quota_exceeded_error": ["QuotaExceededError"],
  "encoding/text_decoder": ["TextDecoder"],
  "encoding/text_encoder": ["TextEncoder"],
  "event_source/event_source": ["EventSource"],
  "events/custom_event": ["CustomEvent"],
  "events/error_event": ["ErrorEvent"],
  "events/event": ["Event"],
  "events/event_target": ["EventTarget"],
  "events/promise_rejection_event": ["PromiseRejectionEvent"],
  "fetch/headers": ["Headers"],
  "fetch/request": ["Request"],
  "fetch/response": ["Response"],
  "form_data/form_data": ["FormData"],
  "messaging/broadcast_channel": ["BroadcastChannel"],
  "messaging/message_event": ["MessageEvent"],
  "messaging/message_port": ["MessageChannel", "MessagePort"],
  "navigator/navigator": ["Navigator"],
  "performance/entries": ["PerformanceEntry", "PerformanceMark", "PerformanceMeasure"],
  "performance/observer": ["PerformanceObserver", "PerformanceObserverEntryList"],
  "performance/performance": ["Performance"],
  "streams/queuing_strategy": ["ByteLengthQueuingStrategy", "CountQueuingStrategy"],
  "streams/readable": ["ReadableStream"],
  "streams/readable_byte_controller": ["ReadableByteStreamController", "ReadableStreamBYOBRequest"],
  "streams/readable_default_controller": ["ReadableStreamDefaultController"],
  "streams/readers": ["ReadableStreamBYOBReader", "ReadableStreamDefaultReader"],
  "streams/text_decoder_stream": ["TextDecoderStream"],
  "streams/text_encoder_stream": ["TextEncoderStream"],
  "streams/transform": ["TransformStream", "TransformStreamDefaultController"],
  "streams/writable": ["WritableStream", "WritableStreamDefaultWriter"],
  "streams/writable_default_controller": ["WritableStreamDefaultController"],
  "url/url": ["URL"],
  "url/url_pattern": ["URLPattern"],
  "url/url_search_params": ["URLSearchParams"],
  "websocket/close_event": ["CloseEvent"],
  "websocket/websocket": ["WebSocket"],
};

const operations = {
  __proto__: null,
  "base64/base64": ["atob", "btoa"],
  "fetch/fetch": ["fetch"],
  "node/timers/immediate": ["clearImmediate", "setImmediate"],
  "report_error/report_error": ["reportError"],
  "scheduling/microtask": ["queueMicrotask"],
  "scheduling/timers": ["clearInterval", "clearTimeout", "setInterval", "setTimeout"],
  "structured_clone/structured_clone": ["structuredClone"],
};

/** Objects that are attributes of the global, replaceable as the specifications say. */
const attributes = {
  __proto__: null,
  "crypto/crypto": ["crypto"],
  "navigator/navigator": ["navigator"],
  "performance/performance": ["performance"],
  "node/buffer": ["Buffer"],
  "node/process": ["process"],
};

/** Objects that packages look for under a name of their own, and that nobody shall meet who only looks around. */
const hidden = {
  __proto__: null,
  "app/identity/sdk_context": ["__wix_context__"],
};

const namespaces = {
  __proto__: null,
  "async_context/namespace": ["AsyncContext"],
  "console/console": ["console"],
};

/** What the global object has as an event target. */
const eventMembers = [
  "addEventListener", "dispatchEvent", "onerror", "onrejectionhandled", "onunhandledrejection", "removeEventListener",
];

/** What `WebAssembly` has that the engine cannot do: replaced by functions that load the module behind them. */
const webAssemblyFunctions = { __proto__: null, compile: 1, compileStreaming: 1, instantiate: 1, instantiateStreaming: 1 };

function defineWebAssembly(namespace) {
  const { Instance, Module } = namespace;
  let functions = null;
  for (const name in webAssemblyFunctions) {
    const { [name]: define } = {
      async [name](source, importObject = undefined) {
        functions ??= ops.module_load("transom:internal/webassembly/streaming").promiseFunctions({ Instance, Module });
        return await ReflectApply(functions[name], undefined, [source, importObject]);
      },
    };
    ObjectDefineProperty(namespace, name, {
      __proto__: null, value: define, writable: true, enumerable: true, configurable: true,
    });
  }
}

/** V8's `Error.prepareStackTrace`, which packages for Node set: what is behind it is loaded when one does. */
function defineStackTraces(Error) {
  const { captureStackTrace: capture } = Error;
  const { get, set } = ReflectGetOwnPropertyDescriptor(Error.prototype, "stack");
  const traces = lazy("transom:internal/node/errors/stack_traces");
  const isPrepared = () => typeof Error.prepareStackTrace === "function";
  const methods = {
    captureStackTrace(object, above = undefined) {
      if (!isPrepared()) return ReflectApply(capture, Error, arguments.length < 2 ? [object] : [object, above]);
      return traces().captureStack(object, above, ReflectApply(get, new Error(), []));
    },
    get stack() {
      const stack = ReflectApply(get, this, []);
      return isPrepared() ? traces().prepareStack(this, stack) : stack;
    },
  };
  ObjectDefineProperty(Error, "captureStackTrace", {
    __proto__: null, value: methods.captureStackTrace, writable: true, enumerable: false, configurable: true,
  });
  ObjectDefineProperty(Error.prototype, "stack", {
    __proto__: null, get: ReflectGetOwnPropertyDescriptor(methods, "stack").get, set, enumerable: false, configurable: true,
  });
}

function defineAttribute(global, name, value) {
  ObjectDefineProperty(global, name, { __proto__: null, value, writable: true, enumerable: true, configurable: true });
}

function defineHidden(global, name, value) {
  ObjectDefineProperty(global, name, { __proto__: null, value, writable: true, enumerable: false, configurable: true });
}

export function installGlobals(global) {
  /** By name: the function that defines it. */
  const definitions = { __proto__: null };
  const add = (modules, define) => {
    const paths = ReflectOwnKeys(modules);
    for (let i = 0; i < paths.length; i++) {
      const names = modules[paths[i]];
      const specifier = `transom:internal/${/** @type {string} */ (paths[i])}`;
      for (let j = 0; j < names.length; j++) {
        const name = names[j];
        definitions[name] = () => define(global, name, ops.module_load(specifier)[name]);
      }
    }
  };
  add(interfaces, defineInterface);
  add(operations, defineFunction);
  add(attributes, defineAttribute);
  add(hidden, defineHidden);
  add(namespaces, defineNamespace);
  let events = null;
  for (let i = 0; i < eventMembers.length; i++) {
    const name = eventMembers[i];
    definitions[name] = () => {
      events ??= ops.module_load("transom:internal/events/global_target").globalEventMembers(global);
      ObjectDefineProperty(global, name, events[name]);
    };
  }
  ops.lazy_globals_set(ReflectOwnKeys(definitions), (name) => definitions[name]());
  defineWebAssembly(global.WebAssembly);
  defineStackTraces(global.Error);
  defineAttribute(global, "self", global);
  defineHidden(global, "global", global);
}
