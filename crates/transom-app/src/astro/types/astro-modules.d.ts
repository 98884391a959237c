// The `astro:*` modules. What `astro:env/client` and `astro:env/server` export of the project's own schema is
// declared in a file of its own.

declare module "astro:middleware" {
  import type { APIContext, MiddlewareHandler, Params } from "astro";

  /** Gives a middleware its type. */
  export function defineMiddleware(handler: MiddlewareHandler): MiddlewareHandler;
  /** One middleware out of several, called in order; falsy entries are left out. */
  export function sequence(...handlers: (MiddlewareHandler | null | undefined | false)[]): MiddlewareHandler;
  /** A context for testing middleware outside a server. */
  export function createContext(options: {
    request: Request;
    params?: Params;
    userDefinedLocales?: string[];
    defaultLocale: string;
    locals?: App.Locals;
    clientAddress?: string;
  }): APIContext;
  /** `value` as JSON; throws when it is more than plain data. */
  export function trySerializeLocals(value: unknown): string;
}

declare module "astro:env/client" {
  export {};
}

declare module "astro:env/server" {
  /** The text of an environment variable of the running server. */
  export function getSecret(key: string): string | undefined;
}
