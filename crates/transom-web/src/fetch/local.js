// @ts-check
// Requests that are answered inside of the process. Whoever runs the realm decides which; without a decision none are.

export const local = {
  __proto__: null,
  /** @type {((url: string) => any) | null} What a URL leads to, or null for the network. */
  find: null,
  /** @type {((request: Request, target: any) => Promise<Response>) | null} */
  answer: null,
};
