import https from "node:https";
import axios from "axios";
import { assert, check } from "../check";

export const GET = check(async () => {
  const api = axios.create({ baseURL: process.env.STUB_URL, headers: { "x-own": "1" } });
  const { data, status } = await api.post("/echo", { a: 1 }, { params: { q: "ä" } });
  assert.equal(status, 200);
  assert.equal(data.body, '{"a":1}');
  assert.equal(data.url, "/echo?q=%C3%A4");
  assert.equal(data.headers["x-own"], "1");
  assert.equal((await api.get("/redirect")).data.url, "/echo?redirected=1");
  await assert.rejects(api.get("/status/503"), (error: any) => error.response.status === 503);
  await assert.rejects(api.get("/slow", { timeout: 50 }), (error: any) => error.code === "ECONNABORTED");
  const httpsAgent = new https.Agent({ ca: process.env.STUB_CA });
  assert.equal((await axios.get(`${process.env.SECURE_STUB_URL}/echo`, { httpsAgent })).data.method, "GET");
  await assert.rejects(axios.get(`${process.env.SECURE_STUB_URL}/echo`), (error: any) => error.code === "DEPTH_ZERO_SELF_SIGNED_CERT");
  const stream = await api.get("/chunks", { responseType: "stream" });
  let text = "";
  for await (const chunk of stream.data) text += chunk;
  assert.equal(text, "piece 0;piece 1;piece 2;");
});
