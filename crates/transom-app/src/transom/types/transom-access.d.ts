// `transom:access`: who may call a handler, in one line.

declare module "transom:access" {
  export type Caller = "VISITOR" | "MEMBER" | "USER" | "APP";
  type Handler = (...args: any[]) => Response | Promise<Response>;
  type Guarded<H extends Handler> = (...args: Parameters<H>) => Promise<Response>;
  type Guard = <H extends Handler>(handler: H) => Guarded<H>;

  /** Only these kinds of callers: `export const GET = allow("MEMBER", "USER")(handler)`. 401 or 403 otherwise. */
  export function allow(...callers: [Caller, ...Caller[]]): Guard;
  /** Only members. */
  export const requireMember: Guard;
  /** Only the site's staff. */
  export const requireUser: Guard;
  /** Only the member or user whose id this gives: `requireOwner(({ params }) => ownerOf(params.id))(handler)`. */
  export function requireOwner(
    ownerOf: (context: import("astro").APIContext) => string | null | undefined | Promise<string | null | undefined>,
  ): Guard;

  /** How often each caller may call. */
  export interface Rate {
    /** So many calls, at once or one after the other. */
    limit: number;
    /** In this time: `30s`, `1m`, `1h`, or milliseconds. */
    window: string | number;
    /** Who is counted: the member, user or app, else the address; or always the address. */
    by?: "subject" | "address";
    /** Handlers with the same name count together; without one each handler counts for itself. */
    name?: string;
  }
  /** 429 for whoever calls too often: `export const POST = rateLimit({ limit: 10, window: "1m" })(handler)`. */
  export function rateLimit(rate: Rate): Guard;
}
