// @ts-check
// The queues inside streams: a ring buffer, and one that also keeps the size of each value.
// Spec: https://streams.spec.whatwg.org/#queue-with-sizes
//
// Invariants: `items` has a power-of-two length (or none), and every slot exists, so that an index write never
// reaches a setter on a patched Array.prototype.

import { primordials } from "transom:internal/primordials";

const { RangeError, unlink } = primordials;

const NOTHING = [];

/** First in, first out, without shifting. */
export class Queue {
  constructor() {
    this.items = NOTHING;
    this.head = 0;
    this.length = 0;
  }

  push(value) {
    if (this.length === this.items.length) this.grow();
    this.items[(this.head + this.length) & (this.items.length - 1)] = value;
    this.length++;
  }

  /** Removes and returns the oldest value. The queue must not be empty. */
  shift() {
    const { items, head } = this;
    const value = items[head];
    items[head] = undefined;
    this.head = (head + 1) & (items.length - 1);
    this.length--;
    return value;
  }

  /** The oldest value. The queue must not be empty. */
  peek() {
    return this.items[this.head];
  }

  clear() {
    this.items = NOTHING;
    this.head = 0;
    this.length = 0;
  }

  grow() {
    const { items, head, length } = this;
    if (length === 0) {
      this.items = [undefined, undefined, undefined, undefined];
      return;
    }
    const larger = [];
    for (let i = 0; i < length; i++) larger[i] = items[(head + i) & (length - 1)];
    for (let i = length; i < 2 * length; i++) larger[i] = undefined;
    this.items = larger;
    this.head = 0;
  }
}
unlink(Queue);

/** A queue whose values have sizes, with their running total. */
export class SizedQueue extends Queue {
  constructor() {
    super();
    this.total = 0;
    /** Sizes in parallel, or null while every size is 1. */
    this.sizes = null;
  }

  /** https://streams.spec.whatwg.org/#enqueue-value-with-size */
  enqueue(value, size) {
    if (size !== 1) {
      // The one comparison chain also refuses NaN.
      if (typeof size !== "number" || !(size >= 0 && size < Infinity)) {
        throw new RangeError("The size of a chunk must be a finite, non-negative number");
      }
      if (this.sizes === null) {
        this.sizes = new Queue();
        for (let i = 0; i < this.length; i++) this.sizes.push(1);
      }
    }
    if (this.sizes !== null) this.sizes.push(size);
    this.total += size;
    this.push(value);
  }

  /** https://streams.spec.whatwg.org/#dequeue-value */
  dequeue() {
    this.total -= this.sizes === null ? 1 : this.sizes.shift();
    if (this.total < 0) this.total = 0; // Rounding errors of fractional sizes.
    return this.shift();
  }

  /** https://streams.spec.whatwg.org/#reset-queue */
  reset() {
    this.clear();
    this.total = 0;
    this.sizes = null;
  }
}
