// What the console shows of the objects of fetch and URL.

import "transom:internal/console/web_objects";
import { inspect } from "transom:internal/console/inspect";
import { FormData } from "transom:internal/form_data/form_data";
import { Headers } from "transom:internal/fetch/headers";
import { Request } from "transom:internal/fetch/request";
import { Response } from "transom:internal/fetch/response";
import { URL } from "transom:internal/url/url";
import { URLSearchParams } from "transom:internal/url/url_search_params";
import { assert, assertEquals, test } from "transom:internal/testing";

test("objects of fetch and URL show their content", () => {
  assertEquals(inspect(new Headers({ b: "2", A: "1" })), "Headers { a: '1', b: '2' }");
  assertEquals(inspect(new Headers()), "Headers {}");
  assertEquals(inspect(new URLSearchParams("a=1&b=2")), "URLSearchParams { a: '1', b: '2' }");
  const form = new FormData();
  form.append("x", "y");
  assertEquals(inspect(form), "FormData { x: 'y' }");
  assert(inspect(new URL("http://u@h:81/p?q#f")).includes("href: 'http://u@h:81/p?q#f'"));
  const response = inspect(new Response("", { status: 201, headers: { a: "b" } }));
  assert(response.includes("status: 201") && response.includes("a: 'b'"));
  assert(inspect(new Request("http://a/")).includes("method: 'GET'"));
  assertEquals(inspect({ deep: { deep: { deep: new Headers() } } }), "{ deep: { deep: { deep: [Headers] } } }");
});
