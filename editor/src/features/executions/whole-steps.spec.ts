import { describe, expect, it } from '@jest/globals';
import type { Label } from '@heddle/core';
import type { PathRecord } from '../run/fold/path-records.js';
import { agentSteps } from './agent-steps.js';
import { cutSteps, withFetched, type FetchedSteps } from './whole-steps.js';

const label: Label = { level: 'internal', marks: [] };
const cut = (key: string, seq: number, size: number): PathRecord => ({
  runId: 'r',
  time: 5,
  path: 'agent',
  attempt: 1,
  seq,
  type: 'node-step',
  key,
  value: { label, preview: '{"text":"Long', size },
});
const turn = {
  text: 'Long thought.',
  calls: [{ id: '1', name: 'search', arguments: '{"query":"leave"}' }],
  usage: { inputTokens: 9, outputTokens: 3 },
  model: 'm',
  ms: 40,
};

describe('long steps of an agent', () => {
  it('are fetched once, and show their whole turn, calls and results', () => {
    const records = [cut('model-1', 1, 9_000), cut('tool-1-0', 2, 20_000)];
    const none: FetchedSteps = new Map();
    expect(cutSteps(records, none).map(({ key }) => key)).toEqual(['model-1', 'tool-1-0']);
    const fetched: FetchedSteps = new Map([
      ['model-1', { seq: 1, value: turn }],
      ['tool-1-0', { seq: 2, value: { text: 'All of it.' } }],
    ]);
    expect(cutSteps(records, fetched)).toEqual([]);
    expect(agentSteps(withFetched(records, fetched), [])).toMatchObject([
      { number: 1, turn, calls: [{ tool: 'search', result: 'All of it.', isCut: false }] },
    ]);
  });

  it('stay shortened when only a part was fetched, or nothing', () => {
    const records = [cut('model-1', 1, 9_000), cut('tool-1-0', 2, 5_000_000), cut('model-2', 3, 9_000)];
    const fetched: FetchedSteps = new Map([
      ['model-1', { seq: 1, value: turn }],
      ['tool-1-0', { seq: 2, value: { text: 'The first part' } }],
      ['model-2', { seq: 3, value: undefined }],
    ]);
    expect(cutSteps(records, fetched)).toEqual([]);
    expect(agentSteps(withFetched(records, fetched), [])).toMatchObject([
      { calls: [{ result: 'The first part', isCut: true }] },
      { turn: undefined, preview: '{"text":"Long' },
    ]);
  });

  it('are fetched again when another attempt wrote them', () => {
    const fetched: FetchedSteps = new Map([['model-1', { seq: 1, value: turn }]]);
    expect(cutSteps([cut('model-1', 7, 9_000)], fetched)).toHaveLength(1);
    expect(agentSteps(withFetched([cut('model-1', 7, 9_000)], fetched), [])).toMatchObject([{ turn: undefined }]);
  });
});
