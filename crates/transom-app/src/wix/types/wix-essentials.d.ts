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
    getContextualAuth(): {
      getAuthHeaders(): Promise<{ headers: Record<string, string> }>;
      getActiveToken(): string;
      getTokenInfo(): Promise<TokenInfo>;
    };
    /** Connections of log-in providers. */
    readonly IDP_CONNECTION_IDS: { google: string; facebook: string };
  };

  export const httpClient: {
    /** `fetch` with a token of the caller, for the project itself and the origins of `identity.token_origins`. */
    fetchWithAuth: typeof fetch;
    /** Not emulated: fails and says so. */
    graphql(query: string, variables?: Record<string, unknown>, options?: { apiVersion: string }): Promise<any>;
  };

  /** What a text for an error may say. */
  export interface ResolvedError {
    message: string;
    action?: { text: string; onClick?: () => void };
    requestId?: string | null;
    [name: string]: unknown;
  }

  type TextOfError = (error: any) => Partial<ResolvedError>;

  export const errorHandler: {
    /** Calls `callback`; `codes` has texts by the codes of the errors that it may throw. */
    withErrorHandler<T>(
      callback: () => T | Promise<T>,
      codes: Record<string, TextOfError | false>,
      options?: { statusCodesOverrides?: Record<string, TextOfError>; serverErrorOverride?: TextOfError },
    ): Promise<T>;
    /** What to tell a person about an error. */
    getResolvedError(error: unknown): ResolvedError;
    /** Shows nothing: a server has no screen. */
    showError(error: unknown, props?: Record<string, unknown>): void;
  };

  /** An amount; strings keep all of their digits. */
  export interface Money {
    value: string | number;
    /** As in ISO 4217. */
    currency: string;
  }

  type MoneyOptions = Omit<Intl.NumberFormatOptions, "style" | "currency">;

  export const i18n: {
    getLanguage(): string;
    getLocale(): string;
    /** An amount in the request's locale, or in another one. */
    formatCurrency(money: Money, options?: MoneyOptions & { locale?: string }): string;
    formatCurrencyToParts(money: Money, options?: MoneyOptions & { locale?: string }): Intl.NumberFormatPart[];
    /** Texts of `globalThis.__wix_translations__` by their keys. */
    getTranslationFunction(): (key: string | string[], values?: Record<string, unknown> | string) => string;
  };
  export function formatCurrencyWithLocale(locale: string, money: Money, options?: MoneyOptions): string;
  export function formatCurrencyToPartsWithLocale(
    locale: string, money: Money, options?: MoneyOptions,
  ): Intl.NumberFormatPart[];

  export const settings: { getTimezone(): string };
  export const monitoring: { getMonitoringClient(): any };
  /** Only the platform's own pages have one: throws. */
  export const bi: { getLogger(): never };
  /** Only the platform's own pages have some: throws. */
  export const experiments: { enabled(key: string): never; get(key: string): never };
  /** The platform's own apps. */
  export const WIX_APPS: Record<string, { id: string; name: string; [metadata: string]: unknown }>;
}

declare module "@wix/essentials/mock" {
  type Mocks<Names extends string> = Record<Names, any>;

  /** Stand-ins for what `@wix/essentials` exports, each made by `mockFn`, such as `vi.fn`. */
  export function createEssentialsMockFactory(mockFn: (implementation?: (...args: any[]) => any) => any): {
    i18n: Mocks<"getLanguage" | "getLocale" | "formatCurrency" | "formatCurrencyToParts">;
    bi: Mocks<"getLogger">;
    monitoring: Mocks<"getMonitoringClient">;
    experiments: Mocks<"enabled" | "get">;
    settings: Mocks<"getTimezone">;
    auth: Mocks<"elevate" | "getContextualAuth" | "getTokenInfo">;
    httpClient: Mocks<"fetchWithAuth" | "graphql">;
    errorHandler: Mocks<"withErrorHandler" | "getResolvedError" | "showError" | "reportRetryAttempt">;
  };
}
