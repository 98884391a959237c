// `astro:middleware`.
// Spec: astro-endpoints.md section 5.

export { createContext, defineMiddleware, sequence, trySerializeLocals } from "transom:internal/app/middleware";
