import { Resend } from "resend";
import { assert, check } from "../check";

export const GET = check(async () => {
  const resend = new Resend("re_1", { baseUrl: process.env.STUB_URL } as any);
  const { data, error } = await resend.emails.send({ from: "a@b.cd", to: "c@d.ef", subject: "s", text: "t" });
  assert.equal(error, null);
  assert.equal(data!.id, "email_1");
});
