// @ts-check
// compose: several streams as one duplex stream.
// Reference: https://nodejs.org/docs/latest-v22.x/api/stream.html#streamcomposestreams

import { AbortError, codes } from "transom:internal/node/errors";
import { destroyer } from "transom:internal/node/stream/destroy";
import { Duplex } from "transom:internal/node/stream/duplex";
import { eos } from "transom:internal/node/stream/end_of_stream";
import {
  isNodeStream, isReadable, isReadableStream, isTransformStream, isWebStream, isWritable, isWritableStream,
} from "transom:internal/node/stream/kinds";
import { pipeline } from "transom:internal/node/stream/pipeline";

const { ERR_INVALID_ARG_VALUE, ERR_MISSING_ARGS } = codes;

const canRead = (stream) => !!(isReadable(stream) || isReadableStream(stream) || isTransformStream(stream));
const canWrite = (stream) => !!(isWritable(stream) || isWritableStream(stream) || isTransformStream(stream));

export function compose(...streams) {
  if (streams.length === 0) throw new ERR_MISSING_ARGS("streams");
  if (streams.length === 1) return Duplex.from(streams[0]);
  const given = [...streams];
  const last = streams.length - 1;
  if (typeof streams[0] === "function") streams[0] = Duplex.from(streams[0]);
  if (typeof streams[last] === "function") streams[last] = Duplex.from(streams[last]);
  for (let i = 0; i < streams.length; i++) {
    if (!isNodeStream(streams[i]) && !isWebStream(streams[i])) continue;
    if (i < last && !canRead(streams[i])) throw new ERR_INVALID_ARG_VALUE(`streams[${i}]`, given[i], "must be readable");
    if (i > 0 && !canWrite(streams[i])) throw new ERR_INVALID_ARG_VALUE(`streams[${i}]`, given[i], "must be writable");
  }
  // What to call when all streams have ended; null once they have.
  let onClose;
  const head = streams[0];
  const tail = pipeline(streams, (error) => {
    const callback = onClose;
    onClose = null;
    if (callback) callback(error);
    else if (error) duplex.destroy(error);
    else if (!readable && !writable) duplex.destroy();
  });
  const writable = canWrite(head);
  const readable = canRead(tail);
  const duplex = new Duplex({
    writableObjectMode: !!head?.writableObjectMode, readableObjectMode: !!tail?.readableObjectMode, writable, readable,
  });
  const forgetHead = writable ? connectHead(duplex, head, tail) : null;
  const forgetTail = readable ? connectTail(duplex, tail) : null;
  duplex._destroy = function (error, callback) {
    if (!error && onClose !== null) error = new AbortError();
    forgetHead?.();
    forgetTail?.();
    if (isNodeStream(tail)) destroyer(tail, error);
    if (onClose === null) callback(error);
    else onClose = callback;
  };
  return duplex;
}

/** What is written goes into the first stream. Returns what forgets those that wait. */
function connectHead(duplex, head, tail) {
  let onDrain = null;
  let onFinish = null;
  if (isNodeStream(head)) {
    duplex._write = (chunk, encoding, callback) => {
      if (head.write(chunk, encoding)) callback();
      else onDrain = callback;
    };
    duplex._final = (callback) => {
      head.end();
      onFinish = callback;
    };
    head.on("drain", () => {
      const callback = onDrain;
      onDrain = null;
      callback?.();
    });
  } else {
    const writer = (isTransformStream(head) ? head.writable : head).getWriter();
    duplex._write = async (chunk, _encoding, callback) => {
      try {
        await writer.ready;
        writer.write(chunk).catch(() => {});
        callback();
      } catch (error) {
        callback(error);
      }
    };
    duplex._final = async (callback) => {
      try {
        await writer.ready;
        writer.close().catch(() => {});
        onFinish = callback;
      } catch (error) {
        callback(error);
      }
    };
  }
  eos(isTransformStream(tail) ? tail.readable : tail, () => {
    const callback = onFinish;
    onFinish = null;
    callback?.();
  });
  return () => {
    onDrain = null;
    onFinish = null;
  };
}

/** What is read comes from the last stream. Returns what forgets those that wait. */
function connectTail(duplex, tail) {
  let onReadable = null;
  if (isNodeStream(tail)) {
    tail.on("readable", () => {
      const callback = onReadable;
      onReadable = null;
      callback?.();
    });
    tail.on("end", () => duplex.push(null));
    duplex._read = () => {
      for (;;) {
        const chunk = tail.read();
        if (chunk === null) {
          onReadable = duplex._read;
          return;
        }
        if (!duplex.push(chunk)) return;
      }
    };
  } else {
    const reader = (isTransformStream(tail) ? tail.readable : tail).getReader();
    duplex._read = async () => {
      for (;;) {
        try {
          const { value, done } = await reader.read();
          if (!duplex.push(done ? null : value)) return;
        } catch {
          return; // The pipeline reports it.
        }
      }
    };
  }
  return () => {
    onReadable = null;
  };
}
