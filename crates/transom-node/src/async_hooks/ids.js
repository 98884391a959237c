// @ts-check
// Numbers of asynchronous resources. Only AsyncResource has some: the flow itself is followed by the engine's own
// asynchronous context, not by numbers.

let last = 1;
let current = 1;
let trigger = 0;

/** A number that no resource has had. */
export const newId = () => ++last;

/** The number of the resource whose callback runs; 1 outside of any. */
export const currentId = () => current;

/** The number of what made the current resource; 0 outside of any. */
export const currentTriggerId = () => trigger;

/** Calls `work` as a callback of this resource. */
export function runAs(id, triggerId, work) {
  const { 0: outer, 1: outerTrigger } = [current, trigger];
  current = id;
  trigger = triggerId;
  try {
    return work();
  } finally {
    current = outer;
    trigger = outerTrigger;
  }
}
