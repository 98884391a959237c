// @ts-check
// DOMException.
// Spec: https://webidl.spec.whatwg.org/#idl-DOMException
//
// Instances are real Error objects (they have a stack, `Error.isError` is true), made by constructing an Error with
// the DOMException prototype and stamping private state on it.

import { primordials } from "transom:internal/primordials";
import { configureInterface, DOMString } from "transom:internal/webidl/webidl";

const { Error, ErrorPrototype, ObjectFreeze, ObjectSetPrototypeOf, ReflectConstruct } = primordials;

// https://webidl.spec.whatwg.org/#idl-DOMException-error-names
const codes = ObjectFreeze({
  __proto__: null,
  IndexSizeError: 1,
  HierarchyRequestError: 3,
  WrongDocumentError: 4,
  InvalidCharacterError: 5,
  NoModificationAllowedError: 7,
  NotFoundError: 8,
  NotSupportedError: 9,
  InUseAttributeError: 10,
  InvalidStateError: 11,
  SyntaxError: 12,
  InvalidModificationError: 13,
  NamespaceError: 14,
  InvalidAccessError: 15,
  TypeMismatchError: 17,
  SecurityError: 18,
  NetworkError: 19,
  AbortError: 20,
  URLMismatchError: 21,
  QuotaExceededError: 22,
  TimeoutError: 23,
  InvalidNodeTypeError: 24,
  DataCloneError: 25,
});

const constants = {
  INDEX_SIZE_ERR: 1,
  DOMSTRING_SIZE_ERR: 2,
  HIERARCHY_REQUEST_ERR: 3,
  WRONG_DOCUMENT_ERR: 4,
  INVALID_CHARACTER_ERR: 5,
  NO_DATA_ALLOWED_ERR: 6,
  NO_MODIFICATION_ALLOWED_ERR: 7,
  NOT_FOUND_ERR: 8,
  NOT_SUPPORTED_ERR: 9,
  INUSE_ATTRIBUTE_ERR: 10,
  INVALID_STATE_ERR: 11,
  SYNTAX_ERR: 12,
  INVALID_MODIFICATION_ERR: 13,
  NAMESPACE_ERR: 14,
  INVALID_ACCESS_ERR: 15,
  VALIDATION_ERR: 16,
  TYPE_MISMATCH_ERR: 17,
  SECURITY_ERR: 18,
  NETWORK_ERR: 19,
  ABORT_ERR: 20,
  URL_MISMATCH_ERR: 21,
  QUOTA_EXCEEDED_ERR: 22,
  TIMEOUT_ERR: 23,
  INVALID_NODE_TYPE_ERR: 24,
  DATA_CLONE_ERR: 25,
};

/** Returns the error it is given, so that a subclass puts its private fields on that error. */
class Identity {
  constructor(error) {
    return error;
  }
}

class State extends Identity {
  #message;
  #name;

  constructor(error, message, name) {
    super(error);
    this.#message = message;
    this.#name = name;
  }

  static is(value) {
    return typeof value === "object" && value !== null && #name in value;
  }

  static message(error) {
    return error.#message;
  }

  static nameOf(error) {
    return error.#name;
  }
}

/** https://webidl.spec.whatwg.org/#idl-DOMException */
export class DOMException {
  /** https://webidl.spec.whatwg.org/#dom-domexception-domexception */
  constructor(message = "", name = "Error") {
    message = DOMString(message, "DOMException constructor: argument 1");
    name = DOMString(name, "DOMException constructor: argument 2");
    const error = ReflectConstruct(Error, [], new.target);
    new State(error, message, name);
    return error;
  }

  /** https://webidl.spec.whatwg.org/#dom-domexception-name */
  get name() {
    return State.nameOf(this);
  }

  /** https://webidl.spec.whatwg.org/#dom-domexception-message */
  get message() {
    return State.message(this);
  }

  /** https://webidl.spec.whatwg.org/#dom-domexception-code */
  get code() {
    return codes[State.nameOf(this)] ?? 0;
  }
}

/** Whether `value` is a DOMException, whatever its prototype says. */
export const isDOMException = State.is;

ObjectSetPrototypeOf(DOMException.prototype, ErrorPrototype);
configureInterface("DOMException", DOMException, constants);
