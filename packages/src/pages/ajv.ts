import Ajv from "ajv";
import addFormats from "ajv-formats";
import { assert, check } from "../check";

export const GET = check(() => {
  const ajv = new Ajv({ allErrors: true });
  addFormats(ajv);
  const validate = ajv.compile({
    type: "object", required: ["mail"], properties: { mail: { type: "string", format: "email" }, n: { type: "integer", minimum: 3 } },
  });
  assert.equal(validate({ mail: "a@b.cd", n: 3 }), true);
  assert.equal(validate({ mail: "no", n: 2 }), false);
  assert.deepEqual(validate.errors!.map((error) => error.keyword).sort(), ["format", "minimum"]);
});
