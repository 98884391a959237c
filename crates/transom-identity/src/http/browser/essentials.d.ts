// Types of /_transom/essentials.js.

export interface TokenInfo {
  active: boolean;
  subjectType: "APP" | "USER" | "MEMBER" | "VISITOR" | "UNKNOWN";
  subjectId: string;
  /** Seconds since 1970. */
  exp: number;
  /** Seconds since 1970. */
  iat: number;
  clientId?: string;
  siteId: string;
  instanceId?: string;
}

export declare const httpClient: {
  /** `fetch`, with the token for the project's own origin. Relative addresses lead to the project. */
  readonly fetchWithAuth: typeof fetch;
  /** Not emulated: fails and says so. */
  readonly graphql: (query: string, variables?: Record<string, unknown>, options?: { apiVersion: string }) => Promise<never>;
};

export declare const auth: {
  /** Who looks at the page. */
  readonly getTokenInfo: () => Promise<TokenInfo>;
  /** Logs a member in; with `as: "user"` somebody of the site's staff. Fails with `status` 401 for a wrong password. */
  readonly login: (who: {
    email: string;
    password: string;
    as?: "member" | "user";
  }) => Promise<{ subjectType: "MEMBER" | "USER"; subjectId: string }>;
  readonly logout: () => Promise<void>;
  /** Only a handler can act as the app: what this returns throws. */
  readonly elevate: <T>(sourceFunction: T) => T;
  readonly getContextualAuth: () => {
    getAuthHeaders: () => Promise<{ headers: { Authorization: string } }>;
    getTokenInfo: () => Promise<TokenInfo>;
  };
};

/** More origins that the token may be sent to. */
export declare function sendTokensTo(...origins: string[]): void;
