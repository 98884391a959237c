// Validation of `astro:env` variables; env.rs has the same rules. Spec: astro-endpoints.md section 6.2.

import { validate } from "transom:internal/app/env";
import { createError } from "transom:internal/app/errors";
import { assertEquals, test } from "transom:internal/testing";

test("a value becomes its type or says what is wrong", () => {
  const rows = [
    [{ type: "string" }, "x", "x"],
    [{ type: "number" }, "12abc", 12],
    [{ type: "boolean" }, "false", false],
    [{ type: "enum", values: ["a", "b"] }, "b", "b"],
    [{ type: "number", default: 4000 }, undefined, 4000],
    [{ type: "string", optional: true }, undefined, undefined],
  ];
  for (const [field, text, value] of rows) assertEquals(validate({ name: "V", ...field }, text), { value });
  const problems = [
    [{ type: "string" }, undefined, "V is missing"],
    [{ type: "boolean" }, "yes", "V's type is invalid, expected: boolean"],
    [{ type: "number", optional: true }, "x", "V's type is invalid, expected: number | undefined"],
    [{ type: "enum", values: ["a", "b"] }, "c", "V's type is invalid, expected: 'a' | 'b'"],
    [{ type: "string", min: 9, url: true, startsWith: "h" }, "x", "The following constraints for V are not met: min, url, startsWith"],
    [{ type: "number", gt: 3, int: true }, "2.5", "The following constraints for V are not met: gt, int"],
  ];
  for (const [field, text, problem] of problems) assertEquals(validate({ name: "V", ...field }, text), { problem });
});

test("the error lists the variables", () => {
  const error = createError("EnvInvalidVariables", ["A is missing", "B is missing"]);
  assertEquals(error.name, "EnvInvalidVariables");
  const start = "The following environment variables defined in `env.schema` are invalid:\n\n";
  assertEquals(error.message, `${start}- A is missing\n- B is missing\n`);
});
