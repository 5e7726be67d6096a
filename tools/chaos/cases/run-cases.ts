import type { FaultCounts } from '../faults.js';
import { flipBit } from './bitrot.js';
import type { FaultCase } from './fault-case.js';
import { createSample, type Sample } from './sample.js';
import { meetValue } from './values.js';

/** What each kind does; some begin with a copy of the sample. */
const kinds = { bitrot: flipBit, values: meetValue } as const;

/** Faults that come over servers of their own, after one another. */
export async function runCases(
  faults: FaultCounts,
  seed: number,
  onProgress?: (detail: string) => void,
): Promise<FaultCase[]> {
  const cases: FaultCase[] = [];
  let sample: Promise<Sample> | undefined;
  const sampleOnce = (): Promise<Sample> => (sample ??= createSample());
  for (const [kind, run] of Object.entries(kinds)) {
    const count = faults[kind as keyof typeof kinds] ?? 0;
    for (let number = 1; number <= count; number += 1) {
      cases.push(await run(sampleOnce, seed, number));
      onProgress?.(`${number} of ${count} ${kind}`);
    }
  }
  return cases;
}

/** The cases in words: how many had which outcome, and what was lost, silent or wrong. */
export function casesText(cases: readonly FaultCase[]): string {
  const counts = new Map<string, number>();
  for (const { kind, outcome } of cases) {
    const name = `${kind} ${outcome}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const bad = cases.flatMap(({ kind, number, detail, violations }) =>
    violations.slice(0, 5).map((violation) => `  ${kind} ${number} (${detail}): ${violation}\n`),
  );
  const violated = cases.filter(({ violations }) => violations.length > 0).length;
  const list = [...counts].map(([name, count]) => `${count} ${name}`).join(', ');
  return `${cases.length} faults of servers of their own: ${list}; ${violated} with violations\n${bad.join('')}`;
}
