import { describe, expect, it } from '@jest/globals';
import { listPath, type Answer, type Answers } from './answers.js';
import { judgeAnswers, judgeRefusal } from './judge-answers.js';

const one = { runId: 'one', status: 'done' };
const two = { runId: 'two', status: 'done' };
const ok = (body: unknown): Answer => ({ status: 200, text: JSON.stringify(body) });
const corrupt: Answer = { status: 500, text: '{"error":{"code":"storage_corrupt","message":"Record 4 is damaged"}}' };
const truth = new Map([
  [listPath, ok({ runs: [one, two] })],
  ['/api/runs/one', ok({ outputs: { text: 'Hello' } })],
]);
const withAnswer = (path: string, answer: Answer): Answers => new Map([...truth, [path, answer]]);

describe('the answers of a damaged server', () => {
  it.each<readonly [string, string, Answers, boolean]>([
    ['same', 'everything as it was', truth, false],
    ['reported', 'a run that is reported as damaged', withAnswer('/api/runs/one', corrupt), true],
    ['reported', 'a list without a run that cannot be read', withAnswer(listPath, ok({ runs: [two] })), true],
  ])('are %s with %s', (outcome, _, answers, isFaultReported) => {
    expect(judgeAnswers(truth, { answers, isFaultReported })).toEqual({ outcome, violations: [] });
  });

  it.each<readonly [string, Answers, boolean, RegExp]>([
    ['a wrong result', withAnswer('/api/runs/one', ok({ outputs: { text: 'Hellp' } })), true, /Hellp/],
    ['another error', withAnswer('/api/runs/one', { status: 500, text: '{"error":{"code":"internal"}}' }), true, /500/],
    ['a run that is missing', withAnswer('/api/runs/one', { status: 404, text: '{}' }), true, /404/],
    ['no answer', withAnswer('/api/runs/one', { status: 0, text: 'no answer' }), true, /no answer/],
    ['a run that is missing without a report', withAnswer(listPath, ok({ runs: [two] })), false, /answered 200/],
    [
      'a run with another status in the list',
      withAnswer(listPath, ok({ runs: [{ ...one, status: 'failed' }, two] })),
      true,
      /failed/,
    ],
    ['a health check that does not report the damage', withAnswer('/api/runs/one', corrupt), false, /health does not/],
    ['a request that was not made', new Map([...truth].slice(0, 1)), true, /not asked/],
  ])('are a violation with %s', (_, answers, isFaultReported, text) => {
    expect(judgeAnswers(truth, { answers, isFaultReported }).violations).toEqual([expect.stringMatching(text)]);
  });

  it('may be a refusal only with its reason', () => {
    expect(judgeRefusal(1, 'heddle: the log was cut (storage_rolled_back)')).toEqual([]);
    expect(judgeRefusal(1, 'heddle: database disk image is malformed (internal)')).toHaveLength(1);
    expect(judgeRefusal(null, 'storage_corrupt')).toHaveLength(1);
  });
});
