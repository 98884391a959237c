// @ts-check
// CompressionStream and DecompressionStream. Native half: pack.rs and unpack.rs.
// Spec: https://compression.spec.whatwg.org/
//
// Output comes in pieces, and the next piece is made when the readable side wants one: however much a chunk unpacks
// to, no more than a piece of it is in memory before it is read.

import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";
import { createTransform } from "transom:internal/streams/internals";
import * as webidl from "transom:internal/webidl/webidl";

const {
  FinalizationRegistry, FinalizationRegistryPrototypeRegister, FinalizationRegistryPrototypeUnregister, TypeError,
  unlink,
} = primordials;

const convertFormat = webidl.enumeration("CompressionFormat", ["deflate", "deflate-raw", "gzip", "brotli"]);

// A stream that is dropped in the middle gives its native half back.
const abandoned = new FinalizationRegistry((handle) => ops.compression_close(handle));

/** The transformer of either class. */
class Codec {
  constructor(handle, name) {
    this.handle = handle;
    this.name = name;
    FinalizationRegistryPrototypeRegister(abandoned, this, handle, this);
  }

  /** https://compression.spec.whatwg.org/#compress-and-enqueue-a-chunk */
  transform(chunk, controller) {
    if (!webidl.isBufferSource(chunk)) throw new TypeError(`${this.name}: a chunk is not a BufferSource`);
    const bytes = webidl.bytesOf(webidl.BufferSource(chunk, `${this.name}: chunk`));
    ops.compression_push(this.handle, bytes);
    return this.run(controller, false);
  }

  /** https://compression.spec.whatwg.org/#compress-flush-and-enqueue */
  async flush(controller) {
    await this.run(controller, true);
    this.close();
  }

  cancel() {
    this.close();
  }

  async run(controller, last) {
    let piece = await ops.compression_step(this.handle, last);
    while (piece !== null && !controller.isDone) {
      controller.enqueue(piece);
      // Only who has more to give waits for the readable side: a chunk that is worked off is written.
      piece = await ops.compression_step(this.handle, last);
      if (piece !== null) await controller.wanted();
    }
  }

  close() {
    FinalizationRegistryPrototypeUnregister(abandoned, this);
    ops.compression_close(this.handle);
  }
}
unlink(Codec);

function transformOf(codec) {
  return createTransform({
    transform: (chunk, controller) => codec.transform(chunk, controller),
    flush: (controller) => codec.flush(controller),
    cancel: () => codec.cancel(),
  });
}

/** https://compression.spec.whatwg.org/#compressionstream */
export class CompressionStream {
  #transform;

  /** https://compression.spec.whatwg.org/#dom-compressionstream-compressionstream */
  constructor(format) {
    webidl.requireArguments("CompressionStream constructor", arguments.length, 1);
    format = convertFormat(format, "CompressionStream constructor: argument 1");
    this.#transform = transformOf(new Codec(ops.compression_pack(format), "CompressionStream"));
  }

  /** https://streams.spec.whatwg.org/#dom-generictransformstream-readable */
  get readable() {
    return this.#transform.readable;
  }

  /** https://streams.spec.whatwg.org/#dom-generictransformstream-writable */
  get writable() {
    return this.#transform.writable;
  }
}

/** https://compression.spec.whatwg.org/#decompressionstream */
export class DecompressionStream {
  #transform;

  /** https://compression.spec.whatwg.org/#dom-decompressionstream-decompressionstream */
  constructor(format) {
    webidl.requireArguments("DecompressionStream constructor", arguments.length, 1);
    format = convertFormat(format, "DecompressionStream constructor: argument 1");
    this.#transform = transformOf(new Codec(ops.compression_unpack(format), "DecompressionStream"));
  }

  /** https://streams.spec.whatwg.org/#dom-generictransformstream-readable */
  get readable() {
    return this.#transform.readable;
  }

  /** https://streams.spec.whatwg.org/#dom-generictransformstream-writable */
  get writable() {
    return this.#transform.writable;
  }
}

webidl.configureInterface("CompressionStream", CompressionStream);
webidl.configureInterface("DecompressionStream", DecompressionStream);
