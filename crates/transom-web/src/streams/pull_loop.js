// @ts-check
// When a source is pulled: what both kinds of readable controllers share.
// Spec: https://streams.spec.whatwg.org/#readable-stream-default-controller-call-pull-if-needed and the same for bytes
//
// The specification lets a microtask pass between two pulls. When the microtask queue is empty at the end of one of
// ours, the next would run at once, so the loop here goes on without asking the engine for a job: a source that
// answers every pull at once costs no promise reaction per chunk, and no script can tell.

import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";
import { react } from "transom:internal/streams/promises";
import { DEFERRED } from "transom:internal/streams/readable_state";
import { isObject } from "transom:internal/webidl/webidl";

const { PromiseReject, unlink } = primordials;

// An engine that cannot say is taken to have jobs waiting.
const jobsWaiting = ops.jobs_waiting ?? (() => true);

/** The base of both controllers. A subclass has `shouldCallPull()` and `error(reason)`. */
export class PullLoop {
  constructor(stream, source) {
    this.stream = stream;
    /** See readable_state.js; null once the algorithms are cleared. */
    this.source = source;
    this.started = false;
    this.pulling = false;
    this.pullAgain = false;
    /** Whether a microtask of this loop runs, and whether it is to go on. */
    this.inJob = false;
    this.goOn = false;
    this.onSettled = null;
    this.onFailed = null;
    stream.controller = this;
  }

  /** Waits for the result of a source's `start`. */
  start(startResult) {
    this.reactTo(startResult);
  }

  reactTo(result) {
    if (this.inJob && !isObject(result)) {
      this.goOn = true;
      return;
    }
    // One function serves start and pull: nothing is pulled before the start is over.
    this.onSettled ??= () => this.runJob();
    this.onFailed ??= (reason) => this.error(reason);
    react(result, this.onSettled, this.onFailed);
  }

  runJob() {
    this.inJob = true;
    do {
      this.goOn = false;
      this.settled();
    } while (this.goOn && !jobsWaiting());
    this.inJob = false;
    if (!this.goOn) return;
    this.goOn = false;
    this.reactTo(undefined);
  }

  /** The start, or the last pull, is over. */
  settled() {
    if (!this.started) {
      this.started = true;
      this.callPullIfNeeded();
    } else {
      this.pulled();
    }
  }

  /** The last pull is over. */
  pulled() {
    this.pulling = false;
    if (!this.pullAgain) return;
    this.pullAgain = false;
    this.callPullIfNeeded();
  }

  callPullIfNeeded() {
    if (!this.shouldCallPull()) return;
    if (this.pulling) {
      this.pullAgain = true;
      return;
    }
    this.pulling = true;
    let result;
    try {
      result = this.source.pull(this);
    } catch (error) {
      result = PromiseReject(error);
    }
    if (result !== DEFERRED) this.reactTo(result);
  }
}
unlink(PullLoop);
