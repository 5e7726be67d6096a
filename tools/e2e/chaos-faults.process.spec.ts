import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { drawn, isLong, sampleSeed } from '@heddle/core/testing';
import { join } from 'node:path';
import { casesText, runCases } from '../chaos/cases/run-cases.js';
import { reportText } from '../chaos/report.js';
import { runChaos } from '../chaos/run-chaos.js';
import { cleanUp, temporaryFolder } from './built-program.js';

jest.setTimeout(240_000);
afterAll(cleanUp);

/**
 * Faults of each kind; `npm test` draws two kinds of each group. It leaves out wrong clocks, which wait a minute for the first sweep:
 * clock.process.spec.ts tests one.
 */
const count = isLong ? 5 : 1;
const clocks = isLong ? 5 : 0;
const held = drawn(['stop', 'io', 'full'], 2);
const changed = drawn(['bitrot', 'values', 'power'], 2);
const each = (kinds: readonly string[]): Readonly<Record<string, number>> =>
  Object.fromEntries(kinds.map((kind) => [kind, count]));

describe('a server that is stopped, and whose disk refuses writes or becomes full', () => {
  it('keeps the eight promises', async () => {
    const report = await runChaos({
      faults: { kill: 1, ...each(held) },
      seed: sampleSeed,
      hasModels: false,
      data: join(temporaryFolder(), 'data'),
      pace: 0.4,
      isPatient: true,
    });
    for (const [kind, why] of Object.entries(report.skipped)) process.stdout.write(`skipped: ${kind}: ${why}\n`);
    expect(report.isGood ? '' : reportText(report)).toBe('');
    expect(report.outcomes['done']).toBeGreaterThan(0);
  });
});

describe('faults that each need their own server', () => {
  it('lose nothing, and are reported: changed bits, wrong clocks, hostile values and power cuts', async () => {
    // Cases of clocks mostly wait for the first sweep, so both groups run at the same time.
    const both = await Promise.all([runCases({ clock: clocks }, sampleSeed), runCases(each(changed), sampleSeed)]);
    const cases = both.flat();
    for (const { kind, outcome } of cases)
      if (outcome.startsWith('skipped')) process.stdout.write(`skipped: ${kind}: ${outcome}\n`);
    expect(cases.filter(({ violations }) => violations.length > 0)).toEqual([]);
    expect(cases).toHaveLength(clocks + changed.length * count);
    expect(casesText(cases)).toContain('0 with violations');
  });
});
