// `astro/config` in a project without the package.

declare module "astro/config" {
  import type { AstroUserConfig } from "astro";

  export type { AstroUserConfig } from "astro";

  /** Only gives the configuration its type. */
  export function defineConfig<const T extends AstroUserConfig>(config: T): T;

  interface EnvFieldAccess {
    /** Who may import the variable. */
    context: "client" | "server";
    /** `public` is inlined at build time, `secret` is read when the server runs. */
    access: "public" | "secret";
    optional?: boolean;
  }
  export interface StringFieldInput extends EnvFieldAccess {
    default?: string;
    max?: number;
    min?: number;
    length?: number;
    url?: boolean;
    includes?: string;
    startsWith?: string;
    endsWith?: string;
  }
  export interface NumberFieldInput extends EnvFieldAccess {
    default?: number;
    gt?: number;
    min?: number;
    lt?: number;
    max?: number;
    int?: boolean;
  }
  export interface BooleanFieldInput extends EnvFieldAccess {
    default?: boolean;
  }
  export interface EnumFieldInput<T extends string> extends EnvFieldAccess {
    values: T[];
    default?: NoInfer<T>;
  }

  export type EnvFieldType =
    | (StringFieldInput & { type: "string" })
    | (NumberFieldInput & { type: "number" })
    | (BooleanFieldInput & { type: "boolean" })
    | (EnumFieldInput<string> & { type: "enum" });

  /** Fields of `env.schema`. */
  export const envField: {
    string(options: StringFieldInput): EnvFieldType;
    number(options: NumberFieldInput): EnvFieldType;
    boolean(options: BooleanFieldInput): EnvFieldType;
    enum<T extends string>(options: EnumFieldInput<T>): EnvFieldType;
  };

  export const sessionDrivers: Record<string, (options?: any) => any>;
  export function getViteConfig(config: any, inline?: any): any;
  export function passthroughImageService(): any;
  export function sharpImageService(options?: any): any;
}
