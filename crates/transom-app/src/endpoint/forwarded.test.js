// Forwarded headers. Spec: astro-endpoints.md section 4.2.

import { applyForwarded, clientAddress } from "transom:internal/app/forwarded";
import { assertEquals, test } from "transom:internal/testing";

const raw = (headers) => Object.entries(headers).map(([name, value]) => `${name}\0${value}\0`).join("");
const PATTERNS = [{ hostname: "**.example.com", protocol: "https" }, { hostname: "plain.test" }, { hostname: "*.one.test" }];

function forwarded({ proto, host, port }, patterns = PATTERNS) {
  const headers = {};
  if (proto !== undefined) headers["x-forwarded-proto"] = proto;
  if (host !== undefined) headers["x-forwarded-host"] = host;
  if (port !== undefined) headers["x-forwarded-port"] = port;
  const url = new URL("http://in.test/echo");
  applyForwarded(raw(headers), url, patterns);
  return url.origin;
}

test("hosts are believed when a pattern allows them", () => {
  const https = (host) => forwarded({ host, proto: "https" });
  assertEquals(https("www2.example.com,www3.example.com"), "https://www2.example.com");
  assertEquals(https("a.b.example.com"), "https://a.b.example.com");
  for (const host of ["example.com", "evil.test", ":123", "a.example.com/x", "a.example.com\\x", "a.example.com:1:2", "a.b.one.test"]) {
    assertEquals(https(host), "https://in.test", host);
  }
  assertEquals(forwarded({ host: "x.one.test" }), "http://x.one.test");
});

test("a protocol is believed when a pattern allows it", () => {
  assertEquals(forwarded({ proto: "https" }), "https://in.test");
  assertEquals(forwarded({ proto: "https://evil/?x" }), "https://in.test");
  for (const proto of ["x:admin?", "javascript:alert(1)//"]) assertEquals(forwarded({ proto }), "http://in.test", proto);
  assertEquals(forwarded({ proto: "ftp" }, [{ hostname: "a.test" }]), "http://in.test");
});

test("a port needs a pattern that names it", () => {
  const patterns = [{ hostname: "api.test", port: "8443" }];
  assertEquals(forwarded({ host: "api.test", port: "8443" }, patterns), "http://api.test:8443");
  assertEquals(forwarded({ host: "api.test:8443" }, patterns), "http://api.test:8443");
  assertEquals(forwarded({ host: "api.test", port: "1" }, patterns), "http://in.test");
  assertEquals(forwarded({ port: "8443" }, PATTERNS), "http://in.test");
});

test("an address is believed with a trusted host", () => {
  const address = (headers) => clientAddress(raw({ ...headers, "x-forwarded-for": "1.1.1.1, 2.2.2.2" }), "http", "9.9.9.9", PATTERNS);
  assertEquals(address({ host: "plain.test" }), "1.1.1.1");
  assertEquals(address({ host: "evil.test" }), "9.9.9.9");
  assertEquals(address({ host: "evil.test", "x-forwarded-host": "plain.test" }), "1.1.1.1");
  assertEquals(address({ host: "evil.test", "x-forwarded-host": "bad.net" }), "9.9.9.9");
});
