// @ts-check
// node:tty. A server's terminal, if it has one, is written to through `process.stdout`; it cannot be opened again.
// Reference: https://nodejs.org/docs/latest-v22.x/api/tty.html

import { codes } from "transom:internal/node/errors";
import { Readable } from "transom:internal/node/stream/readable";
import { Writable } from "transom:internal/node/stream/writable";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";

const { NumberIsInteger, ObjectSetPrototypeOf } = primordials;
const { ERR_INVALID_FD, ERR_NOT_SUPPORTED } = codes;

export const isatty = (fd) => NumberIsInteger(fd) && fd >= 0 && fd <= 2 && ops.os_is_terminal(fd);

function refuse(name, fd) {
  if (fd >> 0 !== fd || fd < 0) throw new ERR_INVALID_FD(fd);
  throw new ERR_NOT_SUPPORTED(`tty.${name}`, "write to `process.stdout` or `process.stderr`");
}

export function ReadStream(fd) {
  refuse("ReadStream", fd);
}
ObjectSetPrototypeOf(ReadStream.prototype, Readable.prototype);
ObjectSetPrototypeOf(ReadStream, Readable);

export function WriteStream(fd) {
  refuse("WriteStream", fd);
}
ObjectSetPrototypeOf(WriteStream.prototype, Writable.prototype);
ObjectSetPrototypeOf(WriteStream, Writable);

export default { isatty, ReadStream, WriteStream };
