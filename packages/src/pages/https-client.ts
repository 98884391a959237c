// As the clients of Twilio and the like: https, basic authentication, a form as body.
import http from "node:http";
import https from "node:https";
import { assert, check } from "../check";

function send(url: string, options: https.RequestOptions, body: string) {
  return new Promise<{ status: number; data: any }>((resolve, reject) => {
    const request = https.request(url, options, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk) => (text += chunk));
      response.on("end", () => resolve({ status: response.statusCode!, data: JSON.parse(text) }));
    });
    request.on("error", reject);
    request.end(body);
  });
}

export const GET = check(async () => {
  const agent = new https.Agent({ keepAlive: true, ca: process.env.STUB_CA });
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  for (let i = 0; i < 3; i++) {
    const { status, data } = await send(`${process.env.SECURE_STUB_URL}/Messages.json`, { agent, method: "POST", auth: "AC1:token", headers }, "To=1&Body=hi");
    assert.equal(status, 200);
    assert.equal(data.headers.authorization, `Basic ${Buffer.from("AC1:token").toString("base64")}`);
    assert.equal(data.headers["content-length"], "12");
    assert.equal(data.body, "To=1&Body=hi");
  }
  assert.equal(Object.values(agent.freeSockets).flat().length, 1, "one connection for all requests");
  agent.destroy();
  const unreachable = await new Promise<any>((resolve) => http.get("http://127.0.0.1:1/").on("error", resolve));
  assert.equal(unreachable.code, "ECONNREFUSED");
  assert.throws(() => http.createServer(), /src\/pages/);
});
