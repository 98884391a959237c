// @ts-check
// Values that follow the flow of asynchronous code: AsyncContext.Variable, AsyncContext.Snapshot.
// Spec: https://github.com/tc39/proposal-async-context
//
// The engine carries one object with every job, promise reaction and native callback (`ops.context_get`,
// `ops.context_set`). That object is a Mapping here: immutable, so that sharing it is free; a flow that sets a
// variable goes on with a new one.

import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";
import * as webidl from "transom:internal/webidl/webidl";

const { ObjectFreeze, ReflectApply, unlink } = primordials;

/** Variables and their values. There are few of them, so a flat copy beats any tree. */
class Mapping {
  constructor(entries) {
    /** Variable, value, variable, value, … */
    this.entries = entries;
  }

  find(variable) {
    const { entries } = this;
    for (let i = 0; i < entries.length; i += 2) if (entries[i] === variable) return i;
    return -1;
  }

  with(variable, value) {
    const entries = [];
    let replaced = false;
    for (let i = 0; i < this.entries.length; i += 2) {
      const same = this.entries[i] === variable;
      entries[i] = this.entries[i];
      entries[i + 1] = same ? value : this.entries[i + 1];
      replaced ||= same;
    }
    if (!replaced) {
      entries[entries.length] = variable;
      entries[entries.length] = value;
    }
    return new Mapping(entries);
  }

  without(variable) {
    const entries = [];
    for (let i = 0; i < this.entries.length; i += 2) {
      if (this.entries[i] === variable) continue;
      entries[entries.length] = this.entries[i];
      entries[entries.length] = this.entries[i + 1];
    }
    return new Mapping(entries);
  }
}
unlink(Mapping);

const EMPTY = new Mapping([]);

function current() {
  return ops.context_get() ?? EMPTY;
}

/** Runs `callback` with `mapping` current, and the former one again afterwards. */
function runIn(mapping, callback, thisArg, args) {
  const outer = ops.context_get();
  ops.context_set(mapping);
  try {
    return ReflectApply(callback, thisArg, args);
  } finally {
    ops.context_set(outer);
  }
}

/** One value per flow of asynchronous code. */
export class Variable {
  #name;
  #defaultValue;

  constructor(options = undefined) {
    this.#name = options?.name === undefined ? "" : webidl.DOMString(options.name, "AsyncContext.Variable: name");
    this.#defaultValue = options?.defaultValue;
  }

  /** For messages only. */
  get name() {
    return this.#name;
  }

  /** The value in the current flow, or the default one. */
  get() {
    const mapping = current();
    const at = mapping.find(this);
    return at < 0 ? this.#defaultValue : mapping.entries[at + 1];
  }

  /** Calls `callback(...args)`; in it, and in everything it starts, this variable is `value`. */
  run(value, callback, ...args) {
    this.#name; // Brand check.
    webidl.callbackFunction(callback, "AsyncContext.Variable.run: argument 2");
    return runIn(current().with(this, value), callback, undefined, args);
  }
}

/** The values of all variables at one moment. */
export class Snapshot {
  #mapping = ops.context_get();

  /** Returns a function that calls `callback` with the variables as they are now. */
  static wrap(callback) {
    webidl.callbackFunction(callback, "AsyncContext.Snapshot.wrap: argument 1");
    const mapping = ops.context_get();
    return function (...args) {
      return runIn(mapping, callback, this, args);
    };
  }

  /** Calls `callback(...args)` with the variables as they were when the snapshot was taken. */
  run(callback, ...args) {
    const mapping = this.#mapping;
    webidl.callbackFunction(callback, "AsyncContext.Snapshot.run: argument 1");
    return runIn(mapping, callback, undefined, args);
  }
}

/** What AsyncLocalStorage and the platform use. `variable` may be any object. */
export const asyncContextInternals = ObjectFreeze({
  /** The value of `variable` in the current flow, or undefined. */
  get(variable) {
    const mapping = ops.context_get();
    if (mapping === undefined || mapping === null) return undefined;
    const at = mapping.find(variable);
    return at < 0 ? undefined : mapping.entries[at + 1];
  },
  /** Sets `variable` for the rest of the current flow. */
  enter: (variable, value) => ops.context_set(current().with(variable, value)),
  /** Takes `variable` out of the current flow. */
  leave: (variable) => ops.context_set(current().without(variable)),
  run: (variable, value, callback, args) => runIn(current().with(variable, value), callback, undefined, args),
  runWithout: (variable, callback, args) => runIn(current().without(variable), callback, undefined, args),
  /** A mapping with just these (variable, value, variable, value, …), for the start of a new flow. */
  fresh: (entries) => new Mapping(entries),
});

webidl.configureInterface("AsyncContext.Variable", Variable);
webidl.configureInterface("AsyncContext.Snapshot", Snapshot);
