import type { FaultCounts } from '../faults.js';
import { flipBit } from './bitrot.js';
import { shiftClock } from './clock.js';
import type { FaultCase } from './fault-case.js';
import { cutPower } from './power.js';
import { createSample, type Sample } from './sample.js';
import { killSync } from './sync.js';
import { meetValue } from './values.js';

/** The function of each kind; some use a copy of the sample. */
const kinds = { bitrot: flipBit, clock: shiftClock, values: meetValue, sync: killSync, power: cutPower } as const;

/** The maximum number of clock cases in parallel; each mostly waits for the first sweep. */
const mostClocks = 5;

/** Runs the cases whose faults need servers of their own, one kind after the other. */
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
    const atOnce = kind === 'clock' ? mostClocks : 1;
    for (let first = 1; first <= count; first += atOnce) {
      const numbers = Array.from({ length: Math.min(atOnce, count - first + 1) }, (_, index) => first + index);
      cases.push(...(await Promise.all(numbers.map((number) => run(sampleOnce, seed, number)))));
      onProgress?.(`${first + numbers.length - 1} of ${count} ${kind}`);
    }
  }
  return cases;
}

/** Writes the cases as text: how many had which outcome, and what was wrong. */
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
