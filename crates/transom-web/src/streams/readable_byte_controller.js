// @ts-check
// ReadableByteStreamController and ReadableStreamBYOBRequest. Behind them: byte_controller_state.js.
// Spec: https://streams.spec.whatwg.org/#rbs-controller-class and #rs-byob-request-class

import { primordials } from "transom:internal/primordials";
import * as webidl from "transom:internal/webidl/webidl";

const { TypeError, unlink } = primordials;

let invalidate;

/** https://streams.spec.whatwg.org/#rs-byob-request-class */
export class ReadableStreamBYOBRequest {
  #controller;
  #view;

  constructor(key = undefined, controller = undefined, view = undefined) {
    webidl.requireInternal(key);
    this.#controller = controller;
    this.#view = view;
  }

  /** https://streams.spec.whatwg.org/#rs-byob-request-view */
  get view() {
    return this.#view;
  }

  /** https://streams.spec.whatwg.org/#rs-byob-request-respond */
  respond(bytesWritten) {
    this.#view; // Brand check.
    webidl.requireArguments("ReadableStreamBYOBRequest.respond", arguments.length, 1);
    const count = webidl.unsignedLongLong(bytesWritten, "ReadableStreamBYOBRequest.respond: argument 1", enforceRange);
    if (this.#controller === null) throw new TypeError("This BYOB request has been answered already");
    if (webidl.isDetached(webidl.viewBuffer(this.#view))) throw new TypeError("The request's buffer is detached");
    this.#controller.respond(count);
  }

  /** https://streams.spec.whatwg.org/#rs-byob-request-respond-with-new-view */
  respondWithNewView(view) {
    this.#view; // Brand check.
    webidl.requireArguments("ReadableStreamBYOBRequest.respondWithNewView", arguments.length, 1);
    webidl.ArrayBufferView(view, "ReadableStreamBYOBRequest.respondWithNewView: argument 1");
    if (this.#controller === null) throw new TypeError("This BYOB request has been answered already");
    if (webidl.isDetached(webidl.viewBuffer(view))) throw new TypeError("The view's buffer is detached");
    this.#controller.respondWithNewView(view);
  }

  static {
    invalidate = (request) => {
      request.#controller = null;
      request.#view = null;
    };
  }
}

const enforceRange = { enforceRange: true };

/** What the controller keeps of the request it handed out. */
class ByobRequestState {
  constructor(controller) {
    this.object = new ReadableStreamBYOBRequest(webidl.internalKey, controller, controller.pendingView());
  }

  invalidate() {
    invalidate(this.object);
  }
}
unlink(ByobRequestState);

/** https://streams.spec.whatwg.org/#rbs-controller-class */
export class ReadableByteStreamController {
  #controller;

  constructor(key = undefined, controller = undefined) {
    webidl.requireInternal(key);
    this.#controller = controller;
  }

  /** https://streams.spec.whatwg.org/#rbs-controller-byob-request */
  get byobRequest() {
    const controller = this.#controller;
    if (controller.byobRequest === null) {
      if (controller.pending.length === 0) return null;
      controller.byobRequest = new ByobRequestState(controller);
    }
    return controller.byobRequest.object;
  }

  /** https://streams.spec.whatwg.org/#rbs-controller-desired-size */
  get desiredSize() {
    return this.#controller.desiredSize;
  }

  /** https://streams.spec.whatwg.org/#rbs-controller-close */
  close() {
    const controller = this.#controller;
    if (!controller.canCloseOrEnqueue) throw new TypeError("The stream is closed or errored and cannot be closed");
    controller.requestClose();
  }

  /** https://streams.spec.whatwg.org/#rbs-controller-enqueue */
  enqueue(chunk) {
    const controller = this.#controller;
    webidl.requireArguments("ReadableByteStreamController.enqueue", arguments.length, 1);
    webidl.ArrayBufferView(chunk, "ReadableByteStreamController.enqueue: argument 1");
    if (webidl.viewByteLength(chunk) === 0) throw new TypeError("The chunk is empty or its buffer is detached");
    if (!controller.canCloseOrEnqueue) throw new TypeError("The stream is closed or errored and takes no more chunks");
    controller.enqueue(chunk);
  }

  /** https://streams.spec.whatwg.org/#rbs-controller-error */
  error(reason = undefined) {
    this.#controller.error(reason);
  }
}

/** The object that scripts see for `controller`. */
export function byteControllerObject(controller) {
  return (controller.wrapper ??= new ReadableByteStreamController(webidl.internalKey, controller));
}

webidl.configureInterface("ReadableStreamBYOBRequest", ReadableStreamBYOBRequest);
webidl.configureInterface("ReadableByteStreamController", ReadableByteStreamController);
