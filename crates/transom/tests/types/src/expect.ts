/** Collects what does not hold; an endpoint answers with the list. */
export class Expectations {
  readonly failures: string[] = [];

  equal<T>(actual: T, expected: T, what: string): void {
    const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)];
    if (a !== b) this.failures.push(`${what}: ${a} is not ${b}`);
  }

  answer(): Response {
    return Response.json({ failures: this.failures });
  }
}
