// Current and preferred locale. Spec: astro-endpoints.md section 3.6.

import { currentLocale, preferredLocale, preferredLocaleList } from "transom:internal/app/locales";
import { assertEquals, test } from "transom:internal/testing";

const locales = ["en", "fr", "de", { path: "spanish", codes: ["es", "es-AR"] }];
const i18n = { locales, defaultLocale: "en" };

test("the current locale comes from the path or a parameter", () => {
  assertEquals(currentLocale("/loc", null, i18n), "en");
  assertEquals(currentLocale("/fr/loc", null, i18n), "fr");
  assertEquals(currentLocale("/spanish/loc", null, i18n), "es");
  assertEquals(currentLocale("/x/ES-ar.html", null, i18n), "es-AR");
  assertEquals(currentLocale("/zz/x", { l: "zz" }, i18n), "en");
  assertEquals(currentLocale("/x/y", { l: "FR" }, i18n), "fr");
  assertEquals(currentLocale("/x/y", { l: undefined, m: "spanish" }, i18n), "es");
});

test("preferred locales follow Accept-Language", () => {
  const rows = [
    [null, undefined, []],
    ["*", undefined, ["en", "fr", "de", "es", "es-AR"]],
    ["de", "de", ["de"]],
    ["fr;q=0.5, de;q=0.9", "de", ["de", "fr"]],
    ["ES-ar", "es-AR", ["es-AR"]],
    ["it, fr;q=0", "fr", ["fr"]],
    ["fr;q=2, de", "fr", ["fr", "de"]],
    ["xx", undefined, []],
  ];
  for (const [header, best, all] of rows) {
    assertEquals([preferredLocale(header, locales), preferredLocaleList(header, locales)], [best, all], String(header));
  }
});
