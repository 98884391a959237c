// @ts-check
// Histograms of node:perf_hooks: how often each duration occurred.
// Reference: https://nodejs.org/docs/latest-v22.x/api/perf_hooks.html#class-histogram

import { codes } from "transom:internal/node/errors";
import { validateInteger, validateNumber, validateObject } from "transom:internal/node/errors/validators";
import { ops } from "transom:internal/ops";
import { setInterval, clearInterval } from "transom:internal/scheduling/timers";

const { ERR_ILLEGAL_CONSTRUCTOR, ERR_INVALID_ARG_TYPE, ERR_INVALID_THIS, ERR_OUT_OF_RANGE } = codes;
/** Who has it may make histograms. */
const key = {};

export class Histogram {
  #counts = new Map();
  #count = 0;
  #exceeds = 0;
  #limits;

  constructor(own, limits) {
    if (own !== key) throw new ERR_ILLEGAL_CONSTRUCTOR();
    this.#limits = limits;
  }

  /** Adds one duration. */
  static add(histogram, value) {
    if (value < histogram.#limits.lowest || value > histogram.#limits.highest) {
      histogram.#exceeds++;
      return;
    }
    histogram.#counts.set(value, (histogram.#counts.get(value) ?? 0) + 1);
    histogram.#count++;
  }

  static merge(into, other) {
    for (const [value, count] of other.#counts) into.#counts.set(value, (into.#counts.get(value) ?? 0) + count);
    into.#count += other.#count;
    into.#exceeds += other.#exceeds;
  }

  #sorted() {
    if (!(#counts in this)) throw new ERR_INVALID_THIS("Histogram");
    return [...this.#counts.keys()].sort((a, b) => a - b);
  }

  get count() {
    return this.#count;
  }

  get countBigInt() {
    return BigInt(this.#count);
  }

  get exceeds() {
    return this.#exceeds;
  }

  get exceedsBigInt() {
    return BigInt(this.#exceeds);
  }

  get min() {
    return this.#sorted()[0] ?? 9223372036854776000;
  }

  get minBigInt() {
    return this.#count === 0 ? 9223372036854775807n : BigInt(this.min);
  }

  get max() {
    return this.#sorted().at(-1) ?? 0;
  }

  get maxBigInt() {
    return BigInt(this.max);
  }

  get mean() {
    let sum = 0;
    for (const [value, count] of this.#counts) sum += value * count;
    return sum / this.#count;
  }

  get stddev() {
    const { mean } = this;
    let sum = 0;
    for (const [value, count] of this.#counts) sum += (value - mean) ** 2 * count;
    return Math.sqrt(sum / this.#count);
  }

  percentile(percentile) {
    validateNumber(percentile, "percentile");
    if (!(percentile > 0 && percentile <= 100)) throw new ERR_OUT_OF_RANGE("percentile", "> 0 && <= 100", percentile);
    let seen = 0;
    for (const value of this.#sorted()) {
      seen += this.#counts.get(value);
      if (seen >= (this.#count * percentile) / 100) return value;
    }
    return 0;
  }

  percentileBigInt(percentile) {
    return BigInt(this.percentile(percentile));
  }

  get percentiles() {
    const result = new Map();
    let seen = 0;
    for (const value of this.#sorted()) {
      seen += this.#counts.get(value);
      result.set((seen / this.#count) * 100, value);
    }
    if (!result.has(100)) result.set(100, this.max);
    return result;
  }

  get percentilesBigInt() {
    return new Map([...this.percentiles].map(([percentile, value]) => [percentile, BigInt(value)]));
  }

  reset() {
    this.#counts.clear();
    this.#count = 0;
    this.#exceeds = 0;
  }

  toJSON() {
    const { count, min, max, mean, exceeds, stddev, percentiles } = this;
    return { count, min, max, mean, exceeds, stddev, percentiles: Object.fromEntries(percentiles) };
  }
}
const { add, merge } = Histogram;
for (const name of ["add", "merge"]) delete (/** @type {any} */ (Histogram))[name];

export class RecordableHistogram extends Histogram {
  #previous;

  record(value) {
    if (typeof value === "bigint") {
      add(this, Number(value));
      return;
    }
    validateInteger(value, "val", 1);
    add(this, value);
  }

  recordDelta() {
    const now = ops.performance_now() * 1e6;
    if (this.#previous !== undefined) add(this, Math.round(now - this.#previous));
    this.#previous = now;
  }

  add(other) {
    if (!(other instanceof Histogram)) throw new ERR_INVALID_ARG_TYPE("other", "RecordableHistogram", other);
    merge(this, other);
  }
}

export function createHistogram(options = {}) {
  validateObject(options, "options");
  const { lowest = 1, highest = Number.MAX_SAFE_INTEGER, figures = 3 } = options;
  if (typeof lowest !== "bigint") validateInteger(lowest, "options.lowest", 1, Number.MAX_SAFE_INTEGER);
  if (typeof highest !== "bigint") validateInteger(highest, "options.highest", 2 * Number(lowest), Number.MAX_SAFE_INTEGER);
  validateInteger(figures, "options.figures", 1, 5);
  return new RecordableHistogram(key, { lowest: Number(lowest), highest: Number(highest) });
}

/** How much later than asked for timers fire, in nanoseconds. */
class EventLoopDelay extends Histogram {
  #timer = null;
  #resolution;

  constructor(own, resolution) {
    super(own, { lowest: 1, highest: 3.6e12 });
    this.#resolution = resolution;
  }

  enable() {
    if (this.#timer !== null) return false;
    let expected = ops.performance_now() + this.#resolution;
    this.#timer = setInterval(() => {
      const now = ops.performance_now();
      add(this, Math.max(1, Math.round((now - expected + this.#resolution) * 1e6)));
      expected = now + this.#resolution;
    }, this.#resolution);
    return true;
  }

  disable() {
    if (this.#timer === null) return false;
    clearInterval(this.#timer);
    this.#timer = null;
    return true;
  }
}

export function monitorEventLoopDelay(options = {}) {
  validateObject(options, "options");
  const { resolution = 10 } = options;
  validateInteger(resolution, "options.resolution", 1);
  return new EventLoopDelay(key, resolution);
}
