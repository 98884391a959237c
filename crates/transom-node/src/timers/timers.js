// @ts-check
// node:timers.
// Reference: https://nodejs.org/docs/latest-v22.x/api/timers.html

import { validateFunction } from "transom:internal/node/errors/validators";
import { clearImmediate, setImmediate } from "transom:internal/node/timers/immediate";
import { customPromisify } from "transom:internal/node/util/promisify";
import { deprecate } from "transom:internal/node/util/deprecate";
import { primordials } from "transom:internal/primordials";
import * as web from "transom:internal/scheduling/timers";
import * as promises from "node:timers/promises";

const { MathTrunc, NumberIsNaN, ObjectDefineProperty, ReflectApply } = primordials;

/** Node's rules for a delay: anything that is no time in 25 days is 1 ms. */
function delayOf(delay) {
  const number = +delay;
  return NumberIsNaN(number) || !(number >= 1 && number <= 2147483647) ? 1 : MathTrunc(number);
}

export function setTimeout(callback, after, ...args) {
  validateFunction(callback, "callback");
  return ReflectApply(web.setTimeout, undefined, [callback, delayOf(after), ...args]);
}

export function setInterval(callback, repeat, ...args) {
  validateFunction(callback, "callback");
  return ReflectApply(web.setInterval, undefined, [callback, delayOf(repeat), ...args]);
}

const isTimer = (timer) => timer instanceof web.Timeout || typeof timer === "number" || typeof timer === "string";

export function clearTimeout(timer) {
  if (isTimer(timer)) web.clearTimeout(timer);
}

export function clearInterval(timer) {
  if (isTimer(timer)) web.clearInterval(timer);
}

ObjectDefineProperty(setTimeout, customPromisify, {
  __proto__: null, get: () => promises.setTimeout, enumerable: true,
});

/** Objects that have a time out of their own: how sockets did it before `setTimeout` returned objects. */
export const enroll = deprecate((item, delay) => {
  item._idleTimeout = delayOf(delay);
}, "timers.enroll() is deprecated. Please use setTimeout instead.", "DEP0095");
export const unenroll = deprecate((item) => {
  web.clearTimeout(item._timer);
  item._idleTimeout = -1;
}, "timers.unenroll() is deprecated. Please use clearTimeout instead.", "DEP0096");

function activate(item) {
  web.clearTimeout(item._timer);
  if (item._idleTimeout > 0) item._timer = web.setTimeout(() => item._onTimeout?.(), item._idleTimeout);
}
export const active = deprecate(activate, "timers.active() is deprecated. Please use timeout.refresh() instead.", "DEP0126");
export const _unrefActive = deprecate(activate, "timers._unrefActive() is deprecated. Please use timeout.refresh() instead.", "DEP0127");

const { default: promisesObject } = promises;
export { clearImmediate, promisesObject as promises, setImmediate };
export default {
  setTimeout, clearTimeout, setImmediate, clearImmediate, setInterval, clearInterval, _unrefActive, active, enroll, unenroll,
  promises: promisesObject,
};
