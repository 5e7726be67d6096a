import { describe, expect, it } from '@jest/globals';
import { parseFaults, planFaults } from './faults.js';

describe('the faults of a chaos test', () => {
  it('are read from names with counts, which are five by default', () => {
    expect(parseFaults('kill=30, stop')).toEqual({ kill: 30, stop: 5 });
  });

  it.each(['', 'flood', 'kill=', 'kill=-1', 'kill=1.5', 'kill=1=2', 'kill,'])('are refused as %j', (text) => {
    expect(parseFaults(text)).toBeUndefined();
  });

  it('come in an order that follows from the seed', () => {
    const counts = { kill: 20, stop: 10 };
    const plan = planFaults(counts, 7);
    expect(plan).toEqual(planFaults(counts, 7));
    expect(plan).not.toEqual(planFaults(counts, 8));
    expect(plan.filter((kind) => kind === 'kill')).toHaveLength(20);
    expect(plan.filter((kind) => kind === 'stop')).toHaveLength(10);
    expect(plan.slice(0, 10)).not.toEqual(plan.slice(0, 10).fill('kill'));
  });
});
