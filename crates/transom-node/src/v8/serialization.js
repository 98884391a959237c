// @ts-check
// v8.serialize and v8.deserialize, in the format of V8's value serializer (version 15), so that data can be exchanged
// with Node: primitives, objects, arrays, dates, regular expressions, maps, sets, errors, buffers and views.
// Reference: https://nodejs.org/docs/latest-v22.x/api/v8.html#serialization-api

import { Deserializer } from "transom:internal/node/v8/deserializer";
import { Serializer } from "transom:internal/node/v8/serializer";

export class DefaultSerializer extends Serializer {
  constructor() {
    super();
    this._setTreatArrayBufferViewsAsHostObjects(true);
  }
}
export class DefaultDeserializer extends Deserializer {}

export function serialize(value) {
  const serializer = new DefaultSerializer();
  serializer.writeHeader();
  serializer.writeValue(value);
  return serializer.releaseBuffer();
}

export function deserialize(buffer) {
  const deserializer = new DefaultDeserializer(buffer);
  deserializer.readHeader();
  return deserializer.readValue();
}

export { Deserializer, Serializer };
