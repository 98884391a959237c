// @ts-check
// Performance with user timing: now, timeOrigin, marks and measures.
// Spec: https://w3c.github.io/hr-time/#sec-performance and https://w3c.github.io/user-timing/
//
// Observers are in observer.js. Not here: resource timing, navigation timing.

import { DOMException } from "transom:internal/dom_exception/dom_exception";
import { EventTarget } from "transom:internal/events/event_target";
import { ops } from "transom:internal/ops";
import { PerformanceMark, PerformanceMeasure } from "transom:internal/performance/entries";
import { primordials } from "transom:internal/primordials";
import * as webidl from "transom:internal/webidl/webidl";

const { ObjectFreeze, TypeError } = primordials;

const convertMeasureOptions = webidl.dictionary("PerformanceMeasureOptions", [
  { key: "detail", convert: webidl.any },
  { key: "start", convert: convertTime },
  { key: "duration", convert: webidl.double },
  { key: "end", convert: convertTime },
]);

function convertTime(value, context) {
  return typeof value === "number" ? webidl.double(value, context) : webidl.DOMString(value, context);
}

/** Told of each new entry once there is an observer. */
let notify = null;

/** `listener(entry)` is called with each new entry. */
export function onNewEntry(listener) {
  notify = listener;
}

/** https://w3c.github.io/hr-time/#dom-performance */
export class Performance extends EventTarget {
  /** Entries in the order of their start. */
  #entries = [];

  constructor(key = undefined) {
    webidl.requireInternal(key);
    super();
  }

  /** https://w3c.github.io/hr-time/#dom-performance-now */
  now() {
    this.#entries; // Brand check.
    return ops.performance_now();
  }

  /** https://w3c.github.io/hr-time/#dom-performance-timeorigin */
  get timeOrigin() {
    this.#entries; // Brand check.
    return ops.performance_time_origin();
  }

  /** https://w3c.github.io/user-timing/#dom-performance-mark */
  mark(markName, markOptions = undefined) {
    this.#entries; // Brand check.
    webidl.requireArguments("Performance.mark", arguments.length, 1);
    const entry = new PerformanceMark(markName, markOptions);
    this.#add(entry);
    return entry;
  }

  /** https://w3c.github.io/user-timing/#dom-performance-measure */
  measure(measureName, startOrMeasureOptions = undefined, endMark = undefined) {
    this.#entries; // Brand check.
    webidl.requireArguments("Performance.measure", arguments.length, 1);
    const name = webidl.DOMString(measureName, "Performance.measure: argument 1");
    let options = { detail: undefined, start: undefined, duration: undefined, end: undefined };
    const given = startOrMeasureOptions;
    const byOptions = given === undefined || given === null || webidl.isObject(given);
    if (byOptions) options = convertMeasureOptions(given, "Performance.measure: argument 2");
    else options.start = webidl.DOMString(given, "Performance.measure: argument 2");
    if (endMark !== undefined) endMark = webidl.DOMString(endMark, "Performance.measure: argument 3");

    const { detail, duration } = options;
    if (options.start !== undefined || options.end !== undefined || duration !== undefined || detail !== undefined) {
      if (byOptions && endMark !== undefined) {
        throw new TypeError("Performance.measure: options and an end mark exclude each other");
      }
      if (options.start === undefined && options.end === undefined) {
        throw new TypeError("Performance.measure: options need a start or an end");
      }
      if (options.start !== undefined && duration !== undefined && options.end !== undefined) {
        throw new TypeError("Performance.measure: start, end and duration exclude each other");
      }
    }
    let end;
    if (endMark !== undefined) end = this.#time(endMark);
    else if (options.end !== undefined) end = this.#time(options.end);
    else if (options.start !== undefined && duration !== undefined) end = this.#time(options.start) + duration;
    else end = ops.performance_now();
    let start = 0;
    if (options.start !== undefined) start = this.#time(options.start);
    else if (duration !== undefined) start = end - duration;
    const entry = new PerformanceMeasure(webidl.internalKey, name, start, end - start, detail);
    this.#add(entry);
    return entry;
  }

  /** https://w3c.github.io/user-timing/#dom-performance-clearmarks */
  clearMarks(markName = undefined) {
    this.#clear("mark", markName);
  }

  /** https://w3c.github.io/user-timing/#dom-performance-clearmeasures */
  clearMeasures(measureName = undefined) {
    this.#clear("measure", measureName);
  }

  /** https://w3c.github.io/performance-timeline/#dom-performance-getentries */
  getEntries() {
    return this.#select(undefined, undefined);
  }

  /** https://w3c.github.io/performance-timeline/#dom-performance-getentriesbytype */
  getEntriesByType(type) {
    this.#entries; // Brand check.
    webidl.requireArguments("Performance.getEntriesByType", arguments.length, 1);
    return this.#select(undefined, webidl.DOMString(type));
  }

  /** https://w3c.github.io/performance-timeline/#dom-performance-getentriesbyname */
  getEntriesByName(name, type = undefined) {
    this.#entries; // Brand check.
    webidl.requireArguments("Performance.getEntriesByName", arguments.length, 1);
    return this.#select(webidl.DOMString(name), type === undefined ? undefined : webidl.DOMString(type));
  }

  /** https://w3c.github.io/hr-time/#dom-performance-tojson */
  toJSON() {
    this.#entries; // Brand check.
    return { timeOrigin: ops.performance_time_origin() };
  }

  #add(entry) {
    const entries = this.#entries;
    let at = entries.length;
    while (at > 0 && entries[at - 1].startTime > entry.startTime) {
      entries[at] = entries[at - 1];
      at--;
    }
    entries[at] = entry;
    if (notify !== null) notify(entry);
  }

  #select(name, type) {
    const found = [];
    for (let i = 0; i < this.#entries.length; i++) {
      const entry = this.#entries[i];
      if (name !== undefined && entry.name !== name) continue;
      if (type !== undefined && entry.entryType !== type) continue;
      found[found.length] = entry;
    }
    return found;
  }

  #clear(type, name) {
    const wanted = name === undefined ? undefined : webidl.DOMString(name);
    const rest = [];
    for (let i = 0; i < this.#entries.length; i++) {
      const entry = this.#entries[i];
      if (entry.entryType === type && (wanted === undefined || entry.name === wanted)) continue;
      rest[rest.length] = entry;
    }
    this.#entries = rest;
  }

  /** https://w3c.github.io/user-timing/#convert-a-mark-to-a-timestamp */
  #time(mark) {
    if (typeof mark === "number") {
      if (mark < 0) throw new TypeError("A time must not be negative");
      return mark;
    }
    if (isTimingName(mark)) throw new TypeError(`\`${mark}\` is a time of a page, which a server has not got`);
    const entries = this.#entries;
    for (let i = entries.length - 1; i >= 0; i--) {
      if (entries[i].entryType === "mark" && entries[i].name === mark) return entries[i].startTime;
    }
    throw new DOMException(`There is no mark \`${mark}\``, "SyntaxError");
  }
}

/** https://w3c.github.io/navigation-timing/#the-performancetiming-interface: only windows know these. */
const TIMING_NAMES = ObjectFreeze({
  __proto__: null, connectEnd: 1, connectStart: 1, domComplete: 1, domContentLoadedEventEnd: 1,
  domContentLoadedEventStart: 1, domInteractive: 1, domLoading: 1, domainLookupEnd: 1, domainLookupStart: 1,
  fetchStart: 1, loadEventEnd: 1, loadEventStart: 1, navigationStart: 1, redirectEnd: 1, redirectStart: 1,
  requestStart: 1, responseEnd: 1, responseStart: 1, secureConnectionStart: 1, unloadEventEnd: 1, unloadEventStart: 1,
});

function isTimingName(name) {
  return TIMING_NAMES[name] === 1;
}

/** https://w3c.github.io/hr-time/#the-performance-attribute */
export const performance = new Performance(webidl.internalKey);

webidl.configureInterface("Performance", Performance);
