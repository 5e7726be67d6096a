import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { casesText, runCases } from '../chaos/cases/run-cases.js';
import { cleanUp } from './built-program.js';

jest.setTimeout(240_000);
afterAll(cleanUp);

const seed = Number(process.env['HEDDLE_CHAOS_SEED'] ?? Math.floor(Math.random() * 1_000_000));

describe('faults of a server of their own', () => {
  it('lose nothing, and are told: changed bits, wrong clocks, hostile values and power cuts', async () => {
    // Clocks mostly wait for the first sweep.
    const both = await Promise.all([runCases({ clock: 3 }, seed), runCases({ bitrot: 5, values: 5, power: 5 }, seed)]);
    const cases = both.flat();
    for (const { kind, outcome } of cases)
      if (outcome.startsWith('skipped')) process.stdout.write(`skipped: ${kind}: ${outcome}\n`);
    expect(cases.filter(({ violations }) => violations.length > 0)).toEqual([]);
    expect(cases).toHaveLength(18);
    expect(casesText(cases)).toContain('0 with violations');
  });
});
