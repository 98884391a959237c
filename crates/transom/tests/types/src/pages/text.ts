import { Expectations } from "../expect";

export const GET = async (): Promise<Response> => {
  const expect = new Expectations();
  const url = new URL("../b?x=1#h", "https://user:pass@example.com:8443/a/c");
  expect.equal([url.href, url.origin], ["https://user:pass@example.com:8443/b?x=1#h", "https://example.com:8443"], "URL");
  url.searchParams.append("y", "2");
  expect.equal([url.search, url.searchParams.size], ["?x=1&y=2", 2], "URL.searchParams");
  expect.equal([URL.canParse("nope"), URL.parse("nope")], [false, null], "URL.parse");
  const params = new URLSearchParams([["b", "1"], ["a", "2"]]);
  params.sort();
  expect.equal([...params.entries()], [["a", "2"], ["b", "1"]], "URLSearchParams");
  const pattern = new URLPattern({ pathname: "/users/:id" });
  expect.equal(pattern.exec("https://h/users/7")?.pathname.groups["id"], "7", "URLPattern");
  expect.equal([pattern.test("https://h/"), pattern.hasRegExpGroups], [false, false], "URLPattern.test");

  const encoder = new TextEncoder();
  const decoder = new TextDecoder("windows-1252", { fatal: true, ignoreBOM: true });
  expect.equal([...encoder.encode("ä")], [0xc3, 0xa4], "TextEncoder");
  expect.equal(encoder.encodeInto("ab", new Uint8Array(1)).read, 1, "encodeInto");
  expect.equal(decoder.decode(new Uint8Array([0x80]), { stream: true }), "\u20ac", "TextDecoder");
  expect.equal([decoder.encoding, decoder.fatal, decoder.ignoreBOM], ["windows-1252", true, true], "TextDecoder");
  expect.equal([btoa("hi"), atob("aGk=")], ["aGk=", "hi"], "base64");

  const blob = new Blob(["abc", new Uint8Array([100])], { type: "text/plain", endings: "transparent" });
  expect.equal([blob.size, await blob.slice(1, 3, "x/y").text()], [4, "bc"], "Blob");
  expect.equal((await blob.bytes()).length + (await blob.arrayBuffer()).byteLength, 8, "Blob.bytes");
  expect.equal(await new Response(blob.stream()).text(), "abcd", "Blob.stream");
  const address = URL.createObjectURL(blob);
  expect.equal(await (await fetch(address)).text(), "abcd", "blob URL");
  URL.revokeObjectURL(address);

  expect.equal(new Intl.NumberFormat("de").format(1234.5), "1.234,5", "Intl");
  const date: Temporal.PlainDate = Temporal.PlainDate.from("2026-02-28").add({ days: 1 });
  expect.equal(date.toString(), "2026-03-01", "Temporal");
  return expect.answer();
};
