// @ts-check
// ByteLengthQueuingStrategy, CountQueuingStrategy and what streams take from a strategy.
// Spec: https://streams.spec.whatwg.org/#qs

import { primordials } from "transom:internal/primordials";
import * as webidl from "transom:internal/webidl/webidl";

const { RangeError, TypeError, unlink } = primordials;

const convertInit = webidl.dictionary("QueuingStrategyInit", [
  { key: "highWaterMark", convert: webidl.unrestrictedDouble, required: true },
]);

// Both are one function for all instances: https://streams.spec.whatwg.org/#byte-length-queuing-strategy-size-function
const { byteLengthSize, countSize } = {
  byteLengthSize: {
    size(chunk) {
      return chunk.byteLength;
    },
  }.size,
  countSize: {
    size() {
      return 1;
    },
  }.size,
};

/** https://streams.spec.whatwg.org/#blqs-class */
export class ByteLengthQueuingStrategy {
  #highWaterMark;

  constructor(init) {
    webidl.requireArguments("ByteLengthQueuingStrategy constructor", arguments.length, 1);
    this.#highWaterMark = convertInit(init, "ByteLengthQueuingStrategy constructor: argument 1").highWaterMark;
  }

  /** https://streams.spec.whatwg.org/#blqs-high-water-mark */
  get highWaterMark() {
    return this.#highWaterMark;
  }

  /** https://streams.spec.whatwg.org/#blqs-size */
  get size() {
    this.#highWaterMark; // Brand check.
    return byteLengthSize;
  }
}

/** https://streams.spec.whatwg.org/#cqs-class */
export class CountQueuingStrategy {
  #highWaterMark;

  constructor(init) {
    webidl.requireArguments("CountQueuingStrategy constructor", arguments.length, 1);
    this.#highWaterMark = convertInit(init, "CountQueuingStrategy constructor: argument 1").highWaterMark;
  }

  /** https://streams.spec.whatwg.org/#cqs-high-water-mark */
  get highWaterMark() {
    return this.#highWaterMark;
  }

  /** https://streams.spec.whatwg.org/#cqs-size */
  get size() {
    this.#highWaterMark; // Brand check.
    return countSize;
  }
}

/** What a stream keeps of a QueuingStrategy. Undefined means "not given"; a count has no function to call. */
export class Strategy {
  constructor(highWaterMark, size) {
    this.highWaterMark = highWaterMark;
    this.size = size;
  }

  /** https://streams.spec.whatwg.org/#validate-and-normalize-high-water-mark */
  highWaterMarkOr(defaultMark) {
    const mark = this.highWaterMark;
    if (mark === undefined) return defaultMark;
    if (!(mark >= 0)) throw new RangeError("The high water mark must be a non-negative number");
    return mark;
  }

  /** https://streams.spec.whatwg.org/#make-size-algorithm-from-size-function. Null stands for "always 1". */
  sizeAlgorithm() {
    return this.size === undefined || this.size === countSize ? null : this.size;
  }
}
unlink(Strategy);

const noStrategy = new Strategy(undefined, undefined);

/** https://streams.spec.whatwg.org/#dictdef-queuingstrategy */
export function convertStrategy(value, context) {
  if (value === undefined || value === null) return noStrategy;
  if (!webidl.isObject(value)) throw new TypeError(`${context} is not an object`);
  const mark = value.highWaterMark;
  const highWaterMark = mark === undefined ? undefined : webidl.unrestrictedDouble(mark, `${context}: highWaterMark`);
  const { size } = value;
  if (size !== undefined) webidl.callbackFunction(size, `${context}: size`);
  return new Strategy(highWaterMark, size);
}

webidl.configureInterface("ByteLengthQueuingStrategy", ByteLengthQueuingStrategy);
webidl.configureInterface("CountQueuingStrategy", CountQueuingStrategy);
