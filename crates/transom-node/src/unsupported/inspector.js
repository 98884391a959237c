// @ts-check
// node:inspector: there is no debugger in the server.
// Reference: https://nodejs.org/docs/latest-v22.x/api/inspector.html

import { refuseAll } from "transom:internal/node/unsupported/refuse";
import { console as globalConsole } from "transom:internal/console/console";

const all = refuseAll("inspector", [
  "Session", "close", "open", "waitForDebugger",
], "there is no debugger; use console.log, source positions in errors and `transom dev`");
export const { Session, close, open, waitForDebugger } = all;

/** No inspector listens anywhere. */
export const url = () => undefined;
const none = () => {};
export const Network = {
  requestWillBeSent: none, responseReceived: none, loadingFinished: none, loadingFailed: none, dataSent: none, dataReceived: none,
};
export const NetworkResources = { put: none };
export { globalConsole as console };
export default { ...all, url, Network, NetworkResources, console: globalConsole };
