// @ts-check
// Stream: what all streams derive from, with the `pipe` of old streams.

import { EventEmitter } from "transom:internal/node/events/emitter";
import { primordials } from "transom:internal/primordials";

const { ArrayIsArray, ObjectSetPrototypeOf } = primordials;

export function Stream(options) {
  EventEmitter.call(this, options);
}
ObjectSetPrototypeOf(Stream.prototype, EventEmitter.prototype);
ObjectSetPrototypeOf(Stream, EventEmitter);

Stream.prototype.pipe = function pipe(destination, options) {
  const source = this;
  function data(chunk) {
    if (destination.writable && destination.write(chunk) === false && source.pause) source.pause();
  }
  function drain() {
    if (source.readable && source.resume) source.resume();
  }
  let ended = false;
  function end() {
    if (ended) return;
    ended = true;
    destination.end();
  }
  function close() {
    if (ended) return;
    ended = true;
    if (typeof destination.destroy === "function") destination.destroy();
  }
  function failed(error) {
    cleanup();
    if (EventEmitter.prototype.listenerCount.call(this, "error") === 0) this.emit("error", error);
  }
  function cleanup() {
    source.removeListener("data", data);
    destination.removeListener("drain", drain);
    source.removeListener("end", end);
    source.removeListener("close", close);
    source.removeListener("error", failed);
    destination.removeListener("error", failed);
    source.removeListener("end", cleanup);
    source.removeListener("close", cleanup);
    destination.removeListener("close", cleanup);
  }
  source.on("data", data);
  destination.on("drain", drain);
  if (!destination._isStdio && (!options || options.end !== false)) {
    source.on("end", end);
    source.on("close", close);
  }
  prependListener(source, "error", failed);
  prependListener(destination, "error", failed);
  source.on("end", cleanup);
  source.on("close", cleanup);
  destination.on("close", cleanup);
  destination.emit("pipe", source);
  return destination;
};

Stream.prototype.eventNames = function eventNames() {
  const names = [];
  for (const key of Reflect.ownKeys(this._events)) if (this._events[key] !== undefined) names.push(key);
  return names;
};

/** Also for emitters of other packages, which may lack the method. */
export function prependListener(emitter, event, listener) {
  if (typeof emitter.prependListener === "function") {
    emitter.prependListener(event, listener);
  } else if (!emitter._events?.[event]) {
    emitter.on(event, listener);
  } else if (ArrayIsArray(emitter._events[event])) {
    emitter._events[event].unshift(listener);
  } else {
    emitter._events[event] = [listener, emitter._events[event]];
  }
}
