// @ts-check
// FileHandle: an open file of the promises API.
// Reference: https://nodejs.org/docs/latest-v22.x/api/fs.html#class-filehandle

import { EventEmitter } from "node:events";
import { lazy } from "transom:internal/lazy";
import { codes } from "transom:internal/node/errors";
import { systemError } from "transom:internal/node/errors/system";
import { bytesOf, checkAborted, isPieces, optionsOf, positionOf } from "transom:internal/node/fs/arguments";
import { later, stepsLater } from "transom:internal/node/fs/call";
import { descriptorPlans, readArguments, readPlan, writeArguments, writePlan } from "transom:internal/node/fs/plans";
import * as steps from "transom:internal/node/fs/steps";

const { ERR_INVALID_STATE } = codes;
const streams = lazy("transom:internal/node/fs/streams");
const readline = lazy("node:readline");
const webStreams = lazy("transom:internal/streams/readable");

/** A file that nobody closed is closed when it is collected. */
const forgotten = new FinalizationRegistry((fd) => {
  later(descriptorPlans.close(fd)).catch(() => {});
});

export class FileHandle extends EventEmitter {
  #fd;
  #closing = null;
  #locked = false;

  constructor(fd) {
    super();
    this.#fd = fd;
    forgotten.register(this, fd, this);
  }

  get fd() {
    return this.#fd;
  }

  #open(syscall) {
    if (this.#fd === -1) throw systemError({ code: "EBADF", syscall, message: "file closed" });
    return this.#fd;
  }

  async read(buffer, offset, length, position) {
    const given = readArguments(buffer, offset, length, position);
    if (given.length === 0) return { bytesRead: 0, buffer: given.buffer };
    const bytesRead = await later(readPlan(this.#open("read"), given));
    return { bytesRead, buffer: given.buffer };
  }

  async readv(buffers, position) {
    return { bytesRead: await readVector(this.#open("readv"), buffers, position), buffers };
  }

  async write(data, offset, length, position) {
    const given = writeArguments(data, offset, length, position);
    if (given.bytes.byteLength === 0) return { bytesWritten: 0, buffer: data };
    const bytesWritten = await later(writePlan(this.#open("write"), given));
    return { bytesWritten, buffer: data };
  }

  async writev(buffers, position) {
    return { bytesWritten: await writeVector(this.#open("writev"), buffers, position), buffers };
  }

  async readFile(options) {
    return stepsLater(steps.readFile(this.#open("read"), options));
  }

  async writeFile(data, options) {
    return writeTo(this.#open("write"), data, steps.writeFileOptions(options, "w"));
  }

  async appendFile(data, options) {
    return writeTo(this.#open("write"), data, steps.writeFileOptions(options, "a"));
  }

  async stat(options) {
    return later(descriptorPlans.fstat(this.#open("fstat"), options));
  }

  async truncate(length) {
    return later(descriptorPlans.ftruncate(this.#open("ftruncate"), length));
  }

  async sync() {
    return later(descriptorPlans.fsync(this.#open("fsync")));
  }

  async datasync() {
    return later(descriptorPlans.fdatasync(this.#open("fdatasync")));
  }

  async chmod(mode) {
    return later(descriptorPlans.fchmod(this.#open("fchmod"), mode));
  }

  async chown(uid, gid) {
    return later(descriptorPlans.fchown(this.#open("fchown"), uid, gid));
  }

  async utimes(atime, mtime) {
    return later(descriptorPlans.futimes(this.#open("futime"), atime, mtime));
  }

  close() {
    if (this.#fd === -1) return Promise.resolve();
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close() {
    const fd = this.#fd;
    this.#fd = -1;
    forgotten.unregister(this);
    try {
      await later(descriptorPlans.close(fd));
    } finally {
      this.emit("close");
    }
  }

  createReadStream(options) {
    const { ReadStream } = streams();
    return new ReadStream(undefined, { ...optionsOf(options, {}), fd: this });
  }

  createWriteStream(options) {
    const { WriteStream } = streams();
    return new WriteStream(undefined, { ...optionsOf(options, {}), fd: this });
  }

  readLines(options) {
    return readline().createInterface({ input: this.createReadStream(options), crlfDelay: Infinity });
  }

  readableWebStream(options = {}) {
    if (this.#fd === -1) throw new ERR_INVALID_STATE("The FileHandle is closed");
    if (this.#closing !== null) throw new ERR_INVALID_STATE("The FileHandle is closing");
    if (this.#locked) throw new ERR_INVALID_STATE("The FileHandle is locked");
    this.#locked = true;
    const { ReadableStream } = webStreams();
    const handle = this;
    return new ReadableStream({
      type: options.type === undefined ? "bytes" : options.type,
      autoAllocateChunkSize: 16384,
      async pull(controller) {
        const view = controller.byobRequest?.view ?? new Uint8Array(16384);
        const { bytesRead } = await handle.read(view, 0, view.byteLength, null);
        if (bytesRead === 0) {
          controller.close();
          controller.byobRequest?.respond(0);
          if (options.autoClose) await handle.close();
        } else if (controller.byobRequest) controller.byobRequest.respond(bytesRead);
        else controller.enqueue(view.subarray(0, bytesRead));
      },
    });
  }

  async [Symbol.asyncDispose]() {
    await this.close();
  }
}

/** Writes data, or pieces as they come. */
export async function writeTo(fd, data, { encoding, signal }) {
  if (!isPieces(data)) return stepsLater(steps.writeAll(fd, bytesOf(data, encoding), signal));
  for await (const piece of data) {
    checkAborted(signal);
    await stepsLater(steps.writeAll(fd, bytesOf(piece, encoding), signal));
  }
}

/** Fills `buffers` one after the other. */
export async function readVector(fd, buffers, position) {
  let total = 0;
  let at = positionOf(position);
  for (const buffer of buffers) {
    const length = await later(readPlan(fd, { buffer, offset: 0, length: buffer.byteLength, position: at }));
    total += length;
    if (length < buffer.byteLength) break;
    if (at !== null) at += length;
  }
  return total;
}

/** Writes `buffers` one after the other. */
export async function writeVector(fd, buffers, position) {
  let total = 0;
  let at = positionOf(position);
  for (const buffer of buffers) {
    let bytes = bytesOf(buffer, undefined, "buffers");
    while (bytes.byteLength > 0) {
      const length = await later(writePlan(fd, { bytes, position: at }));
      total += length;
      if (at !== null) at += length;
      bytes = bytes.subarray(length);
    }
  }
  return total;
}
