// @ts-check
// `context.getActionResult` and `context.callAction` in a project without `astro:actions`: no result is ever
// waiting, and a call is passed on to whatever function it is given.
// Spec: astro-endpoints.md section 3.1.

import { primordials } from "transom:internal/primordials";

const { FunctionPrototypeBind } = primordials;

/** Always undefined: results come from form submissions to actions, which do not exist here. */
export const getActionResult = (_action) => undefined;

/** Calls `action` with the context as `this`, as the reference does before the action itself checks anything. */
export function callAction(context, action, input) {
  return FunctionPrototypeBind(action, context)(input);
}
