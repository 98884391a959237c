// What stands in for the services of others: an HTTP server, the same over TLS, and a WebSocket.

import { createHash } from "node:crypto";
import { once } from "node:events";
import http from "node:http";
import https from "node:https";

/** Tells what it got; some paths do something special. */
function answer(request, response) {
  const pieces = [];
  request.on("data", (piece) => pieces.push(piece));
  request.on("end", () => {
    const body = Buffer.concat(pieces).toString("latin1");
    const { pathname } = new URL(request.url, "http://stub");
    const json = (status, value, headers = {}) => {
      response.writeHead(status, { "content-type": "application/json", ...headers });
      response.end(JSON.stringify(value));
    };
    if (pathname === "/redirect") return json(302, {}, { location: "/echo?redirected=1" });
    if (pathname === "/status/503") return json(503, { error: "busy" });
    if (pathname === "/once") return json(++answer.calls % 2 === 1 ? 503 : 200, { calls: answer.calls });
    if (pathname === "/slow") return void setTimeout(() => json(200, {}), 5000);
    if (pathname === "/chunks") {
      response.writeHead(200, { "content-type": "text/plain" });
      for (let i = 0; i < 3; i++) response.write(`piece ${i};`);
      return response.end();
    }
    if (pathname === "/v1/customers") return json(200, { id: "cus_1", object: "customer", email: new URLSearchParams(body).get("email") });
    if (pathname === "/emails") return json(200, { id: "email_1" });
    json(200, { method: request.method, url: request.url, headers: request.headers, body });
  });
}
answer.calls = 0;

/** A WebSocket that says back what it hears: frames shorter than 126 bytes. */
function upgrade(request, socket) {
  const accept = createHash("sha1").update(`${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
  socket.on("error", () => {});
  socket.on("data", (frame) => {
    const length = frame[1] & 0x7f;
    const mask = frame.subarray(2, 6);
    const payload = Buffer.from(frame.subarray(6, 6 + length).map((byte, i) => byte ^ mask[i % 4]));
    socket.write(Buffer.concat([Buffer.from([frame[0], length]), payload]));
    if ((frame[0] & 0xf) === 8) socket.end();
  });
}

export async function startStub(tls) {
  const [plain, secure] = [http.createServer(answer), https.createServer(tls, answer)];
  plain.on("upgrade", upgrade);
  for (const server of [plain, secure]) {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
  }
  return {
    url: `http://127.0.0.1:${plain.address().port}`,
    secureUrl: `https://localhost:${secure.address().port}`,
    stop() {
      for (const server of [plain, secure]) {
        server.close();
        server.closeAllConnections();
      }
    },
  };
}
