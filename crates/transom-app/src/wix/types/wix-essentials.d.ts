// What `import ... from "@wix/essentials"` means in a project without the package.

declare module "@wix/essentials" {
  /** Information about the caller, or about the token that came with the request. */
  export interface TokenInfo {
    /** Whether the token is accepted; false for a header that is another service's, or broken. */
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

  export const auth: {
    /** Who calls the request that is being answered. Without a token: a visitor. */
    getTokenInfo(): Promise<TokenInfo>;
    /** The same function of the SDK, run as the app. Check who is calling first. */
    elevate<T>(sourceFunction: T): T;
    getContextualAuth(): { getTokenInfo(): Promise<TokenInfo> };
  };

  export const httpClient: {
    /** `fetch` with a token of the caller, for the project itself and the origins of `identity.token_origins`. */
    fetchWithAuth: typeof fetch;
    /** Not emulated: fails and says so. */
    graphql(query: string, variables?: Record<string, unknown>, options?: { apiVersion: string }): Promise<any>;
  };

  export const i18n: { getLanguage(): string; getLocale(): string };
  export const settings: { getTimezone(): string };
  export const monitoring: { getMonitoringClient(): any };
}
