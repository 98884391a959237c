// @ts-check
// Which names a program finds on `globalThis`, and in which form (WebIDL, section 3.7).

import { AbortController } from "transom:internal/abort/abort_controller";
import { AbortSignal } from "transom:internal/abort/abort_signal";
import { Snapshot, Variable } from "transom:internal/async_context/async_context";
import { atob, btoa } from "transom:internal/base64/base64";
import { Blob } from "transom:internal/blob/blob";
import { File } from "transom:internal/blob/file";
import { console } from "transom:internal/console/console";
import { Crypto, crypto } from "transom:internal/crypto/crypto";
import { CryptoKey } from "transom:internal/crypto/crypto_key";
import { SubtleCrypto } from "transom:internal/crypto/subtle";
import { DOMException } from "transom:internal/dom_exception/dom_exception";
import { TextDecoder } from "transom:internal/encoding/text_decoder";
import { TextEncoder } from "transom:internal/encoding/text_encoder";
import { CustomEvent } from "transom:internal/events/custom_event";
import { ErrorEvent } from "transom:internal/events/error_event";
import { Event } from "transom:internal/events/event";
import { EventTarget } from "transom:internal/events/event_target";
import { PromiseRejectionEvent } from "transom:internal/events/promise_rejection_event";
import { fetch } from "transom:internal/fetch/fetch";
import { Headers } from "transom:internal/fetch/headers";
import { Request } from "transom:internal/fetch/request";
import { Response } from "transom:internal/fetch/response";
import { FormData } from "transom:internal/form_data/form_data";
import { Performance, performance } from "transom:internal/performance/performance";
import { PerformanceEntry, PerformanceMark, PerformanceMeasure } from "transom:internal/performance/entries";
import { process } from "transom:internal/process";
import { reportError } from "transom:internal/report_error/report_error";
import { queueMicrotask } from "transom:internal/scheduling/microtask";
import { clearInterval, clearTimeout, setInterval, setTimeout } from "transom:internal/scheduling/timers";
import { ByteLengthQueuingStrategy, CountQueuingStrategy } from "transom:internal/streams/queuing_strategy";
import { ReadableByteStreamController, ReadableStreamBYOBRequest } from "transom:internal/streams/readable_byte_controller";
import { ReadableStreamDefaultController } from "transom:internal/streams/readable_default_controller";
import { ReadableStream } from "transom:internal/streams/readable";
import { ReadableStreamBYOBReader, ReadableStreamDefaultReader } from "transom:internal/streams/readers";
import { TextDecoderStream } from "transom:internal/streams/text_decoder_stream";
import { TextEncoderStream } from "transom:internal/streams/text_encoder_stream";
import { TransformStream, TransformStreamDefaultController } from "transom:internal/streams/transform";
import { WritableStreamDefaultController } from "transom:internal/streams/writable_default_controller";
import { WritableStream, WritableStreamDefaultWriter } from "transom:internal/streams/writable";
import { structuredClone } from "transom:internal/structured_clone/structured_clone";
import { URL } from "transom:internal/url/url";
import { URLSearchParams } from "transom:internal/url/url_search_params";
import { defineFunction, defineInterface, defineNamespace } from "transom:internal/webidl/interface";

const interfaces = {
  AbortController, AbortSignal, Blob, ByteLengthQueuingStrategy, CountQueuingStrategy, Crypto, CryptoKey, CustomEvent,
  DOMException, ErrorEvent, Event, EventTarget, File, FormData, Headers, Performance, PerformanceEntry,
  PerformanceMark, PerformanceMeasure, PromiseRejectionEvent, ReadableByteStreamController, ReadableStream,
  ReadableStreamBYOBReader, ReadableStreamBYOBRequest, ReadableStreamDefaultController, ReadableStreamDefaultReader,
  Request, Response, SubtleCrypto, TextDecoder, TextDecoderStream, TextEncoder, TextEncoderStream, TransformStream,
  TransformStreamDefaultController, URL, URLSearchParams, WritableStream, WritableStreamDefaultController,
  WritableStreamDefaultWriter,
};

const operations = {
  atob, btoa, clearInterval, clearTimeout, fetch, queueMicrotask, reportError, setInterval, setTimeout, structuredClone,
};

/** Objects that are attributes of the global, replaceable as the specifications say. */
const attributes = { crypto, performance, process };

export function installGlobals(global) {
  for (const name in interfaces) defineInterface(global, name, interfaces[name]);
  for (const name in operations) defineFunction(global, name, operations[name]);
  for (const name in attributes) {
    Object.defineProperty(global, name, { value: attributes[name], writable: true, enumerable: true, configurable: true });
  }
  defineNamespace(global, "console", console);
  defineNamespace(global, "AsyncContext", { Snapshot, Variable });
  Object.defineProperty(global, "self", { value: global, writable: true, enumerable: true, configurable: true });
  Object.defineProperty(global, "global", { value: global, writable: true, enumerable: false, configurable: true });
}
