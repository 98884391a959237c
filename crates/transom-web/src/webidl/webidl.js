// @ts-check
// Web IDL for the platform's own classes: one namespace with the conversions and the way interfaces are installed.
// Spec: https://webidl.spec.whatwg.org/
//
// A conversion takes `(value, context)`, where `context` names the argument in messages
// ("Headers.append: argument 1"), and returns the converted value or throws a TypeError.

export {
  any, boolean, bigint, ByteString, DOMString, float, double, isCallable, isObject, object, symbol, unrestrictedDouble,
  USVString, undefinedType,
} from "transom:internal/webidl/scalar";
export {
  byte, long, longLong, octet, short, unsignedLong, unsignedLongLong, unsignedShort,
} from "transom:internal/webidl/integer";
export {
  callbackFunction, callbackInterface, dictionary, enumeration, interfaceType, nullable, openIterator, record, sequence,
  sequenceFromMethod,
} from "transom:internal/webidl/compound";
export {
  ArrayBufferType, ArrayBufferView, BufferSource, bytesOf, copyBufferSource, isArrayBuffer, isArrayBufferView,
  isBufferSource, isDetached, isOutOfBounds, isSharedArrayBuffer, isUint8Array, tracksLength, Uint8ArrayType, viewBuffer,
  viewByteLength, viewByteOffset, viewElementType,
} from "transom:internal/webidl/buffer_source";
export {
  configureInterface, defineFunction, defineInterface, defineNamespace, illegalConstructor, internalKey,
  isPlatformObject, requireArguments, requireInternal,
} from "transom:internal/webidl/interface";
export { definePairIterable } from "transom:internal/webidl/iterable";
