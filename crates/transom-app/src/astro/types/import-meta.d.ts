// `import.meta.env`, whose values are inlined at build time.

interface ImportMetaEnv {
  /** `production`, `development`, or what `--mode` says. */
  readonly MODE: string;
  readonly PROD: boolean;
  readonly DEV: boolean;
  /** Always true in an endpoint. */
  readonly SSR: boolean;
  /** `base` of the config, as written. */
  readonly BASE_URL: string;
  /** `site` of the config. */
  readonly SITE: string;
  readonly ASSETS_PREFIX: string | Record<string, string>;
  readonly [variable: string]: any;
}

interface ImportMeta {
  readonly env: ImportMetaEnv;
}

declare module "*?raw" {
  const text: string;
  export default text;
}

declare module "*?url" {
  const url: string;
  export default url;
}
