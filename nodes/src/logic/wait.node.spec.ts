import { describe, expect, it } from '@jest/globals';
import { runNode } from '@heddle/core/testing';
import { wait } from './wait.node.js';

describe('wait', () => {
  it('waits for a duration or until a time, and passes its value on', async () => {
    const run = await runNode(wait, { config: { amount: 2, unit: 'hours' }, inputs: { value: { a: 1 } }, now: 1_000 });
    expect(run.outputs).toEqual({ value: { a: 1 }, done: true });
    expect(run.sleeps).toEqual([1_000 + 7_200_000]);
    const until = '2023-11-14T23:13:20+00:00';
    expect((await runNode(wait, { config: { until } })).sleeps).toEqual([Date.parse(until)]);
    expect((await runNode(wait, { inputs: { until: '2020-01-01T00:00:00Z' } })).sleeps).toEqual([]);
  });

  it('keeps its time when it runs again', async () => {
    const steps = new Map<string, unknown>();
    await runNode(wait, { config: { amount: 1, unit: 'days' }, now: 0, steps });
    expect((await runNode(wait, { config: { amount: 1, unit: 'days' }, now: 86_400_000, steps })).sleeps).toEqual([]);
  });

  it('refuses a time without a time zone and a time too far in the future', async () => {
    await expect(runNode(wait, { config: { until: 'tomorrow' } })).rejects.toMatchObject({ code: 'workflow_invalid' });
    await expect(runNode(wait, { inputs: { until: '2026-12-01T09:00' } })).rejects.toMatchObject({
      code: 'input_type',
    });
    await expect(runNode(wait, { config: { amount: 10_000, unit: 'days' } })).rejects.toMatchObject({
      code: 'input_type',
    });
  });
});
