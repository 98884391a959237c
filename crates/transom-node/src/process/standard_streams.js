// @ts-check
// process.stdin, process.stdout and process.stderr. Output goes out at once; input belongs to no request, and is empty.
// Reference: https://nodejs.org/docs/latest-v22.x/api/process.html#process-io

import { Readable } from "transom:internal/node/stream/readable";
import { Writable } from "transom:internal/node/stream/writable";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";
import { Buffer } from "transom:internal/node/buffer";

const { ObjectDefineProperty } = primordials;

class StandardOutput extends Writable {
  constructor(descriptor) {
    super({ decodeStrings: false, emitClose: false, autoDestroy: false });
    this.fd = descriptor;
    this._type = "fs";
    this._isStdio = true;
    ObjectDefineProperty(this, "isTTY", { __proto__: null, value: ops.os_is_terminal(descriptor) || undefined, writable: true, configurable: true });
    if (this.isTTY) {
      this.columns = 80;
      this.rows = 24;
    }
  }

  _write(chunk, encoding, callback) {
    try {
      ops.process_write(this.fd, typeof chunk === "string" ? Buffer.from(chunk, encoding) : chunk);
      callback();
    } catch (error) {
      callback(error);
    }
  }

  /** The streams of the process are never closed. */
  _destroy(error, callback) {
    callback(error);
  }

  destroySoon() {
    this.destroy();
  }

  getColorDepth() {
    return this.isTTY ? 8 : 1;
  }

  hasColors(count = 16) {
    return this.isTTY === true && (typeof count !== "number" || count <= 256);
  }

  getWindowSize() {
    return [this.columns, this.rows];
  }
}

export const standardOutput = (descriptor) => new StandardOutput(descriptor);

export function standardInput() {
  const input = new Readable({
    read() {
      this.push(null);
    },
  });
  input.fd = 0;
  return input;
}
