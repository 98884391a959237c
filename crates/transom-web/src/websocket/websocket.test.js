// WebSocket and CloseEvent, against the server in tests/api.rs that sends everything back.

import { CloseEvent } from "transom:internal/websocket/close_event";
import { WebSocket } from "transom:internal/websocket/websocket";
import { assert, assertEquals, assertThrows, test } from "transom:internal/testing";

const once = (target, type) => new Promise((resolve) => target.addEventListener(type, resolve, { once: true }));

async function opened(protocols) {
  const socket = new WebSocket("ws://echo.test/path?q", protocols);
  await once(socket, "open");
  return socket;
}

test("what is sent comes back", async () => {
  const socket = await opened(["chat", "superchat"]);
  assertEquals([socket.url, socket.readyState, socket.protocol], ["ws://echo.test/path?q", 1, "superchat"]);
  const seen = [];
  socket.onmessage = (event) => seen.push(event);
  socket.send("text \u{1f600}");
  assert(socket.bufferedAmount >= 0);
  socket.send(new Uint8Array([1, 2]));
  socket.send(new Blob(["blob"]));
  socket.send("last");
  while (seen.length < 4) await once(socket, "message");
  assertEquals([seen[0].data, seen[0].origin], ["text \u{1f600}", "ws://echo.test"]);
  assert(seen[1].data instanceof Blob);
  assertEquals([await seen[1].data.bytes(), await seen[2].data.text(), seen[3].data], [new Uint8Array([1, 2]), "blob", "last"]);
  socket.binaryType = "arraybuffer";
  socket.binaryType = "nonsense";
  socket.send(new DataView(new ArrayBuffer(3)));
  const { data } = await once(socket, "message");
  assert(data instanceof ArrayBuffer && data.byteLength === 3);
  assertEquals(socket.bufferedAmount, 0);
  socket.close(3001, "bye");
  assertEquals(socket.readyState, 2);
  const event = await once(socket, "close");
  assert(event instanceof CloseEvent);
  assertEquals([event.wasClean, event.code, event.reason, socket.readyState], [true, 3001, "bye", 3]);
  socket.send("late");
  assertEquals(socket.bufferedAmount, 4);
});

test("a connection that cannot be or breaks is an error and a close", async () => {
  const refused = new WebSocket("wss://nowhere.invalid/");
  const [, event] = await Promise.all([once(refused, "error"), once(refused, "close")]);
  assertEquals([event.wasClean, event.code, refused.readyState], [false, 1006, 3]);
  const lost = await opened();
  lost.send("lose");
  const [, end] = await Promise.all([once(lost, "error"), once(lost, "close")]);
  assertEquals(end.code, 1006);
  const given = new WebSocket("ws://echo.test/");
  given.close();
  assertEquals((await once(given, "close")).wasClean, false);
});

test("arguments are checked", async () => {
  const make = (...args) => () => new WebSocket(...args);
  assertThrows(make(), TypeError);
  for (const url of ["relative", "ftp://x/", "ws://", "ws://x/#f", "http://x/#"]) assertThrows(make(url), "SyntaxError");
  for (const protocols of ["", "a b", ["a", "A"], ["ü"]]) assertThrows(make("ws://echo.test", protocols), "SyntaxError");
  const socket = new WebSocket("https://echo.test/");
  assertEquals([socket.url, socket.readyState, WebSocket.CLOSED, socket.OPEN], ["wss://echo.test/", 0, 3, 1]);
  assertThrows(() => socket.send("early"), "InvalidStateError");
  assertThrows(() => socket.close(1001), "InvalidAccessError");
  assertThrows(() => socket.close(1000, "x".repeat(124)), "SyntaxError");
  await once(socket, "open");
  socket.close();
  assertEquals((await once(socket, "close")).code, 1005);
});
