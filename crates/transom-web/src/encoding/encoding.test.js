// TextEncoder and TextDecoder.

import { TextDecoder } from "transom:internal/encoding/text_decoder";
import { TextEncoder } from "transom:internal/encoding/text_encoder";
import { assert, assertEquals, assertThrows, test } from "transom:internal/testing";

const bytes = (...list) => new Uint8Array(list);

test("encode gives UTF-8 and replaces lone surrogates", () => {
  const encoder = new TextEncoder();
  assertEquals(encoder.encoding, "utf-8");
  assertEquals(encoder.encode("aé€😀"), bytes(0x61, 0xc3, 0xa9, 0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x98, 0x80));
  assertEquals(encoder.encode("\ud800x"), bytes(0xef, 0xbf, 0xbd, 0x78));
  assertEquals(encoder.encode(), bytes());
  assertEquals(encoder.encode(undefined), bytes());
});

test("encodeInto writes whole characters only and counts code units", () => {
  const encoder = new TextEncoder();
  for (const [text, room, read, written] of [
    ["abc", 2, 2, 2],
    ["é", 1, 0, 0],
    ["a€", 3, 1, 1],
    ["😀!", 4, 2, 4],
    ["😀", 3, 0, 0],
    ["\udc00a", 4, 2, 4],
    ["x".repeat(100), 100, 100, 100],
    ["é".repeat(100), 101, 50, 100],
  ]) {
    assertEquals(encoder.encodeInto(text, new Uint8Array(room)), { read, written }, `${text} in ${room}`);
  }
  assertThrows(() => encoder.encodeInto("a", new Uint16Array(1)), TypeError);
  const offset = new Uint8Array(4);
  encoder.encodeInto("z", offset.subarray(2));
  assertEquals(offset, bytes(0, 0, 0x7a, 0));
});

test("labels, and what is no label", () => {
  assertEquals(new TextDecoder("  UTF8 ").encoding, "utf-8");
  assertEquals(new TextDecoder("latin1").encoding, "windows-1252");
  assertEquals(new TextDecoder("unicode").encoding, "utf-16le");
  assertEquals(new TextDecoder("sjis").encoding, "shift_jis");
  assertThrows(() => new TextDecoder("iso-2022-kr"), RangeError);
  assertThrows(() => new TextDecoder("latin-1"), RangeError);
  assertThrows(() => new TextDecoder("utf-8\u0000"), RangeError);
});

test("decode takes every kind of buffer", () => {
  const decoder = new TextDecoder();
  const buffer = bytes(0x61, 0x62, 0x63, 0x64).buffer;
  assertEquals(decoder.decode(buffer), "abcd");
  assertEquals(decoder.decode(new DataView(buffer, 1, 2)), "bc");
  assertEquals(decoder.decode(new Uint16Array(buffer, 2)), "cd");
  assertEquals(decoder.decode(), "");
  assertThrows(() => decoder.decode("abc"), TypeError);
  assertThrows(() => decoder.decode(null), TypeError);
});

test("fatal decoders throw and can be used again", () => {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  assertThrows(() => decoder.decode(bytes(0xff)), TypeError);
  assertThrows(() => decoder.decode(bytes(0xe2, 0x82)), TypeError);
  assertEquals(decoder.decode(bytes(0x61)), "a");
  assertEquals(new TextDecoder().decode(bytes(0xff, 0x61, 0xe2, 0x82)), "\ufffda\ufffd");
});

test("the byte order mark", () => {
  const marked = bytes(0xef, 0xbb, 0xbf, 0x61, 0xef, 0xbb, 0xbf);
  assertEquals(new TextDecoder().decode(marked), "a\ufeff");
  assertEquals(new TextDecoder("utf-8", { ignoreBOM: true }).decode(marked), "\ufeffa\ufeff");
  assertEquals(new TextDecoder("utf-16le").decode(bytes(0xff, 0xfe, 0x61, 0)), "a");
});

test("streamed UTF-8 is the same however it is cut", () => {
  const text = "a\u00e9\u20ac\u{1f600}z";
  const whole = new Uint8Array([0xef, 0xbb, 0xbf, ...new TextEncoder().encode(text), 0xff, 0xe2, 0x28, 0xf0, 0x9f]);
  const expected = new TextDecoder().decode(whole);
  for (let size = 1; size <= 5; size++) {
    const decoder = new TextDecoder();
    let result = "";
    for (let i = 0; i < whole.length; i += size) result += decoder.decode(whole.subarray(i, i + size), { stream: true });
    result += decoder.decode();
    assertEquals(result, expected, `pieces of ${size}`);
  }
});

test("a streamed character comes out with its last byte, an invalid one at once", () => {
  const decoder = new TextDecoder();
  assertEquals(decoder.decode(bytes(0xe2, 0x82), { stream: true }), "");
  assertEquals(decoder.decode(bytes(0xac), { stream: true }), "€");
  assertEquals(decoder.decode(bytes(0xed, 0xa0), { stream: true }), "\ufffd\ufffd");
  assertEquals(decoder.decode(bytes(0xf0, 0x9f), { stream: true }), "");
  assertEquals(decoder.decode(), "\ufffd");
  const fatal = new TextDecoder("utf-8", { fatal: true });
  fatal.decode(bytes(0xe2), { stream: true });
  assertThrows(() => fatal.decode(), TypeError);
});

test("other encodings keep their state between pieces", () => {
  const decoder = new TextDecoder("utf-16be");
  assertEquals(decoder.decode(bytes(0xd8), { stream: true }), "");
  assertEquals(decoder.decode(bytes(0x3d, 0xde), { stream: true }), "");
  assertEquals(decoder.decode(bytes(0x00)), "\u{1f600}");
  assertEquals(decoder.decode(bytes(0x00, 0x61)), "a");
  assertEquals(new TextDecoder("gbk").decode(bytes(0xc4, 0xe3)), "你");
  assert(new TextDecoder("windows-1252").decode(bytes(0x80)) === "€");
});
