// What `import type { ... } from "astro"` means in a project without the package: the part that endpoints use.

declare namespace App {
  /** What `context.locals` holds. Add members in a declaration file of the project. */
  interface Locals {}
  /** What `context.session` holds. Add members in a declaration file of the project. */
  interface SessionData {}
}

declare module "astro" {
  export type Props = Record<string, any>;
  export type Params = Record<string, string | undefined>;

  /** A handler: `export const GET: APIRoute = ({ params, request }) => new Response("hello");` */
  export type APIRoute<P extends Props = Props, A extends Params = Params> = (
    context: APIContext<P, A>,
  ) => Response | Promise<Response>;

  export type ValidRedirectStatus = 300 | 301 | 302 | 303 | 304 | 307 | 308;
  /** Where a rewrite leads: a path, a URL or a whole request. */
  export type RewritePayload = string | URL | Request;

  /** What handlers and middleware are called with. */
  export interface APIContext<P extends Props = Props, A extends Params = Params> {
    /** Cookies of the request, and those that the response will set. */
    cookies: AstroCookies;
    /** The route that answers, such as `/users/[id]`. */
    routePattern: string;
    isPrerendered: boolean;
    /** Address of the client. */
    readonly clientAddress: string;
    /** The locale of the path, with `i18n` in the config. */
    currentLocale: string | undefined;
    generator: string;
    /** Yours for the time of the request: what middleware puts here, handlers find. */
    locals: App.Locals;
    /** Values of the parameters in the route's file name. */
    params: A;
    /** The best locale of `Accept-Language` that the project has. */
    preferredLocale: string | undefined;
    /** All locales of `Accept-Language` that the project has, best first. */
    preferredLocaleList: string[] | undefined;
    request: Request;
    /** `site` of the config. */
    site: URL | undefined;
    /** The URL of the request, its path decoded. */
    url: URL;
    /** The path before any rewrite. */
    originPathname: string;
    csp: AstroCsp | undefined;
    logger: AstroLogger;
    cache: CacheLike;
    session: AstroSession | undefined;
    /** Props of `getStaticPaths`, or `{ error }` in `500.ts`. */
    props: P;
    redirect(path: string, status?: ValidRedirectStatus): Response;
    /** Lets another route answer the same request. */
    rewrite(payload: RewritePayload): Promise<Response>;
    getActionResult(action: any): any;
    callAction(action: any, input?: any): any;
  }

  export interface AstroLogger {
    info(message: string): void;
    warn(message: string): void;
    error(message: string): void;
  }

  export interface AstroCsp {
    insertDirective(directive: string): void;
    insertStyleResource(resource: string): void;
    insertStyleHash(hash: string): void;
    insertScriptResource(resource: string): void;
    insertScriptHash(hash: string): void;
  }

  export interface CacheLike {
    readonly enabled: boolean;
    readonly tags: string[];
    set(options: any): void;
    invalidate(options: any): Promise<void>;
  }

  export interface AstroCookie {
    value: string;
    json(): any;
    number(): number;
    boolean(): boolean;
  }

  export interface AstroCookieGetOptions {
    decode?: (value: string) => string;
  }

  export interface AstroCookieSetOptions {
    domain?: string;
    encode?: (value: string) => string;
    expires?: Date;
    httpOnly?: boolean;
    /** In seconds. */
    maxAge?: number;
    partitioned?: boolean;
    path?: string;
    sameSite?: boolean | "lax" | "none" | "strict";
    secure?: boolean;
  }

  export type AstroCookieDeleteOptions = Omit<AstroCookieSetOptions, "encode" | "expires" | "maxAge">;

  export interface AstroCookies {
    get(key: string, options?: AstroCookieGetOptions): AstroCookie | undefined;
    has(key: string, options?: AstroCookieGetOptions): boolean;
    set(key: string, value: string | Record<string, any>, options?: AstroCookieSetOptions): void;
    delete(key: string, options?: AstroCookieDeleteOptions): void;
    merge(cookies: AstroCookies): void;
    /** The `Set-Cookie` values so far. */
    headers(): Generator<string, void, unknown>;
  }

  type SessionKey = keyof App.SessionData | (string & {});
  type SessionValue<T, K> = T extends void ? (K extends keyof App.SessionData ? App.SessionData[K] : any) : T;

  export interface AstroSession {
    readonly sessionID: string | undefined;
    get<T = void, K extends SessionKey = SessionKey>(key: K): Promise<SessionValue<T, K> | undefined>;
    has(key: string): Promise<boolean>;
    keys(): Promise<MapIterator<string>>;
    values(): Promise<any[]>;
    entries(): Promise<[string, any][]>;
    set<T = void, K extends SessionKey = SessionKey>(
      key: K,
      value: SessionValue<NoInfer<T>, K>,
      options?: { /** In seconds. */ ttl?: number },
    ): void;
    delete(key: string): void;
    destroy(): void;
    regenerate(): Promise<void>;
    load(sessionID: string): Promise<void>;
  }

  /** What `next` is in middleware. A payload lets another route answer. */
  export type MiddlewareNext = (payload?: RewritePayload) => Promise<Response>;
  export type MiddlewareHandler = (
    context: APIContext,
    next: MiddlewareNext,
  ) => Promise<Response> | Response | Promise<void> | void;

  export interface GetStaticPathsItem {
    params: Record<string, string | number | undefined>;
    props?: Props;
  }
  export type GetStaticPathsResult = GetStaticPathsItem | GetStaticPathsItem[];
  export interface GetStaticPathsOptions {
    paginate: any;
    routePattern: string;
  }
  /** `export const getStaticPaths = (() => [...]) satisfies GetStaticPaths;` */
  export type GetStaticPaths = (
    options: GetStaticPathsOptions,
  ) => Promise<GetStaticPathsResult | GetStaticPathsResult[]> | GetStaticPathsResult | GetStaticPathsResult[];

  type StaticPath<T> = T extends (...args: any[]) => infer R
    ? Awaited<R> extends readonly (infer I)[]
      ? I
      : Awaited<R>
    : never;
  /** The parameters that a `getStaticPaths` gives. */
  export type InferGetStaticParamsType<T> = StaticPath<T> extends { params: infer P } ? P : never;
  /** The props that a `getStaticPaths` gives. */
  export type InferGetStaticPropsType<T> = StaticPath<T> extends { props: infer P } ? P : never;

  export interface RemotePattern {
    hostname?: string;
    pathname?: string;
    port?: string;
    protocol?: string;
  }

  export type RedirectConfig = string | { destination: string; status: ValidRedirectStatus };
  export type Locale = string | { codes: [string, ...string[]]; path: string };

  /** The configuration as `defineConfig` takes it. Options of pages are accepted and have no effect. */
  export interface AstroUserConfig {
    site?: string;
    base?: string;
    trailingSlash?: "always" | "never" | "ignore";
    output?: "static" | "server";
    redirects?: Record<string, RedirectConfig>;
    security?: {
      allowedDomains?: RemotePattern[];
      checkOrigin?: boolean;
      [option: string]: any;
    };
    env?: {
      schema?: Record<string, import("astro/config").EnvFieldType>;
      validateSecrets?: boolean;
    };
    i18n?: { defaultLocale: string; locales: Locale[]; [option: string]: any };
    session?: false | { ttl?: number; cookie?: string | (AstroCookieSetOptions & { name?: string }); [option: string]: any };
    server?: any;
    adapter?: any;
    integrations?: any[];
    vite?: any;
    [option: string]: any;
  }
  export type AstroConfig = AstroUserConfig;
  export interface AstroIntegration {
    name: string;
    hooks: Record<string, any>;
  }
}
