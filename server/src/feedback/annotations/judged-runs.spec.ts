import { describe, expect, it } from '@jest/globals';
import { EvaluatorSetup, localPrincipal, type Evaluation } from '@heddle/core';
import { judgesOfRuns, type JudgedSources } from './judged-runs.js';

const evaluation = (metric: string, value?: number): Evaluation => ({
  metric,
  explanation: '',
  cost: 0,
  tokens: 0,
  ms: 0,
  ...(value === undefined ? { error: { code: 'judge_unreadable', message: 'No.' } } : { value }),
});

const evaluators = [{ kind: 'judge', name: 'kind' }, { kind: 'judge-pair' }, { kind: 'exact' }].map((setup) =>
  EvaluatorSetup.parse(setup),
);

/** 450 rows with one run each, which are more than two pages. */
const rows = Array.from({ length: 450 }, (_, at) => ({ number: at + 1 }));
const sources = {
  experiments: {
    get: () => ({ body: { evaluators } }),
    rows: (_id: string, after: number, limit: number) => rows.slice(after, after + limit),
    cellsOfRow: (_id: string, number: number) => [
      { run: `r${number}`, evaluations: [evaluation('kind', number === 2 ? undefined : 0.5), evaluation('exact', 1)] },
      { run: undefined, evaluations: [] },
    ],
  },
  ownership: { resourceOf: () => Promise.resolve({ kind: 'experiment', project: 'alpha' }) },
  clock: { now: () => 0 },
} as unknown as JudgedSources;

const judges = (project: string, request: object) =>
  judgesOfRuns(
    sources,
    project,
    { experiment: 'e', ...request },
    { runs: new Set(['r1', 'r2', 'r449', 'x']), caller: localPrincipal },
  );

describe('the judges of an experiment', () => {
  it('have the scores of the named runs only, and none of a failed judgement', async () => {
    const found = await judges('alpha', {});
    expect(found.map(({ name, scores }) => [name, [...scores]])).toEqual([
      [
        'kind',
        [
          ['r1', 0.5],
          ['r449', 0.5],
        ],
      ],
      ['judge-pair', []],
    ]);
    expect((await judges('alpha', { judges: ['judge-pair'] })).map(({ name }) => name)).toEqual(['judge-pair']);
  });

  it('are those of the project, and only LLM judges', async () => {
    await expect(judges('beta', {})).rejects.toMatchObject({ code: 'not_found' });
    await expect(judges('alpha', { judges: ['exact'] })).rejects.toMatchObject({
      code: 'bad_request',
      message: "The experiment has no LLM judge 'exact'. It has: kind, judge-pair.",
    });
  });
});
