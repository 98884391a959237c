import { generateKeyPairSync } from "node:crypto";
import jwt from "jsonwebtoken";
import { assert, check } from "../check";

export const GET = check(() => {
  assert.equal((jwt.verify(jwt.sign({ a: 1 }, "shh", { expiresIn: "1h" }), "shh") as any).a, 1);
  assert.throws(() => jwt.verify(jwt.sign({ a: 1 }, "shh"), "other"), /invalid signature/);
  for (const [type, options, algorithm] of [["rsa", { modulusLength: 2048 }, "RS256"], ["rsa", { modulusLength: 2048 }, "PS256"], ["ec", { namedCurve: "P-256" }, "ES256"]] as any[]) {
    const { publicKey, privateKey } = generateKeyPairSync(type, {
      ...options, publicKeyEncoding: { type: "spki", format: "pem" }, privateKeyEncoding: { type: "pkcs8", format: "pem" },
    });
    assert.equal((jwt.verify(jwt.sign({ b: 2 }, privateKey, { algorithm }), publicKey) as any).b, 2);
  }
});
