// @ts-check
// PerformanceObserver and PerformanceObserverEntryList.
// Spec: https://w3c.github.io/performance-timeline/#the-performanceobserver-interface
//
// Marks and measures can be observed; there are no other entries. Entries are delivered in a task of their own, all
// that came together in one call, in the async context in which the observer was made.

import { DOMException } from "transom:internal/dom_exception/dom_exception";
import { ops } from "transom:internal/ops";
import { onNewEntry, performance } from "transom:internal/performance/performance";
import { primordials } from "transom:internal/primordials";
import { reportException } from "transom:internal/report_error/report_error";
import { startTimer } from "transom:internal/scheduling/timers";
import * as webidl from "transom:internal/webidl/webidl";

const { ArrayPrototypeSort, ObjectFreeze, ReflectApply, TypeError } = primordials;

/** https://w3c.github.io/timing-entrytypes-registry/#registry, as far as a server has them. */
const supportedEntryTypes = ObjectFreeze(["mark", "measure"]);

const isSupported = (type) => type === "mark" || type === "measure";


const convertInit = webidl.dictionary("PerformanceObserverInit", [
  { key: "buffered", convert: webidl.boolean },
  { key: "entryTypes", convert: webidl.sequence(webidl.DOMString) },
  { key: "type", convert: webidl.DOMString },
]);

/** The inside of the observers that observe, in the order in which they began to. */
let registered = [];
let taskQueued = false;

/** What is behind one observer. */
class ObserverState {
  constructor(observer, callback) {
    this.observer = observer;
    this.callback = callback;
    this.context = ops.context_get();
    /** "single" for `{ type }`, "multiple" for `{ entryTypes }`, once it is known. */
    this.kind = null;
    this.types = [];
    this.buffer = [];
    this.needsDroppedCount = false;
  }

  observes(type) {
    for (let i = 0; i < this.types.length; i++) if (this.types[i] === type) return true;
    return false;
  }

  /** https://w3c.github.io/performance-timeline/#queue-the-performanceobserver-task, step 3.3. */
  deliver() {
    const entries = this.take();
    if (entries.length === 0) return;
    const options = this.needsDroppedCount ? { droppedEntriesCount: 0 } : {};
    this.needsDroppedCount = false;
    const list = new PerformanceObserverEntryList(webidl.internalKey, entries);
    const outer = ops.context_get();
    ops.context_set(this.context);
    try {
      ReflectApply(this.callback, this.observer, [list, this.observer, options]);
    } catch (error) {
      reportException(error);
    }
    ops.context_set(outer);
  }

  take() {
    const { buffer } = this;
    this.buffer = [];
    return buffer;
  }
}
primordials.unlink(ObserverState);

function queueTask() {
  if (taskQueued) return;
  taskQueued = true;
  startTimer(0, () => {
    taskQueued = false;
    const all = registered;
    for (let i = 0; i < all.length; i++) all[i].deliver();
  });
}

/** https://w3c.github.io/performance-timeline/#queue-a-performanceentry */
onNewEntry((entry) => {
  const type = entry.entryType;
  for (let i = 0; i < registered.length; i++) {
    const state = registered[i];
    if (!state.observes(type)) continue;
    state.buffer[state.buffer.length] = entry;
    queueTask();
  }
});

function register(state) {
  const all = [];
  for (let i = 0; i < registered.length; i++) {
    if (registered[i] === state) return;
    all[i] = registered[i];
  }
  all[all.length] = state;
  registered = all; // A task that is delivering goes on with the list it began with.
}

function unregister(state) {
  const rest = [];
  for (let i = 0; i < registered.length; i++) if (registered[i] !== state) rest[rest.length] = registered[i];
  registered = rest;
}

/** https://w3c.github.io/performance-timeline/#dom-performanceobserver */
export class PerformanceObserver {
  #state;

  /** https://w3c.github.io/performance-timeline/#dom-performanceobserver-constructor */
  constructor(callback) {
    webidl.requireArguments("PerformanceObserver constructor", arguments.length, 1);
    this.#state = new ObserverState(this, webidl.callbackFunction(callback, "PerformanceObserver constructor: argument 1"));
  }

  /** https://w3c.github.io/performance-timeline/#dom-performanceobserver-observe */
  observe(options = undefined) {
    const state = this.#state;
    const { buffered, entryTypes, type } = convertInit(options, "PerformanceObserver.observe: argument 1");
    if (entryTypes === undefined && type === undefined) {
      throw new TypeError("PerformanceObserver.observe: neither `entryTypes` nor `type` is given");
    }
    if (entryTypes !== undefined && (type !== undefined || buffered !== undefined)) {
      throw new TypeError("PerformanceObserver.observe: `entryTypes` excludes all other options");
    }
    const kind = entryTypes === undefined ? "single" : "multiple";
    state.kind ??= kind;
    if (state.kind !== kind) {
      throw new DOMException("PerformanceObserver.observe: `type` and `entryTypes` exclude each other", "InvalidModificationError");
    }
    state.needsDroppedCount = true;
    if (kind === "multiple") observeAll(state, entryTypes);
    else observeOne(state, type, buffered === true);
  }

  /** https://w3c.github.io/performance-timeline/#dom-performanceobserver-disconnect */
  disconnect() {
    const state = this.#state;
    unregister(state);
    state.types = [];
    state.buffer = [];
    state.kind = null;
  }

  /** https://w3c.github.io/performance-timeline/#dom-performanceobserver-takerecords */
  takeRecords() {
    return this.#state.take();
  }

  /** https://w3c.github.io/performance-timeline/#supportedentrytypes-attribute */
  static get supportedEntryTypes() {
    return supportedEntryTypes;
  }
}

function observeAll(state, entryTypes) {
  const types = [];
  for (let i = 0; i < entryTypes.length; i++) if (isSupported(entryTypes[i])) types[types.length] = entryTypes[i];
  if (types.length === 0) return; // Unknown types are left out, so that programs can ask for new ones.
  state.types = types;
  register(state);
}

function observeOne(state, type, buffered) {
  if (!isSupported(type)) return;
  if (!state.observes(type)) state.types[state.types.length] = type;
  register(state);
  if (!buffered) return;
  const earlier = timeline(type);
  for (let i = 0; i < earlier.length; i++) state.buffer[state.buffer.length] = earlier[i];
  queueTask();
}

const { getEntriesByType } = performance;

function timeline(type) {
  return ReflectApply(getEntriesByType, performance, [type]);
}

/** https://w3c.github.io/performance-timeline/#dom-performanceobserverentrylist */
export class PerformanceObserverEntryList {
  #entries;

  constructor(key = undefined, entries = undefined) {
    webidl.requireInternal(key);
    this.#entries = entries;
  }

  /** https://w3c.github.io/performance-timeline/#dom-performanceobserverentrylist-getentries */
  getEntries() {
    return selected(this.#entries, undefined, undefined);
  }

  /** https://w3c.github.io/performance-timeline/#dom-performanceobserverentrylist-getentriesbytype */
  getEntriesByType(type) {
    const entries = this.#entries;
    webidl.requireArguments("PerformanceObserverEntryList.getEntriesByType", arguments.length, 1);
    return selected(entries, undefined, webidl.DOMString(type));
  }

  /** https://w3c.github.io/performance-timeline/#dom-performanceobserverentrylist-getentriesbyname */
  getEntriesByName(name, type = undefined) {
    const entries = this.#entries;
    webidl.requireArguments("PerformanceObserverEntryList.getEntriesByName", arguments.length, 1);
    return selected(entries, webidl.DOMString(name), type === undefined ? undefined : webidl.DOMString(type));
  }
}

/** https://w3c.github.io/performance-timeline/#filter-buffer-by-name-and-type */
function selected(entries, name, type) {
  const found = [];
  for (let i = 0; i < entries.length; i++) {
    const entry = entries[i];
    if (name !== undefined && entry.name !== name) continue;
    if (type !== undefined && entry.entryType !== type) continue;
    found[found.length] = entry;
  }
  return ArrayPrototypeSort(found, (a, b) => a.startTime - b.startTime);
}

webidl.configureInterface("PerformanceObserver", PerformanceObserver);
webidl.configureInterface("PerformanceObserverEntryList", PerformanceObserverEntryList);
