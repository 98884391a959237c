// The page for 404 and error pages in place of responses. Spec: astro-endpoints.md sections 2.3 and 2.4.

import { mergeResponses, notFoundPage, shownPath } from "transom:internal/app/error_pages";
import { assert, assertEquals, test } from "transom:internal/testing";

test("the page shows the path, escaped", async () => {
  const response = notFoundPage(`/<a>&"'`);
  assertEquals([response.status, response.headers.get("content-type")], [404, "text/html"]);
  const html = await response.text();
  assert(html.includes("<title>404: Not Found</title>"));
  assert(html.includes("<pre>Path: /&lt;a&gt;&amp;&quot;&#39;</pre>"), html);
});

test("endings of pages are not shown", () => {
  const rows = [
    ["/a", "ignore", "/a"], ["/a/", "ignore", "/a/"], ["/a.html", "ignore", "/a"], ["/a/index.html", "ignore", "/a/"],
    ["/a.html/index.html", "ignore", "/a.html/"], ["/favicon.ico", "always", "/favicon.ico/"], ["/a", "never", "/a"],
  ];
  for (const [path, trailingSlash, expected] of rows) assertEquals(shownPath(path, trailingSlash), expected, path);
});

test("an error page takes the status and the headers of what it replaces", async () => {
  const original = new Response(null, { status: 404, headers: { "x-from": "mw", "content-length": "999", "set-cookie": "a=1" } });
  const rendered = new Response("page", { status: 200, headers: { "content-type": "text/html", "x-from": "page", "set-cookie": "b=2" } });
  const merged = mergeResponses(rendered, original);
  assertEquals([merged.status, await merged.text()], [404, "page"]);
  assertEquals([...merged.headers], [
    ["content-type", "text/html"], ["set-cookie", "a=1"], ["set-cookie", "b=2"], ["x-from", "mw"],
  ]);
});

test("without an original the page stands for itself", () => {
  const rendered = new Response("page", { status: 200 });
  assert(mergeResponses(rendered, null) === rendered);
});
