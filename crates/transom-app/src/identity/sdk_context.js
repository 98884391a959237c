// @ts-check
// Where the packages of the SDK look for the clients to act with, as `enableContext("global")` of `@wix/sdk` sets it.
// Spec: wix-http-endpoints.md section 6.
//
// The packages put it aside while they make a function and put it back, so it must be writable, and what is in it too.

import { appClient, callerClient } from "transom:internal/app/identity/client";

export const __wix_context__ = { client: callerClient, elevatedClient: appClient };
