declare namespace App {
  interface Locals {
    /** Names the request in logs and in the `x-request-id` header. */
    requestId: string;
  }
}

interface ImportMetaEnv {
  readonly PUBLIC_STORE_NAME: string;
}
