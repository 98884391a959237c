// @ts-check
// node:stream/web: the streams of the web platform.
// Reference: https://nodejs.org/docs/latest-v22.x/api/webstreams.html

import { CompressionStream, DecompressionStream } from "transom:internal/compression/compression_stream";
import { ByteLengthQueuingStrategy, CountQueuingStrategy } from "transom:internal/streams/queuing_strategy";
import { ReadableStream } from "transom:internal/streams/readable";
import {
  ReadableByteStreamController, ReadableStreamBYOBRequest,
} from "transom:internal/streams/readable_byte_controller";
import { ReadableStreamDefaultController } from "transom:internal/streams/readable_default_controller";
import { ReadableStreamBYOBReader, ReadableStreamDefaultReader } from "transom:internal/streams/readers";
import { TextDecoderStream } from "transom:internal/streams/text_decoder_stream";
import { TextEncoderStream } from "transom:internal/streams/text_encoder_stream";
import { TransformStream, TransformStreamDefaultController } from "transom:internal/streams/transform";
import { WritableStream, WritableStreamDefaultWriter } from "transom:internal/streams/writable";
import { WritableStreamDefaultController } from "transom:internal/streams/writable_default_controller";

export {
  ByteLengthQueuingStrategy, CompressionStream, CountQueuingStrategy, DecompressionStream, ReadableByteStreamController,
  ReadableStream, ReadableStreamBYOBReader, ReadableStreamBYOBRequest, ReadableStreamDefaultController,
  ReadableStreamDefaultReader, TextDecoderStream, TextEncoderStream, TransformStream, TransformStreamDefaultController,
  WritableStream, WritableStreamDefaultController, WritableStreamDefaultWriter,
};
export default {
  ReadableStream, ReadableStreamDefaultReader, ReadableStreamBYOBReader, ReadableStreamBYOBRequest,
  ReadableByteStreamController, ReadableStreamDefaultController, TransformStream, TransformStreamDefaultController,
  WritableStream, WritableStreamDefaultController, WritableStreamDefaultWriter, ByteLengthQueuingStrategy,
  CountQueuingStrategy, TextEncoderStream, TextDecoderStream, CompressionStream, DecompressionStream,
};
