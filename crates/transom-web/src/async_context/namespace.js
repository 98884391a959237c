// @ts-check
// The namespace object `AsyncContext`.
// Spec: https://github.com/tc39/proposal-async-context

import { Snapshot, Variable } from "transom:internal/async_context/async_context";

export const AsyncContext = { Snapshot, Variable };
