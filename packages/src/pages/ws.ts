import WebSocket from "ws";
import { assert, check } from "../check";

export const GET = check(async () => {
  const socket = new WebSocket(process.env.STUB_URL!.replace("http", "ws"));
  await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
  for (const text of ["hello", "wörld"]) {
    const heard = new Promise((resolve) => socket.once("message", (data) => resolve(String(data))));
    socket.send(text);
    assert.equal(await heard, text);
  }
  const closed = new Promise((resolve) => socket.once("close", resolve));
  socket.close(1000);
  assert.equal(await closed, 1000);
});
