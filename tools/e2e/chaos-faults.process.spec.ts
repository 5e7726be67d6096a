import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { join } from 'node:path';
import { casesText, runCases } from '../chaos/cases/run-cases.js';
import { reportText } from '../chaos/report.js';
import { runChaos } from '../chaos/run-chaos.js';
import { isLong } from '../testing/is-long.js';
import { cleanUp, temporaryFolder } from './built-program.js';

jest.setTimeout(240_000);
afterAll(cleanUp);

/** Faults of each kind. A wrong clock waits a minute for the first sweep: clock.process.spec has one. */
const count = isLong ? 5 : 1;
const clocks = isLong ? 5 : 0;
const seed = Number(process.env['HEDDLE_CHAOS_SEED'] ?? Math.floor(Math.random() * 1_000_000));

describe('a server that is held, whose disk refuses and becomes full', () => {
  it('keeps the eight promises', async () => {
    const report = await runChaos({
      faults: { kill: 1, stop: count, io: count, full: count },
      seed,
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

describe('faults of a server of their own', () => {
  it('lose nothing, and are told: changed bits, wrong clocks, hostile values and power cuts', async () => {
    // Clocks mostly wait for the first sweep.
    const both = await Promise.all([
      runCases({ clock: clocks }, seed),
      runCases({ bitrot: count, values: count, power: count }, seed),
    ]);
    const cases = both.flat();
    for (const { kind, outcome } of cases)
      if (outcome.startsWith('skipped')) process.stdout.write(`skipped: ${kind}: ${outcome}\n`);
    expect(cases.filter(({ violations }) => violations.length > 0)).toEqual([]);
    expect(cases).toHaveLength(clocks + 3 * count);
    expect(casesText(cases)).toContain('0 with violations');
  });
});
