import { Expectations } from "../expect";

export const GET = async ({ request }: { request: Request }): Promise<Response> => {
  const expect = new Expectations();
  expect.equal(new URL(request.url).pathname, "/fetch", "Request.url");
  expect.equal([request.method, request.bodyUsed, request.signal.aborted], ["GET", false, false], "Request");

  const headers = new Headers([["a", "1"]]);
  headers.append("set-cookie", "x=1");
  headers.append("set-cookie", "y=2");
  headers.set("b", "2");
  for (const [name, value] of headers) expect.equal(typeof name + typeof value, "stringstring", "Headers iteration");
  expect.equal([headers.get("a"), headers.has("b"), headers.getSetCookie()], ["1", true, ["x=1", "y=2"]], "Headers");
  headers.delete("a");
  headers.forEach((value, name, all) => expect.equal(all.get(name) !== null && value !== "", true, "Headers.forEach"));

  const init: RequestInit = {
    method: "POST", body: new URLSearchParams({ a: "b" }), headers, cache: "no-store", credentials: "omit",
    integrity: "", keepalive: false, mode: "cors", priority: "low", redirect: "manual", referrer: "",
    referrerPolicy: "no-referrer", signal: AbortSignal.timeout(10_000), window: null,
  };
  const sent = new Request("http://127.0.0.1/x", init);
  expect.equal([sent.cache, sent.redirect, sent.referrer, sent.destination], ["no-store", "manual", "", ""], "RequestInit");
  expect.equal((await sent.clone().formData()).get("a"), "b", "Request.formData");
  expect.equal(await sent.text(), "a=b", "Request.text");

  const response = new Response(new Blob(["{}"], { type: "application/json" }), { status: 201, statusText: "Made" });
  expect.equal([response.ok, response.status, response.statusText, response.type], [true, 201, "Made", "default"], "Response");
  expect.equal(JSON.stringify(await response.clone().json()), "{}", "Response.json");
  expect.equal((await response.clone().bytes()).length, 2, "Response.bytes");
  expect.equal((await response.clone().arrayBuffer()).byteLength, 2, "Response.arrayBuffer");
  expect.equal((await response.blob()).type, "application/json", "Response.blob");
  expect.equal(Response.redirect("http://127.0.0.1/", 303).status, 303, "Response.redirect");
  expect.equal(Response.error().type, "error", "Response.error");
  const fetched = await fetch("data:text/plain,hi");
  expect.equal([await fetched.text(), fetched.redirected, fetched.url], ["hi", false, "data:text/plain,hi"], "fetch");

  const form = new FormData();
  form.append("text", "value");
  form.append("file", new File(["content"], "name.txt", { lastModified: 1 }));
  const read = await new Response(form).formData();
  const file = read.get("file");
  expect.equal(file instanceof File && [file.name, await file.text()], ["name.txt", "content"], "FormData");
  expect.equal([...read.keys(), ...read.getAll("text")], ["text", "file", "value"], "FormData iteration");
  return expect.answer();
};
