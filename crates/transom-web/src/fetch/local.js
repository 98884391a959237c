// @ts-check
// Requests that are answered inside of the process, and what does not leave it. Whoever runs the realm decides;
// without a decision everything goes to the network as it is.

export const local = {
  __proto__: null,
  /** @type {((url: string) => any) | null} What a URL leads to, or null for the network. */
  find: null,
  /** @type {((request: Request, target: any) => Promise<Response>) | null} */
  answer: null,
  /** @type {((request: Request, url: string) => Promise<Response>) | null} What reads a file: the Fetch standard leaves it open. */
  file: null,
  /**
   * What a request for the network must not carry is taken off its list of headers; `sender` is what sends it.
   * @type {((headers: string[], url: string, sender: string) => Promise<void> | null) | null}
   */
  guard: null,
};
