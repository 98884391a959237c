// @ts-check
// Errors as Node makes them: a class of the language, a `code`, and Node's words. One class for each code.
// Reference: https://nodejs.org/docs/latest-v22.x/api/errors.html#nodejs-error-codes
//
// `new codes.ERR_X(...)` makes an error; what the arguments mean says the row of the table below.

import { argumentText, expectation, inspected, listed, rangeValue, received, shortened } from "transom:internal/node/errors/describe";
import { primordials } from "transom:internal/primordials";

const {
  AggregateError, ArrayIsArray, ArrayPrototypeJoin, ArrayPrototypeMap, Error, JSONStringify,
  ObjectDefineProperty, ObjectFreeze, RangeError, ReflectApply, ReflectConstruct, StringPrototypeIncludes, SyntaxError,
  TypeError, URIError,
} = primordials;

/** A class whose instances are errors of class `Base` with this code; `message` is a text, or makes one. */
function define(Base, code, message) {
  function NodeError(...args) {
    const text = typeof message === "function" ? ReflectApply(message, undefined, args) : message;
    const error = ReflectConstruct(Base, [text], NodeError);
    ObjectDefineProperty(error, "toString", {
      __proto__: null,
      value() {
        return `${this.name} [${code}]: ${this.message}`;
      },
      writable: true, enumerable: false, configurable: true,
    });
    error.code = code;
    return error;
  }
  // Instances are of the class of the language itself: Node's have no class of their own either.
  NodeError.prototype = Base.prototype;
  ObjectDefineProperty(NodeError, "name", { __proto__: null, value: Base.name, configurable: true });
  return NodeError;
}

const invalidValue = (name, value, reason = "is invalid") =>
  `The ${StringPrototypeIncludes(name, ".") ? "property" : "argument"} '${name}' ${reason}. Received ${shortened(value)}`;

/** Code: class and message. Further classes of the same code are made below. */
const TABLE = {
  __proto__: null,
  ERR_AMBIGUOUS_ARGUMENT: [TypeError, (name, reason) => `The "${name}" argument is ambiguous. ${reason}`],
  ERR_ARG_NOT_ITERABLE: [TypeError, (name) => `${name} must be iterable`],
  ERR_ASSERTION: [Error, (message) => message],
  ERR_ASYNC_CALLBACK: [TypeError, (name) => `${name} must be a function`],
  ERR_ASYNC_TYPE: [TypeError, (name) => `Invalid name for async "type": ${name}`],
  ERR_BUFFER_OUT_OF_BOUNDS: [RangeError, (name) => (name ? `"${name}" is outside of buffer bounds` : "Attempt to access memory outside buffer bounds")],
  ERR_BUFFER_TOO_LARGE: [RangeError, (most) => `Cannot create a Buffer larger than ${most} bytes`],
  ERR_CHILD_PROCESS_STDIO_MAXBUFFER: [RangeError, (name) => `${name} maxBuffer length exceeded`],
  ERR_CONSOLE_WRITABLE_STREAM: [TypeError, (name) => `Console expects a writable stream instance for ${name}`],
  ERR_CONTEXT_NOT_INITIALIZED: [Error, "context used is not initialized"],
  ERR_CRYPTO_ECDH_INVALID_FORMAT: [TypeError, (format) => `Invalid ECDH format: ${format}`],
  ERR_CRYPTO_ECDH_INVALID_PUBLIC_KEY: [Error, "Public key is not valid for specified curve"],
  ERR_CRYPTO_HASH_FINALIZED: [Error, "Digest already called"],
  ERR_CRYPTO_HASH_UPDATE_FAILED: [Error, "Hash update failed"],
  ERR_CRYPTO_INCOMPATIBLE_KEY: [Error, (name, reason) => `Incompatible ${name}: ${reason}`],
  ERR_CRYPTO_INCOMPATIBLE_KEY_OPTIONS: [Error, (type, format) => `The selected key encoding ${type} ${format}.`],
  ERR_CRYPTO_INVALID_AUTH_TAG: [TypeError, (message) => message],
  ERR_CRYPTO_INVALID_COUNTER: [TypeError, (message) => message],
  ERR_CRYPTO_INVALID_CURVE: [TypeError, "Invalid EC curve name"],
  ERR_CRYPTO_INVALID_DIGEST: [TypeError, (name) => `Invalid digest: ${name}`],
  ERR_CRYPTO_INVALID_IV: [TypeError, "Invalid initialization vector"],
  ERR_CRYPTO_INVALID_JWK: [TypeError, "Invalid JWK data"],
  ERR_CRYPTO_INVALID_KEYLEN: [RangeError, "Invalid key length"],
  ERR_CRYPTO_INVALID_KEYPAIR: [RangeError, "Invalid key pair"],
  ERR_CRYPTO_INVALID_KEYTYPE: [RangeError, "Invalid key type"],
  ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE: [TypeError, (actual, expected) => `Invalid key object type ${actual}, expected ${expected}.`],
  ERR_CRYPTO_INVALID_MESSAGELEN: [RangeError, "Invalid message length"],
  ERR_CRYPTO_INVALID_SCRYPT_PARAMS: [RangeError, (reason) => (reason ? `Invalid scrypt params: ${reason}` : "Invalid scrypt params")],
  ERR_CRYPTO_INVALID_STATE: [Error, (what) => `Invalid state for operation ${what}`],
  ERR_CRYPTO_INVALID_TAG_LENGTH: [RangeError, "Invalid taglength"],
  ERR_CRYPTO_JWK_UNSUPPORTED_CURVE: [Error, (name) => `Unsupported JWK EC curve: ${name}.`],
  ERR_CRYPTO_JWK_UNSUPPORTED_KEY_TYPE: [Error, "Unsupported JWK Key Type."],
  ERR_CRYPTO_SIGN_KEY_REQUIRED: [Error, "No key provided to sign"],
  ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH: [RangeError, "Input buffers must have the same byte length"],
  ERR_CRYPTO_UNKNOWN_CIPHER: [Error, "Unknown cipher"],
  ERR_CRYPTO_UNKNOWN_DH_GROUP: [Error, "Unknown DH group"],
  ERR_CRYPTO_UNSUPPORTED_OPERATION: [Error, "Unsupported crypto operation"],
  ERR_DIR_CLOSED: [Error, "Directory handle was closed"],
  ERR_DIR_CONCURRENT_OPERATION: [Error, "Cannot do synchronous work on directory handle with concurrent asynchronous operations"],
  ERR_DNS_SET_SERVERS_FAILED: [Error, (code, servers) => `c-ares failed to set servers: "${code}" [${servers}]`],
  ERR_EVENT_RECURSION: [Error, (type) => `The event "${type}" is already being dispatched`],
  ERR_FALSY_VALUE_REJECTION: [Error, "Promise was rejected with falsy value"],
  ERR_FEATURE_UNAVAILABLE_ON_PLATFORM: [TypeError, (feature) => `The feature ${feature} is unavailable on the current platform, which is being used to run Node.js`],
  ERR_FS_CP_DIR_TO_NON_DIR: [Error, (message) => `Cannot overwrite non-directory with directory: ${message}`],
  ERR_FS_CP_EEXIST: [Error, (message) => `Target already exists: ${message}`],
  ERR_FS_CP_EINVAL: [Error, (message) => `Invalid src or dest: ${message}`],
  ERR_FS_CP_NON_DIR_TO_DIR: [Error, (message) => `Cannot overwrite directory with non-directory: ${message}`],
  ERR_FS_EISDIR: [Error, (message) => `Path is a directory: ${message}`],
  ERR_FS_FILE_TOO_LARGE: [RangeError, (size) => `File size (${size}) is greater than 2 GiB`],
  ERR_HTTP_HEADERS_SENT: [Error, (action) => `Cannot ${action} headers after they are sent to the client`],
  ERR_HTTP_INVALID_HEADER_VALUE: [TypeError, (value, name) => `Invalid value "${value}" for header "${name}"`],
  ERR_HTTP_INVALID_STATUS_CODE: [RangeError, (code) => `Invalid status code: ${code}`],
  ERR_HTTP_SOCKET_ENCODING: [Error, "Changing the socket encoding is not allowed per RFC7230 Section 3."],
  ERR_HTTP_TRAILER_INVALID: [Error, "Trailers are invalid with this transfer encoding"],
  ERR_ILLEGAL_CONSTRUCTOR: [TypeError, "Illegal constructor"],
  ERR_INSPECTOR_NOT_AVAILABLE: [Error, "Inspector is not available"],
  ERR_INTERNAL_ASSERTION: [Error, (message) => `${message ?? "An internal assertion does not hold"}`],
  ERR_INVALID_ADDRESS: [Error, "Invalid address"],
  ERR_INVALID_ADDRESS_FAMILY: [RangeError, (family, host, port) => `Invalid address family: ${family} ${host}:${port}`],
  ERR_INVALID_ARG_TYPE: [TypeError, (name, expected, actual) => `The ${argumentText(name)} must be ${expectation(expected)}. Received ${received(actual)}`],
  ERR_INVALID_ARG_VALUE: [TypeError, invalidValue],
  ERR_INVALID_ASYNC_ID: [RangeError, (type, id) => `Invalid ${type} value: ${id}`],
  ERR_INVALID_BUFFER_SIZE: [RangeError, (size) => `Buffer size must be a multiple of ${size}`],
  ERR_INVALID_CHAR: [TypeError, (name, field) => `Invalid character in ${name}${field === undefined ? "" : ` ["${field}"]`}`],
  ERR_INVALID_CURSOR_POS: [TypeError, "Cannot set cursor row without setting its column"],
  ERR_INVALID_FD: [RangeError, (fd) => `"fd" must be a positive integer: ${fd}`],
  ERR_INVALID_FD_TYPE: [TypeError, (type) => `Unsupported fd type: ${type}`],
  ERR_INVALID_FILE_URL_HOST: [TypeError, (platform) => `File URL host must be "localhost" or empty on ${platform}`],
  ERR_INVALID_FILE_URL_PATH: [TypeError, (reason) => `File URL path ${reason}`],
  ERR_INVALID_HANDLE_TYPE: [TypeError, "This handle type cannot be sent"],
  ERR_INVALID_HTTP_TOKEN: [TypeError, (name, field) => `${name} must be a valid HTTP token ["${field}"]`],
  ERR_INVALID_IP_ADDRESS: [TypeError, (address) => `Invalid IP address: ${address}`],
  ERR_INVALID_MIME_SYNTAX: [TypeError, (part, text, index) => `The MIME syntax for a ${part} in ${JSONStringify(text)} is invalid${index === -1 ? "" : ` at ${index}`}`],
  ERR_INVALID_OPT_VALUE: [TypeError, (name, value) => `The value "${value}" is invalid for option "${name}"`],
  ERR_INVALID_PROTOCOL: [TypeError, (protocol, expected) => `Protocol "${protocol}" not supported. Expected "${expected}"`],
  ERR_INVALID_RETURN_PROPERTY: [TypeError, (input, name, property, value) => `Expected a valid ${input} to be returned for the "${property}" from the "${name}" hook but got ${value}.`],
  ERR_INVALID_RETURN_VALUE: [TypeError, (input, name, value) => `Expected ${input} to be returned from the "${name}" function but got ${received(value)}.`],
  ERR_INVALID_STATE: [Error, (reason) => `Invalid state: ${reason}`],
  ERR_INVALID_THIS: [TypeError, (type) => `Value of "this" must be of type ${type}`],
  ERR_INVALID_TUPLE: [TypeError, (name, form) => `${name} must be an iterable ${form} tuple`],
  ERR_INVALID_URI: [URIError, "URI malformed"],
  ERR_INVALID_URL_SCHEME: [TypeError, (expected) => `The URL must be of scheme ${listed(typeof expected === "string" ? [expected] : expected, "or")}`],
  ERR_IPC_CHANNEL_CLOSED: [Error, "Channel closed"],
  ERR_IPC_DISCONNECTED: [Error, "IPC channel is already disconnected"],
  ERR_IP_BLOCKED: [Error, (ip) => `IP(${ip}) is blocked by net.BlockList`],
  ERR_METHOD_NOT_IMPLEMENTED: [Error, (name) => `The ${name} method is not implemented`],
  ERR_MISSING_ARGS: [TypeError, (...names) => {
    const quoted = ArrayPrototypeMap(names, (name) => (ArrayIsArray(name) ? ArrayPrototypeJoin(ArrayPrototypeMap(name, (one) => `"${one}"`), " or ") : `"${name}"`));
    return `The ${listed(quoted, "and")} argument${names.length > 1 ? "s" : ""} must be specified`;
  }],
  ERR_MISSING_OPTION: [TypeError, (name) => `${name} is required`],
  ERR_MULTIPLE_CALLBACK: [Error, "Callback called multiple times"],
  ERR_NOT_BUILDING_SNAPSHOT: [Error, "Operation cannot be invoked when not building startup snapshot"],
  ERR_NOT_SUPPORTED: [Error, (what, remedy) => `${what} is not available in transom: ${remedy}`],
  ERR_NO_CRYPTO: [Error, "Node.js is not compiled with OpenSSL crypto support"],
  ERR_OPERATION_FAILED: [Error, (reason) => `Operation failed: ${reason}`],
  ERR_OUT_OF_RANGE: [RangeError, (name, range, value, replaced = false) => `${replaced ? name : `The value of "${name}" is out of range.`} It must be ${range}. Received ${rangeValue(value)}`],
  ERR_PARSE_ARGS_INVALID_OPTION_VALUE: [TypeError, (message) => message],
  ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL: [TypeError, (value) => `Unexpected argument '${value}'. This command does not take positional arguments`],
  ERR_PARSE_ARGS_UNKNOWN_OPTION: [TypeError, (option, allowPositionals) => {
    const suggestion = allowPositionals
      ? `. To specify a positional argument starting with a '-', place it at the end of the command after '--', as in '-- ${JSONStringify(option)}`
      : "";
    return `Unknown option '${option}'${suggestion}`;
  }],
  ERR_PERFORMANCE_INVALID_TIMESTAMP: [TypeError, (time) => `${time} is not a valid timestamp`],
  ERR_PERFORMANCE_MEASURE_INVALID_OPTIONS: [TypeError, (reason) => reason],
  ERR_SCRIPT_EXECUTION_INTERRUPTED: [Error, "Script execution was interrupted by `SIGINT`"],
  ERR_SCRIPT_EXECUTION_TIMEOUT: [Error, (time) => `Script execution timed out after ${time}ms`],
  ERR_SERVER_ALREADY_LISTEN: [Error, "Listen method has been called more than once without closing."],
  ERR_SERVER_NOT_RUNNING: [Error, "Server is not running."],
  ERR_SOCKET_ALREADY_BOUND: [Error, "Socket is already bound"],
  ERR_SOCKET_BAD_PORT: [RangeError, (name, port, allowZero = true) => `${name} should be ${allowZero ? ">=" : ">"} 0 and < 65536. Received ${received(port)}.`],
  ERR_SOCKET_CLOSED: [Error, "Socket is closed"],
  ERR_SOCKET_CLOSED_BEFORE_CONNECTION: [Error, "Socket closed before the connection was established"],
  ERR_SOCKET_CONNECTION_TIMEOUT: [Error, "Socket connection timeout"],
  ERR_STREAM_ALREADY_FINISHED: [Error, (name) => `Cannot call ${name} after a stream was finished`],
  ERR_STREAM_CANNOT_PIPE: [Error, "Cannot pipe, not readable"],
  ERR_STREAM_DESTROYED: [Error, (name) => `Cannot call ${name} after a stream was destroyed`],
  ERR_STREAM_NULL_VALUES: [TypeError, "May not write null values to stream"],
  ERR_STREAM_PREMATURE_CLOSE: [Error, "Premature close"],
  ERR_STREAM_PUSH_AFTER_EOF: [Error, "stream.push() after EOF"],
  ERR_STREAM_UNABLE_TO_PIPE: [Error, "Cannot pipe to a closed or destroyed stream"],
  ERR_STREAM_UNSHIFT_AFTER_END_EVENT: [Error, "stream.unshift() after end event"],
  ERR_STREAM_WRAP: [Error, "Stream has StringDecoder set or is in objectMode"],
  ERR_STREAM_WRITE_AFTER_END: [Error, "write after end"],
  ERR_SYSTEM_ERROR: [Error, (syscall, code, message) => `A system error occurred: ${syscall} returned ${code} (${message})`],
  ERR_TLS_CERT_ALTNAME_INVALID: [Error, (reason) => `Hostname/IP does not match certificate's altnames: ${reason}`],
  ERR_TLS_HANDSHAKE_TIMEOUT: [Error, "TLS handshake timeout"],
  ERR_TLS_INVALID_CONTEXT: [TypeError, (name) => `${name} must be a SecureContext`],
  ERR_TLS_INVALID_PROTOCOL_VERSION: [TypeError, (version, which) => `${JSONStringify(version)} is not a valid ${which} TLS protocol version`],
  ERR_TLS_PROTOCOL_VERSION_CONFLICT: [TypeError, (version, method) => `TLS protocol version ${JSONStringify(version)} conflicts with secureProtocol ${JSONStringify(method)}`],
  ERR_TRACE_EVENTS_UNAVAILABLE: [Error, "Trace events are unavailable"],
  ERR_UNAVAILABLE_DURING_EXIT: [Error, "Cannot call function in process exit handler"],
  ERR_UNCAUGHT_EXCEPTION_CAPTURE_ALREADY_SET: [Error, "`process.setupUncaughtExceptionCapture()` was called while a capture callback was already active"],
  ERR_UNESCAPED_CHARACTERS: [TypeError, (name) => `${name} contains unescaped characters`],
  ERR_UNHANDLED_ERROR: [Error, (...value) => (value.length === 0 ? "Unhandled error." : `Unhandled error. (${value[0]})`)],
  ERR_UNKNOWN_BUILTIN_MODULE: [Error, (id) => `No such built-in module: ${id}`],
  ERR_UNKNOWN_CREDENTIAL: [Error, (type, id) => `${type} identifier does not exist: ${id}`],
  ERR_UNKNOWN_ENCODING: [TypeError, (name) => `Unknown encoding: ${name}`],
  ERR_UNKNOWN_SIGNAL: [TypeError, (signal, uppercase = false) => `Unknown signal: ${signal}${uppercase ? " (signals must use all capital letters)" : ""}`],
  ERR_USE_AFTER_CLOSE: [Error, (name) => `${name} was closed`],
  ERR_VALID_PERFORMANCE_ENTRY_TYPE: [Error, "At least one valid performance entry type is required"],
  ERR_VM_MODULE_NOT_MODULE: [Error, "Provided module is not an instance of Module"],
  ERR_WASI_NOT_STARTED: [Error, "wasi.start() has not been called"],
  ERR_WORKER_INVALID_EXEC_ARGV: [Error, (errors) => `Initiated Worker with invalid execArgv flags: ${errors}`],
  ERR_WORKER_NOT_RUNNING: [Error, "Worker instance not running"],
  ERR_WORKER_PATH: [TypeError, (path) => `The worker script or module filename must be an absolute path or a relative path starting with './' or '../'. Received "${path}"`],
  ERR_WORKER_UNSUPPORTED_OPERATION: [TypeError, (what) => `${what} is not supported in workers`],
  ERR_ZLIB_INITIALIZATION_FAILED: [Error, (reason = "Initialization failed") => reason],
  ERR_ZSTD_INVALID_PARAM: [RangeError, (param) => `${param} is not a valid zstd parameter`],
  ERR_BROTLI_INVALID_PARAM: [RangeError, (param) => `${param} is not a valid Brotli parameter`],
};

const made = { __proto__: null };
for (const code in TABLE) made[code] = define(TABLE[code][0], code, TABLE[code][1]);
made.ERR_INVALID_ARG_VALUE.RangeError = define(RangeError, "ERR_INVALID_ARG_VALUE", invalidValue);
made.ERR_INVALID_STATE.TypeError = define(TypeError, "ERR_INVALID_STATE", TABLE.ERR_INVALID_STATE[1]);
made.ERR_INVALID_STATE.RangeError = define(RangeError, "ERR_INVALID_STATE", TABLE.ERR_INVALID_STATE[1]);
made.ERR_NOT_SUPPORTED.TypeError = define(TypeError, "ERR_NOT_SUPPORTED", TABLE.ERR_NOT_SUPPORTED[1]);

/** The class of each code. */
export const codes = ObjectFreeze(made);

/** What an operation rejects with when its signal is aborted. */
export class AbortError extends Error {
  constructor(message = "The operation was aborted", options = undefined) {
    if (options !== undefined && typeof options !== "object") {
      throw new codes.ERR_INVALID_ARG_TYPE("options", "Object", options);
    }
    super(message, options);
    this.code = "ABORT_ERR";
    this.name = "AbortError";
  }
}

/** Two failures as one: the outer one, which names the inner one. */
export function aggregateTwoErrors(inner, outer) {
  if (!inner || !outer || inner === outer) return inner || outer;
  if (ArrayIsArray(outer.errors)) {
    outer.errors[outer.errors.length] = inner;
    return outer;
  }
  const error = new AggregateError([outer, inner], outer.message);
  error.code = outer.code;
  return error;
}

function withCode(error, code) {
  error.code = code;
  return error;
}

export const typeError = (code, message) => withCode(new TypeError(message), code);
export const rangeError = (code, message) => withCode(new RangeError(message), code);
export const plainError = (code, message) => withCode(new Error(message), code);
export const syntaxError = (code, message) => withCode(new SyntaxError(message), code);

/** As ERR_INVALID_ARG_TYPE, where `expected` is the rest of the sentence after "must be". */
export function invalidType(name, expected, value) {
  const what = StringPrototypeIncludes(name, " ") ? name : argumentText(name);
  return typeError("ERR_INVALID_ARG_TYPE", `The ${what} must be ${expected}. Received ${received(value)}`);
}

export const outOfRange = (name, range, value) => new codes.ERR_OUT_OF_RANGE(name, range, value);
export const unknownEncoding = (name) => new codes.ERR_UNKNOWN_ENCODING(name);
export { inspected };
