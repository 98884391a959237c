// @ts-check
// Buffer sources: recognising them whatever their prototypes say, reading their extent, copying their bytes.
// Spec: https://webidl.spec.whatwg.org/#js-buffer-source-types
//
// A getter that throws tells the class of an object, but an exception costs microseconds: the common answer is always
// the one without.

import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";

/** From this length on, in bytes, a native copy is quicker. */
const LONG = 16 * 1024;

const {
  ArrayBufferIsView, ArrayBufferPrototypeGetByteLength, ArrayBufferPrototypeGetDetached,
  ArrayBufferPrototypeGetMaxByteLength, ArrayBufferPrototypeGetResizable, ArrayBufferPrototypeResize, DataViewPrototypeGetBuffer, DataViewPrototypeGetByteLength,
  DataViewPrototypeGetByteOffset, SharedArrayBufferPrototypeGetByteLength, TypedArrayPrototypeGetBuffer,
  TypedArrayPrototypeGetByteLength, TypedArrayPrototypeGetByteOffset, TypedArrayPrototypeGetLength,
  TypedArrayPrototypeGetSymbolToStringTag, TypedArrayPrototypeKeys, TypedArrayPrototypeSet, TypeError, Uint8Array,
} = primordials;

/** Whether `value` has ArrayBuffer data that is not shared. */
export function isArrayBuffer(value) {
  if (typeof value !== "object" || value === null) return false;
  try {
    ArrayBufferPrototypeGetByteLength(value);
    return true;
  } catch {
    return false;
  }
}

/** Whether `value` is a SharedArrayBuffer. */
export function isSharedArrayBuffer(value) {
  if (typeof value !== "object" || value === null || isArrayBuffer(value)) return false;
  try {
    SharedArrayBufferPrototypeGetByteLength(value);
    return true;
  } catch {
    return false;
  }
}

/** Whether `value` is a typed array or a DataView. */
export const isArrayBufferView = ArrayBufferIsView;

/** Whether `value` is a Uint8Array, whatever its prototype says. */
export function isUint8Array(value) {
  return ArrayBufferIsView(value) && TypedArrayPrototypeGetSymbolToStringTag(value) === "Uint8Array";
}

/** The name of a typed array's constructor, or undefined for a DataView. */
export const viewElementType = TypedArrayPrototypeGetSymbolToStringTag;

// The three below try the getters of typed arrays first: the engine inlines those, and a DataView is rare.

/** The buffer under a view. */
export function viewBuffer(view) {
  try {
    return TypedArrayPrototypeGetBuffer(view);
  } catch {
    return DataViewPrototypeGetBuffer(view);
  }
}

/** Length of a view in bytes; 0 when it is detached or out of bounds. */
export function viewByteLength(view) {
  try {
    return TypedArrayPrototypeGetByteLength(view);
  } catch {
    return dataViewExtent(DataViewPrototypeGetByteLength, view);
  }
}

/** Offset of a view in its buffer in bytes; 0 when it is detached or out of bounds. */
export function viewByteOffset(view) {
  try {
    return TypedArrayPrototypeGetByteOffset(view);
  } catch {
    return dataViewExtent(DataViewPrototypeGetByteOffset, view);
  }
}

function dataViewExtent(getter, view) {
  try {
    return getter(view);
  } catch {
    return 0;
  }
}

/** Whether the buffer under a view has become too short for it; so is a detached one. */
export function isOutOfBounds(view) {
  try {
    if (viewElementType(view) === undefined) DataViewPrototypeGetByteLength(view);
    else TypedArrayPrototypeKeys(view); // The cheapest method that says so.
    return false;
  } catch {
    return true;
  }
}

/**
 * Whether a view on a resizable buffer follows the buffer's length. The language has no question for that, so the
 * buffer is made longer or shorter for a moment, and its last bytes are put back.
 */
export function tracksLength(view) {
  const buffer = viewBuffer(view);
  if (!isArrayBuffer(buffer) || !ArrayBufferPrototypeGetResizable(buffer)) return false;
  const length = ArrayBufferPrototypeGetByteLength(buffer);
  const before = viewByteLength(view);
  const step = 8; // The longest element.
  if (viewByteOffset(view) + before + step <= length) return false; // It ends before the buffer does.
  const longer = length + step <= ArrayBufferPrototypeGetMaxByteLength(buffer);
  if (!longer && length < step) return false;
  const last = longer ? null : copyBufferSource(new Uint8Array(buffer, length - step));
  ArrayBufferPrototypeResize(buffer, longer ? length + step : length - step);
  const after = viewByteLength(view);
  const tracks = after !== before && !isOutOfBounds(view);
  ArrayBufferPrototypeResize(buffer, length);
  if (last !== null) TypedArrayPrototypeSet(new Uint8Array(buffer, length - step), last);
  return tracks;
}

/** Whether an ArrayBuffer is detached. */
export function isDetached(buffer) {
  return ArrayBufferPrototypeGetDetached(buffer);
}

/** Whether `value` is an ArrayBuffer, a SharedArrayBuffer or a view on one. */
export function isBufferSource(value) {
  return ArrayBufferIsView(value) || isArrayBuffer(value) || isSharedArrayBuffer(value);
}

function refuse(buffer, context, options) {
  let resizable = false;
  let shared = false;
  try {
    resizable = ArrayBufferPrototypeGetResizable(buffer);
  } catch {
    shared = true;
  }
  if (shared && options?.allowShared !== true) throw new TypeError(`${context} is backed by shared memory`);
  if (resizable && options?.allowResizable !== true) throw new TypeError(`${context} is backed by a resizable buffer`);
}

/** https://webidl.spec.whatwg.org/#es-buffer-source-types. Options: `allowShared`, `allowResizable`. */
export function BufferSource(value, context = "Value", options = undefined) {
  if (ArrayBufferIsView(value)) return ArrayBufferView(value, context, options);
  if (!isArrayBuffer(value) && !(options?.allowShared === true && isSharedArrayBuffer(value))) {
    throw new TypeError(`${context} is not an ArrayBuffer or a view on one`);
  }
  refuse(value, context, options);
  return value;
}

/** A typed array or DataView. */
export function ArrayBufferView(value, context = "Value", options = undefined) {
  if (!ArrayBufferIsView(value)) throw new TypeError(`${context} is not a view on an ArrayBuffer`);
  refuse(viewBuffer(value), context, options);
  return value;
}

/** An ArrayBuffer. */
export function ArrayBufferType(value, context = "Value", options = undefined) {
  if (!isArrayBuffer(value)) throw new TypeError(`${context} is not an ArrayBuffer`);
  refuse(value, context, options);
  return value;
}

/** A Uint8Array. */
export function Uint8ArrayType(value, context = "Value", options = undefined) {
  if (!isUint8Array(value)) throw new TypeError(`${context} is not a Uint8Array`);
  refuse(TypedArrayPrototypeGetBuffer(value), context, options);
  return value;
}

/** The bytes of a buffer source as a Uint8Array over the same memory; empty when it is detached. */
export function bytesOf(source) {
  if (!ArrayBufferIsView(source)) {
    if (isArrayBuffer(source) && isDetached(source)) return new Uint8Array(0);
    return new Uint8Array(source);
  }
  if (viewElementType(source) === "Uint8Array") return source;
  const buffer = viewBuffer(source);
  if (isArrayBuffer(buffer) && isDetached(buffer)) return new Uint8Array(0);
  return new Uint8Array(buffer, viewByteOffset(source), viewByteLength(source));
}

/** A copy of the bytes: https://webidl.spec.whatwg.org/#dfn-get-buffer-source-copy */
export function copyBufferSource(source) {
  const bytes = bytesOf(source);
  const length = TypedArrayPrototypeGetLength(bytes);
  if (length >= LONG) return ops.bytes_copy(bytes); // The memory of a new array is cleared, which takes as long.
  // Not `slice`, which asks the user-visible species constructor of a subclass.
  const copy = new Uint8Array(length);
  if (length > 0) TypedArrayPrototypeSet(copy, bytes); // A detached source has none, and `set` refuses it.
  return copy;
}
