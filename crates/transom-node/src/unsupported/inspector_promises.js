// @ts-check
// node:inspector/promises: there is no debugger in the server.
// Reference: https://nodejs.org/docs/latest-v22.x/api/inspector.html#promises-api

import inspector from "node:inspector";

export { close, console, Network, NetworkResources, open, Session, url, waitForDebugger } from "node:inspector";
export default inspector;
