// `astro:actions`: typed calls from pages.

import { unsupported } from "transom:internal/app/unsupported";

const missing = (name) => unsupported("astro:actions", name, "write an endpoint and call it with `fetch`");

export const defineAction = missing("defineAction");
export const actions = new Proxy({}, { get: (_target, name) => missing(`actions.${String(name)}`) });
export const getActionContext = missing("getActionContext");
export const getActionPath = missing("getActionPath");
export const isActionError = () => false;
export const isInputError = () => false;
export class ActionError extends Error {}
