// @ts-check
// PerformanceEntry, PerformanceMark, PerformanceMeasure.
// Spec: https://w3c.github.io/performance-timeline/#dom-performanceentry and https://w3c.github.io/user-timing/

import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";
import { structuredCloneValue } from "transom:internal/structured_clone/structured_clone";
import * as webidl from "transom:internal/webidl/webidl";

const { TypeError } = primordials;

/** https://w3c.github.io/performance-timeline/#dom-performanceentry */
export class PerformanceEntry {
  #name;
  #entryType;
  #startTime;
  #duration;

  constructor(key = undefined, name = undefined, entryType = undefined, startTime = undefined, duration = undefined) {
    webidl.requireInternal(key);
    this.#name = name;
    this.#entryType = entryType;
    this.#startTime = startTime;
    this.#duration = duration;
  }

  /** https://w3c.github.io/performance-timeline/#dom-performanceentry-name */
  get name() {
    return this.#name;
  }

  /** https://w3c.github.io/performance-timeline/#dom-performanceentry-entrytype */
  get entryType() {
    return this.#entryType;
  }

  /** https://w3c.github.io/performance-timeline/#dom-performanceentry-starttime */
  get startTime() {
    return this.#startTime;
  }

  /** https://w3c.github.io/performance-timeline/#dom-performanceentry-duration */
  get duration() {
    return this.#duration;
  }

  /** https://w3c.github.io/performance-timeline/#dom-performanceentry-tojson */
  toJSON() {
    return { name: this.#name, entryType: this.#entryType, startTime: this.#startTime, duration: this.#duration };
  }
}

const convertMarkOptions = webidl.dictionary("PerformanceMarkOptions", [
  { key: "detail", convert: webidl.any },
  { key: "startTime", convert: webidl.double },
]);

/** A copy of the detail, null when there is none. */
function copyDetail(detail) {
  return detail === undefined || detail === null ? null : structuredCloneValue(detail);
}

/** https://w3c.github.io/user-timing/#dom-performancemark */
export class PerformanceMark extends PerformanceEntry {
  #detail;

  /** https://w3c.github.io/user-timing/#the-performancemark-constructor */
  constructor(markName, markOptions = undefined) {
    webidl.requireArguments("PerformanceMark constructor", arguments.length, 1);
    const name = webidl.DOMString(markName, "PerformanceMark constructor: argument 1");
    const { detail, startTime } = convertMarkOptions(markOptions, "PerformanceMark constructor: argument 2");
    if (startTime < 0) throw new TypeError("PerformanceMark constructor: `startTime` must not be negative");
    super(webidl.internalKey, name, "mark", startTime ?? ops.performance_now(), 0);
    this.#detail = copyDetail(detail);
  }

  /** https://w3c.github.io/user-timing/#dom-performancemark-detail */
  get detail() {
    return this.#detail;
  }
}

/** https://w3c.github.io/user-timing/#dom-performancemeasure */
export class PerformanceMeasure extends PerformanceEntry {
  #detail;

  constructor(key = undefined, name = undefined, startTime = undefined, duration = undefined, detail = undefined) {
    super(key, name, "measure", startTime, duration);
    this.#detail = copyDetail(detail);
  }

  /** https://w3c.github.io/user-timing/#dom-performancemeasure-detail */
  get detail() {
    return this.#detail;
  }
}

webidl.configureInterface("PerformanceEntry", PerformanceEntry);
webidl.configureInterface("PerformanceMark", PerformanceMark);
webidl.configureInterface("PerformanceMeasure", PerformanceMeasure);
