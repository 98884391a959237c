// EventSource, against the server of events in tests/api.rs.

import { EventSource } from "transom:internal/event_source/event_source";
import { EventStreamParser } from "transom:internal/event_source/event_stream";
import { assertEquals, assertThrows, test } from "transom:internal/testing";

const once = (target, type) => new Promise((resolve) => target.addEventListener(type, resolve, { once: true }));

test("events arrive, and the connection is made again with the last id", async () => {
  const source = new EventSource("http://events.test/x");
  assertEquals([source.url, source.readyState, source.withCredentials], ["http://events.test/x", 0, false]);
  const seen = [];
  source.onmessage = ({ data, lastEventId, origin }) => seen.push([data, lastEventId, origin]);
  source.addEventListener("named", ({ type, data, lastEventId }) => seen.push([type, data, lastEventId]));
  await once(source, "open");
  assertEquals(source.readyState, EventSource.OPEN);
  await once(source, "error");
  assertEquals(source.readyState, 0);
  assertEquals(seen, [["one", "", "http://events.test"], ["named", "a\nb", "7"], ["", "7", "http://events.test"]]);
  await once(source, "message");
  assertEquals(seen[3], ["again", "7", "http://events.test"]);
  source.close();
  assertEquals(source.readyState, 2);
});

test("what is no event stream is not asked for again", async () => {
  const source = new EventSource("http://events.test/gone");
  await once(source, "error");
  assertEquals(source.readyState, EventSource.CLOSED);
  assertThrows(() => new EventSource("relative"), "SyntaxError");
  assertThrows(() => new EventSource(), TypeError);
});

test("the format is read as the standard says", () => {
  const seen = [];
  const sink = { event: (...event) => seen.push(event), commit() {}, retry: (time) => seen.push(time) };
  const parser = new EventStreamParser(sink, "");
  const push = (text) => parser.push(Uint8Array.from(text, (character) => character.charCodeAt(0)));
  for (const character of "data:  x\r\n\r\n:c\nid: 1\nid: 2\0\nevent:e\ndata\ndata:y\r\rretry:5\nretry:x\nfoo:bar\n\n") push(character);
  assertEquals(seen, [["message", " x", ""], ["e", "\ny", "1"], 5]);
});
