import { describe, expect, it } from '@jest/globals';
import { publicLabel, type RunEvent } from '@heddle/core';
import { sidesOf, workOfRun } from './side-of-run.js';

const call = (kind: 'generate' | 'embed', tokens: number, cost: number): RunEvent => ({
  type: 'model-call',
  runId: 'r',
  seq: 1,
  time: 1,
  path: 'answer',
  attempt: 1,
  model: `far/${kind}`,
  kind,
  isLocal: false,
  parameters: {},
  promptHash: 'sha256:0',
  label: publicLabel,
  started: 1,
  usage: { inputTokens: tokens, outputTokens: 1, cost, currency: 'USD' },
});

describe('the figures of a run', () => {
  it('contain the tokens of language models, and the cost and destinations of all models', () => {
    const work = workOfRun({ status: 'done' }, [call('generate', 9, 0.5), call('embed', 3_000, 0.25)]);
    expect(sidesOf(work, work).before).toMatchObject({ tokens: 10, cost: 0.75, egress: ['far/embed', 'far/generate'] });
  });
});
