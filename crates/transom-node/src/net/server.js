// @ts-check
// What listens: endpoints are served by transom itself, so nothing else does.

import { EventEmitter } from "node:events";
import { codes } from "transom:internal/node/errors";

const { ERR_NOT_SUPPORTED } = codes;

const REMEDY = "export a handler from a file in src/pages, transom serves it; packages that only want `fetch`-like handlers " +
  "have an adapter for the Fetch API";

/** Refuses to make a server: `what` is the function that was called. */
export function refuseServer(what) {
  throw new ERR_NOT_SUPPORTED(what, REMEDY);
}

/** A class to inherit from and to compare with, of which no instance comes into being. */
export function serverClass(what) {
  function Server() {
    refuseServer(`new ${what}.Server()`);
  }
  Object.setPrototypeOf(Server.prototype, EventEmitter.prototype);
  Object.setPrototypeOf(Server, EventEmitter);
  return Server;
}
