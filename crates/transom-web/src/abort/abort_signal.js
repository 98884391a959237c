// @ts-check
// AbortSignal.
// Spec: https://dom.spec.whatwg.org/#interface-AbortSignal
//
// Abort algorithms (the platform's own reactions) are kept apart from event listeners and run first.
//
// A signal made by `AbortSignal.any` is held weakly by its sources, so that combining a request's signal with one
// that lives as long as the process leaks nothing. Once it has a listener or an algorithm its sources hold it
// strongly, because then its abort can be noticed.

import { DOMException } from "transom:internal/dom_exception/dom_exception";
import {
  defineEventHandler, EventTarget, eventTargetInternals, setSignalHooks,
} from "transom:internal/events/event_target";
import { primordials } from "transom:internal/primordials";
import { startTimer } from "transom:internal/scheduling/timers";
import * as webidl from "transom:internal/webidl/webidl";

const {
  ObjectFreeze, Set, SetPrototypeAdd, SetPrototypeDelete, SetPrototypeForEach, WeakRef, WeakRefPrototypeDeref,
} = primordials;

/**
 * What the rest of the platform does with signals; filled in below.
 * @type {Record<string, Function>}
 */
export let abortSignalInternals;

/** https://dom.spec.whatwg.org/#abortsignal */
export class AbortSignal extends EventTarget {
  #aborted = false;
  #reason = undefined;
  /** Abort algorithms in order of addition. */
  #algorithms = null;
  #dependent = false;
  /** Source signals of a dependent one. */
  #sources = null;
  /** Weak references to dependent signals. */
  #dependents = null;
  #sweepAt = 16;
  /** The objects that hold this signal strongly while somebody observes it and it can still abort. */
  #observed = null;
  /** What the timer of `AbortSignal.timeout` holds. */
  #timeout = null;

  constructor(key = undefined) {
    webidl.requireInternal(key);
    super();
  }

  /** https://dom.spec.whatwg.org/#dom-abortsignal-abort */
  static abort(reason = undefined) {
    const signal = new AbortSignal(webidl.internalKey);
    signal.#aborted = true;
    signal.#reason = orAbortError(reason);
    return signal;
  }

  /** https://dom.spec.whatwg.org/#dom-abortsignal-timeout */
  static timeout(milliseconds) {
    webidl.requireArguments("AbortSignal.timeout", arguments.length, 1);
    const delay = webidl.unsignedLongLong(milliseconds, "AbortSignal.timeout: argument 1", { enforceRange: true });
    const signal = new AbortSignal(webidl.internalKey);
    const timeout = { weak: new WeakRef(signal), strong: null };
    signal.#timeout = timeout;
    startTimer(delay, () => {
      const live = WeakRefPrototypeDeref(timeout.weak);
      timeout.strong = null;
      if (live !== undefined) live.#abort(new DOMException("The operation timed out", "TimeoutError"));
    });
    return signal;
  }

  /** https://dom.spec.whatwg.org/#dom-abortsignal-any */
  static any(signals) {
    webidl.requireArguments("AbortSignal.any", arguments.length, 1);
    return AbortSignal.#createDependent(convertSignals(signals, "AbortSignal.any: argument 1"));
  }

  /** https://dom.spec.whatwg.org/#dom-abortsignal-aborted */
  get aborted() {
    return this.#aborted;
  }

  /** https://dom.spec.whatwg.org/#dom-abortsignal-reason */
  get reason() {
    return this.#reason;
  }

  /** https://dom.spec.whatwg.org/#dom-abortsignal-throwifaborted */
  throwIfAborted() {
    if (this.#aborted) throw this.#reason;
  }

  /** https://dom.spec.whatwg.org/#create-a-dependent-abort-signal */
  static #createDependent(signals) {
    const result = new AbortSignal(webidl.internalKey);
    for (let i = 0; i < signals.length; i++) {
      const signal = signals[i];
      if (!signal.#aborted) continue;
      result.#aborted = true;
      result.#reason = signal.#reason;
      return result;
    }
    result.#dependent = true;
    result.#sources = [];
    for (let i = 0; i < signals.length; i++) {
      const signal = signals[i];
      if (!signal.#dependent) {
        result.#dependOn(signal);
      } else {
        for (let j = 0; j < signal.#sources.length; j++) result.#dependOn(signal.#sources[j]);
      }
    }
    return result;
  }

  #dependOn(source) {
    const sources = this.#sources;
    for (let i = 0; i < sources.length; i++) if (sources[i] === source) return;
    sources[sources.length] = source;
    const dependents = (source.#dependents ??= []);
    if (dependents.length >= source.#sweepAt) source.#sweep();
    source.#dependents[source.#dependents.length] = new WeakRef(this);
  }

  /** Drops references to dependents that are gone; amortised by doubling. */
  #sweep() {
    const live = [];
    for (let i = 0; i < this.#dependents.length; i++) {
      if (WeakRefPrototypeDeref(this.#dependents[i]) !== undefined) live[live.length] = this.#dependents[i];
    }
    this.#dependents = live;
    this.#sweepAt = live.length < 8 ? 16 : live.length * 2;
  }

  /** Somebody would notice an abort from now on: whatever may abort this signal must keep it. */
  #observe() {
    if (this.#aborted) return;
    if (this.#timeout !== null) this.#timeout.strong = this;
    if (this.#sources === null) return;
    for (let i = 0; i < this.#sources.length; i++) {
      SetPrototypeAdd((this.#sources[i].#observed ??= new Set()), this);
    }
  }

  #unobserve() {
    if (this.#timeout !== null) this.#timeout.strong = null;
    if (this.#sources === null) return;
    for (let i = 0; i < this.#sources.length; i++) {
      const observed = this.#sources[i].#observed;
      if (observed !== null) SetPrototypeDelete(observed, this);
    }
  }

  /** https://dom.spec.whatwg.org/#abortsignal-signal-abort */
  #abort(reason) {
    if (this.#aborted) return;
    this.#aborted = true;
    this.#reason = orAbortError(reason);
    const toAbort = [];
    if (this.#dependents !== null) {
      for (let i = 0; i < this.#dependents.length; i++) {
        const dependent = WeakRefPrototypeDeref(this.#dependents[i]);
        if (dependent === undefined || dependent.#aborted) continue;
        dependent.#aborted = true;
        dependent.#reason = this.#reason;
        toAbort[toAbort.length] = dependent;
      }
      this.#dependents = null;
    }
    this.#runAbortSteps();
    for (let i = 0; i < toAbort.length; i++) toAbort[i].#runAbortSteps();
    this.#observed = null;
  }

  /** https://dom.spec.whatwg.org/#run-the-abort-steps */
  #runAbortSteps() {
    const algorithms = this.#algorithms;
    this.#algorithms = null;
    if (algorithms !== null) SetPrototypeForEach(algorithms, run);
    if (eventTargetInternals.hasListeners(this, "abort")) eventTargetInternals.fire(this, "abort");
    this.#unobserve();
    this.#sources = null;
  }

  static {
    const isAbortSignal = (value) => typeof value === "object" && value !== null && #aborted in value;
    const isAborted = (signal) => signal.#aborted;
    /** https://dom.spec.whatwg.org/#abortsignal-add */
    const addAlgorithm = (signal, steps) => {
      if (signal.#aborted) return;
      SetPrototypeAdd((signal.#algorithms ??= new Set()), steps);
      if (signal.#dependent || signal.#timeout !== null) signal.#observe();
    };
    abortSignalInternals = ObjectFreeze({
      isAbortSignal,
      isAborted,
      reason: (signal) => signal.#reason,
      addAlgorithm,
      /** https://dom.spec.whatwg.org/#abortsignal-remove */
      removeAlgorithm(signal, steps) {
        if (signal.#algorithms === null) return;
        SetPrototypeDelete(signal.#algorithms, steps);
      },
      /** A signal for a controller or for the platform itself. */
      create: () => new AbortSignal(webidl.internalKey),
      /** Aborts `signal`; an undefined reason becomes an AbortError. */
      abort: (signal, reason) => signal.#abort(reason),
      /** As `AbortSignal.any`, for an array that needs no conversion. */
      any: (signals) => AbortSignal.#createDependent(signals),
      /** A signal that follows `signal`, as `new Request` makes one. */
      follow: (signal) => AbortSignal.#createDependent([signal]),
    });
    setSignalHooks({
      isAbortSignal,
      isAborted,
      addAlgorithm,
      listened(signal) {
        if (signal.#dependent || signal.#timeout !== null) signal.#observe();
      },
    });
  }
}

function run(steps) {
  steps();
}

function orAbortError(reason) {
  return reason === undefined ? new DOMException("The operation was aborted", "AbortError") : reason;
}

const convertSignals = webidl.sequence(webidl.interfaceType("AbortSignal", abortSignalInternals.isAbortSignal));

defineEventHandler(AbortSignal, "abort");
webidl.configureInterface("AbortSignal", AbortSignal);
