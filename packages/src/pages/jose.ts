import * as jose from "jose";
import { assert, check } from "../check";

export const GET = check(async () => {
  const secret = new TextEncoder().encode("a secret of thirty-two bytes or more");
  const token = await new jose.SignJWT({ a: 1 }).setProtectedHeader({ alg: "HS256" }).setExpirationTime("1h").setSubject("me").sign(secret);
  assert.equal((await jose.jwtVerify(token, secret)).payload.sub, "me");
  for (const alg of ["RS256", "ES256", "EdDSA"]) {
    const { publicKey, privateKey } = await jose.generateKeyPair(alg, { extractable: true });
    const signed = await new jose.SignJWT({ alg }).setProtectedHeader({ alg }).sign(privateKey);
    assert.equal((await jose.jwtVerify(signed, publicKey)).payload.alg, alg);
    const again = await jose.importJWK(await jose.exportJWK(publicKey), alg);
    await assert.rejects(jose.jwtVerify(signed.slice(0, -6) + "AAAAAA", again));
  }
  const sealed = await new jose.EncryptJWT({ b: 2 }).setProtectedHeader({ alg: "dir", enc: "A256GCM" }).encrypt(secret.slice(0, 32));
  assert.equal((await jose.jwtDecrypt(sealed, secret.slice(0, 32))).payload.b, 2);
});
