import Stripe from "stripe";
import { assert, check } from "../check";

export const GET = check(async () => {
  const { hostname, port } = new URL(process.env.STUB_URL!);
  const stripe = new Stripe("sk_test_1", { host: hostname, port: Number(port), protocol: "http", maxNetworkRetries: 0 });
  const customer = await stripe.customers.create({ email: "a@b.cd" });
  assert.equal(customer.email, "a@b.cd");
  const payload = JSON.stringify({ id: "evt_1", object: "event" });
  const header = stripe.webhooks.generateTestHeaderString({ payload, secret: "whsec_1" });
  assert.equal(stripe.webhooks.constructEvent(payload, header, "whsec_1").id, "evt_1");
  assert.throws(() => stripe.webhooks.constructEvent(payload, header, "whsec_2"), /signature/i);
});
