// How a row is measured, inside every runtime: copied beside the `rows.ts` of a bench.

import { rows } from './rows.ts';

/** Turns per second of the row `name`, over at least `ms` milliseconds. */
export async function measure(name: string, ms: number): Promise<{ perSecond: number; sum: number }> {
  const row = rows[name];
  let [turns, sum, elapsed, batch] = [0, 0, 0, 1];
  while (elapsed < ms) {
    const start = performance.now();
    for (let i = 0; i < batch; i++) {
      const result = row();
      sum += typeof result === 'number' ? result : ((await result) as number);
    }
    const took = performance.now() - start;
    elapsed += took;
    turns += batch;
    // Batches of some milliseconds, so that the clock costs nothing and other work gets its turn.
    if (took < 5) batch *= 2;
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  return { perSecond: (turns * 1000) / elapsed, sum: sum / turns };
}
