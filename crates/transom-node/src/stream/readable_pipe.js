// @ts-check
// `pipe` and `unpipe` of Readable.

import { nextTick } from "transom:internal/node/process/next_tick";
import { errorOrDestroy } from "transom:internal/node/stream/destroy";
import { prependListener } from "transom:internal/node/stream/legacy";

/** Sends what `source` gives to `destination`, as fast as that takes it. */
export function pipe(source, destination, options) {
  const state = source._readableState;
  if (state.pipes.length === 1 && !state.multiAwaitDrain) {
    state.multiAwaitDrain = true;
    state.awaitDrainWriters = new Set(state.awaitDrainWriters ? [state.awaitDrainWriters] : []);
  }
  state.pipes.push(destination);
  return new Pipe(source, destination, state).start(options);
}

class Pipe {
  constructor(source, destination, state) {
    this.source = source;
    this.destination = destination;
    this.state = state;
    this.cleanedUp = false;
    this.onDrain = null;
    this.onEnd = () => destination.end();
    this.unpipe = () => source.unpipe(destination);
    this.onData = (chunk) => {
      if (destination.write(chunk) === false) this.wait();
    };
    this.onUnpipe = (readable, info) => {
      if (readable !== source || !info || info.hasUnpiped) return;
      info.hasUnpiped = true;
      this.cleanUp();
    };
    this.onError = (error) => this.fail(error);
    this.onClose = () => {
      destination.removeListener("finish", this.onFinish);
      this.unpipe();
    };
    this.onFinish = () => {
      destination.removeListener("close", this.onClose);
      this.unpipe();
    };
  }

  start(options) {
    const { source, destination, state } = this;
    const isEnding = (!options || options.end !== false) && !destination._isStdio;
    const atEnd = isEnding ? this.onEnd : this.unpipe;
    if (state.endEmitted) nextTick(atEnd);
    else source.once("end", atEnd);
    destination.on("unpipe", this.onUnpipe);
    source.on("data", this.onData);
    // Before the listeners of others, which may throw.
    prependListener(destination, "error", this.onError);
    destination.once("close", this.onClose);
    destination.once("finish", this.onFinish);
    destination.emit("pipe", source);
    if (destination.writableNeedDrain === true) this.wait();
    else if (!state.flowing) source.resume();
    return destination;
  }

  /** Pauses the source until the destination is drained. */
  wait() {
    const { source, destination, state } = this;
    if (!this.cleanedUp) {
      if (state.pipes.length === 1 && state.pipes[0] === destination) {
        state.awaitDrainWriters = destination;
        state.multiAwaitDrain = false;
      } else if (state.pipes.length > 1 && state.pipes.includes(destination)) {
        state.awaitDrainWriters.add(destination);
      }
      source.pause();
    }
    if (this.onDrain !== null) return;
    this.onDrain = () => {
      if (state.awaitDrainWriters === destination) state.awaitDrainWriters = null;
      else if (state.multiAwaitDrain) state.awaitDrainWriters.delete(destination);
      const isWaiting = state.awaitDrainWriters && state.awaitDrainWriters.size !== 0;
      if (!isWaiting && source.listenerCount("data")) source.resume();
    };
    destination.on("drain", this.onDrain);
  }

  fail(error) {
    const { destination } = this;
    this.unpipe();
    destination.removeListener("error", this.onError);
    if (destination.listenerCount("error") !== 0) return;
    const state = destination._writableState || destination._readableState;
    if (state && !state.errorEmitted) errorOrDestroy(destination, error);
    else destination.emit("error", error);
  }

  cleanUp() {
    const { source, destination, state } = this;
    destination.removeListener("close", this.onClose);
    destination.removeListener("finish", this.onFinish);
    if (this.onDrain !== null) destination.removeListener("drain", this.onDrain);
    destination.removeListener("error", this.onError);
    destination.removeListener("unpipe", this.onUnpipe);
    source.removeListener("end", this.onEnd);
    source.removeListener("end", this.unpipe);
    source.removeListener("data", this.onData);
    this.cleanedUp = true;
    // Otherwise the other destinations would wait for this one.
    const isOver = !destination._writableState || destination._writableState.needDrain;
    if (this.onDrain !== null && state.awaitDrainWriters && isOver) this.onDrain();
  }
}

/** Takes off one destination, or all. */
export function unpipe(source, destination) {
  const state = source._readableState;
  if (state.pipes.length === 0) return source;
  if (!destination) {
    const all = state.pipes;
    state.pipes = [];
    source.pause();
    for (const one of all) one.emit("unpipe", source, { hasUnpiped: false });
    return source;
  }
  const index = state.pipes.indexOf(destination);
  if (index === -1) return source;
  state.pipes.splice(index, 1);
  if (state.pipes.length === 0) source.pause();
  destination.emit("unpipe", source, { hasUnpiped: false });
  return source;
}
