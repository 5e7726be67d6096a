import { describe, expect, it } from '@jest/globals';
import { listPath, type Answer, type Answers } from './answers.js';
import { judgeKept } from './judge-kept.js';

const ok = (body: unknown): Answer => ({ status: 200, text: JSON.stringify(body) });
const truth = new Map([
  [listPath, ok({ runs: [{ runId: 'one' }] })],
  ['/api/runs/one', ok({ outputs: { text: 'Hello' } })],
]);

describe('the answers of a server after its clock was wrong', () => {
  it('are kept if nothing is missing', () => {
    expect(judgeKept(truth, new Map(truth))).toEqual({ outcome: 'kept', violations: [] });
  });

  it.each<readonly [string, Answers, RegExp]>([
    ['a run that was deleted', new Map([...truth, ['/api/runs/one', { status: 404, text: '{}' }]]), /404/],
    ['a list without it', new Map([...truth, [listPath, ok({ runs: [] })]]), /runs":\[\]/],
    ['values that were deleted', new Map([...truth, ['/api/runs/one', ok({ outputs: {} })]]), /outputs":\{\}/],
    ['nothing', new Map([...truth].slice(0, 1)), /nothing/],
  ])('are lost with %s', (_, answers, text) => {
    expect(judgeKept(truth, answers)).toEqual({ outcome: 'lost', violations: [expect.stringMatching(text)] });
  });
});
