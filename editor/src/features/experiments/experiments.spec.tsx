/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { compareVariantsSteps, runThrough, usualEmbedder, type ExperimentReply, type MetricInfo } from '@heddle/core';
import { act, type ReactElement } from 'react';
import { meStore } from '../../data/access/known-me.js';
import { readMe } from '../../data/access/me-store.js';
import { createLiveClient } from '../../data/live/live-client.js';
import { createFakeSocket } from '../../data/testing/fake-socket.js';
import { openFakePage, type FakePage } from '../../ui/testing/fake-page.js';
import { all, buttonNamed, choose, one, pageText, pressButton, texts, type } from '../../ui/testing/fake-person.js';
import type { Session } from '../session/session.js';
import { SessionProvider } from '../session/SessionProvider.js';
import { chanceText, differenceText, figureText } from '../../ui/format/figure-text.js';
import { ExperimentsPage } from './ExperimentsPage.js';
import { readSettings } from './variant-settings.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
// jsdom has neither ResizeObserver nor the methods of a dialog.
Object.assign(HTMLDialogElement.prototype, { showModal: () => undefined, close: () => undefined });
Object.assign(globalThis, {
  ResizeObserver: class {
    observe = (): void => undefined;
    disconnect = (): void => undefined;
  },
});

const exact: MetricInfo = { name: 'exact', title: 'Exact', better: 'higher', unit: 'check' };
const cost: MetricInfo = { name: 'run.cost', title: 'Cost', better: 'lower', unit: 'USD' };
const variant = (id: string, name: string) => ({ id, name, workflowId: 'w', workflow: 'w', settings: {}, hash: 'h' });
const experiment: ExperimentReply = {
  id: 'x1',
  name: 'Which prompt?',
  owner: 'local',
  createdAt: 1,
  status: 'done',
  rows: 20,
  repeats: 1,
  concurrency: 4,
  dataset: { id: 'd', name: 'Questions', version: 3 },
  variants: [variant('v1', 'now'), variant('v2', 'draft')],
  cells: { waiting: 0, running: 0, done: 39, failed: 1, cancelled: 0 },
  cost: { runs: 0.5, judges: 0 },
  reuse: true,
  cacheModelCalls: false,
  saved: { cost: 0.25, ms: 61_000 },
  evaluators: [],
  metrics: [exact, cost],
};
const rows = Array.from({ length: 20 }, (_, at) => ({ id: `r${at}`, tags: [at < 10 ? 'short' : 'long'] }));
const compared = {
  rows,
  variants: ['v1', 'v2'],
  metrics: [exact, cost],
  scores: rows.flatMap(({ id }, at) => [
    { row: id, variant: 'v1', metric: 'exact', value: at < 4 ? 1 : 0 },
    { row: id, variant: 'v2', metric: 'exact', value: at < 18 ? 1 : 0 },
    { row: id, variant: 'v1', metric: 'run.cost', value: 0.01 },
    { row: id, variant: 'v2', metric: 'run.cost', value: 0.02 },
  ]),
};
const table = runThrough(compareVariantsSteps(compared));
const changed = { of: 'v2', metric: 'exact', baseline: 0, variant: 1, now: 'better' as const };
const cell = (of: string) => ({ variant: of, repeat: 1, state: 'done', attempt: 1, runId: `run-${of}`, values: {} });
const reused = { nodes: 1, ms: 2_000, cost: 0.01, tokens: 15 };
const cells = [cell('v1'), { ...cell('v2'), reused }];
const row = { number: 5, id: 'r4', tags: [], label: 'internal', cells, changed: [changed] };

const calibrations = { judge: { summary: 'Not calibrated: people have judged 3 of the 30 rows that are needed.' } };

let page: FakePage;
let sent: string[];
let bodies: unknown[];
let roles: readonly string[];
let replies: Record<string, unknown>;
beforeEach(() => {
  [sent, bodies] = [[], []];
  roles = ['owner'];
  replies = {
    'GET /api/experiments': { experiments: [experiment] },
    'GET /api/experiments/x1': experiment,
    'GET /api/experiments/x1/result': { isFinal: true, cells: experiment.cells, table, calibrations },
    'GET /api/experiments/x1/rows': { rows: [row] },
    'GET /api/experiments/x1/route-trainings': { trainings: [] },
    'GET /api/experiments/x1/rows/5': {
      ...row,
      inputs: { question: 'Why?' },
      expected: 'because',
      answers: [
        { variant: 'v1', repeat: 1, outputs: { answer: 'no idea' }, evaluations: [] },
        {
          variant: 'v2',
          repeat: 1,
          outputs: { answer: 'no because' },
          evaluations: [{ metric: 'exact', value: 1, explanation: 'It is equal.', cost: 0, tokens: 0, ms: 0 }],
        },
      ],
    },
  };
  page = openFakePage((method, path, body) => {
    const [address = ''] = path.split('?');
    if (method !== 'GET') {
      sent.push(`${method} ${address}`);
      bodies.push(body);
    }
    if (path === '/api/auth/me')
      return {
        isSignInNeeded: true,
        hasUsers: true,
        principal: { id: 'user:u', kind: 'user', name: 'Una', roles: { default: roles } },
      };
    return replies[`${method} ${address}`] ?? (method === 'GET' ? undefined : experiment);
  });
});
afterEach(() => {
  page.leave();
  meStore.setState({ me: undefined });
});

async function show(element: ReactElement): Promise<void> {
  const live = createLiveClient(createFakeSocket());
  await act(async () => {
    await readMe();
    page.root.render(<SessionProvider value={{ live } as unknown as Session}>{element}</SessionProvider>);
  });
  for (let tick = 0; tick < 4; tick += 1) await act(async () => Promise.resolve());
}
const showOne = (): Promise<void> => show(<ExperimentsPage item="x1" tabs={<nav />} />);

describe('the list of experiments', () => {
  it('says that there are no experiments yet', async () => {
    replies['GET /api/experiments'] = { experiments: [] };
    await show(<ExperimentsPage item={undefined} tabs={<nav />} />);
    expect(texts('.empty-state p')[0]).toMatch(/^No experiments yet\./);
  });

  it('links to each one, and offers no new one to a viewer', async () => {
    roles = ['viewer'];
    await show(<ExperimentsPage item={undefined} tabs={<nav />} />);
    expect(all('a.row').map((link) => link.getAttribute('href'))).toEqual(['/quality/experiments/x1']);
    expect(pageText()).not.toContain('New experiment');
  });
});

describe('a new experiment', () => {
  it('leaves out unreviewed rows, or includes them on request', async () => {
    replies['GET /api/datasets'] = { datasets: [{ id: 'd', name: 'Questions' }] };
    replies['GET /api/workflows'] = { workflows: [{ id: 'w', name: 'Ask' }] };
    replies['POST /api/experiments/preview'] = { rows: 2, runs: 4, variants: [] };
    await show(<ExperimentsPage item={undefined} tabs={<nav />} />);
    await pressButton('New experiment');
    const [dataset, workflow] = all('dialog select');
    await choose(dataset!, 'd');
    await choose(workflow!, 'w');
    await pressButton('Preview');
    const toggle = all('dialog label').find((label) => label.textContent?.includes('Rows that nobody reviewed'));
    await act(async () => (toggle?.querySelector('input') ?? toggle)?.click());
    await pressButton('Preview');
    expect(bodies).toMatchObject([{ withUnreviewed: false }, { withUnreviewed: true }]);
  });
});

describe('an experiment', () => {
  it('names the winner, the difference and its p-value', async () => {
    await showOne();
    expect(pageText()).toContain('Exact: draft wins.');
    const [, draft] = all('tbody tr');
    expect(draft!.textContent).toContain('+70.0 points');
    expect(draft!.textContent).toContain('Winner');
    expect(draft!.textContent).toContain('< 0.001');
    expect(pageText()).toContain('1 run failed');
    expect(pageText()).toContain('judge: Not calibrated: people have judged 3 of the 30 rows');
    expect(pageText()).toContain('1 min 1 s and $0.25 saved by reused results');
  });

  it('draws quality against price, and describes the chart in a legend', async () => {
    await showOne();
    expect(all('.chart circle')).toHaveLength(2);
    expect(texts('.chart-legend li')[1]).toContain('draft: 90.0 %, $0.0200 (no other variant beats it)');
  });

  it('opens a changed row with both answers and their runs', async () => {
    await showOne();
    await act(async () => all<HTMLButtonElement>('.experiment-row')[0]!.click());
    for (let tick = 0; tick < 3; tick += 1) await act(async () => Promise.resolve());
    expect(texts('[data-part=experiment-answers] ins')).toEqual(['because']);
    expect(texts('[data-part=experiment-answers] del')).toEqual(['idea']);
    expect(all('[data-part=experiment-answers] a').map((link) => link.getAttribute('href'))).toEqual([
      '/runs/run-v1',
      '/runs/run-v2',
    ]);
    expect(pageText()).toContain('It is equal.');
    expect(texts('[data-part=experiment-answers] section > .quiet')).toEqual([
      'Reused one result: 2.0 s and $0.01 saved',
    ]);
  });

  it('tests nothing before its end, and can be paused and cancelled', async () => {
    replies['GET /api/experiments/x1'] = {
      ...experiment,
      status: 'running',
      cells: { waiting: 10, running: 2, done: 28, failed: 0, cancelled: 0 },
    };
    replies['GET /api/experiments/x1/result'] = {
      isFinal: false,
      cells: experiment.cells,
      calibrations: {},
      table: { ...table, comparisons: [], winners: [] },
    };
    await showOne();
    expect(pageText()).toContain('Differences are tested when all rows have run');
    expect(all('[role=progressbar]')[0]!.getAttribute('aria-label')).toBe('28 of 40 runs');
    await pressButton('Pause');
    expect(sent).toEqual(['POST /api/experiments/x1/pause']);
    expect(buttonNamed('Cancel')).toBeDefined();
  });

  it('says why it paused', async () => {
    replies['GET /api/experiments/x1'] = {
      ...experiment,
      status: 'paused',
      reason: 'It has used its budget of $1: raise the budget.',
    };
    await showOne();
    expect(pageText()).toContain('It has used its budget of $1: raise the budget.');
  });
});

describe('figures and settings', () => {
  it('are written in their units', () => {
    expect(['score', 'ms', 'tokens', 'USD'].map((unit) => figureText(0.5, unit as 'score'))).toEqual([
      '50.0 %',
      '0.5 ms',
      '1',
      '$0.500',
    ]);
    expect([differenceText(-0.041, 'check'), differenceText(0, 'ms'), figureText(undefined, 'ms')]).toEqual([
      '−4.1 points',
      '0.0 ms',
      '–',
    ]);
    expect([chanceText(0.00001), chanceText(0.04)]).toEqual(['< 0.001', '0.040']);
  });

  it('are read from lines, with a variant for each value', () => {
    expect(readSettings('answer.model = a | b\n\nanswer.t = 0.2\nsay.text = x = y')).toEqual({
      set: { 'answer.t': 0.2, 'say.text': 'x = y' },
      grid: { 'answer.model': ['a', 'b'] },
    });
    expect(() => readSettings('temperature 3')).toThrow('node.setting');
  });
});

describe('a route training', () => {
  const loss = (mean: number, low: number, high: number) => ({ loss: mean, low, high });
  const proposal = { name: 'learned', candidates: [{ model: 'small', when: [] }], prefer: 'order', explore: 0 };
  const result = {
    rows: 500,
    skipped: 3,
    policy: { ...loss(0.6, 0, 1.8), share: 0.71 },
    always: loss(14, 11, 17),
    chance: 9.9,
    cost: { strong: 0.02, policy: 0.006 },
    curve: [{ threshold: 0.4, share: 0.71, ...loss(0.6, 0, 1.8) }],
    isWithinLimit: true,
    proposal,
  };
  const training = {
    id: 't1',
    experiment: 'x1',
    owner: 'local',
    createdAt: 1,
    endedAt: 2,
    status: 'done',
    judged: 0,
    rows: 503,
    cost: 0,
    result,
    request: { cheap: 'v2', strong: 'v1', maxLoss: 2, embedding: 'e', by: { kind: 'metric', metric: 'exact' } },
  };
  const withTraining = (more: object = {}): void => {
    replies['GET /api/experiments/x1/route-trainings'] = { trainings: [{ ...training, ...more }] };
  };

  it('says which share it keeps and what it loses at most, and stores the policy', async () => {
    withTraining();
    replies['PUT /api/policies/learned'] = proposal;
    await showOne();
    expect(texts('.route-verdict')).toEqual(['Keeps 71 % with the cheap variant, loses at most 1.8 points (95 %).']);
    expect(texts('.route-figures li')[0]).toContain('500 requests, 3 could not be compared');
    expect(texts('.route-curve tbody tr')).toEqual(['71 %0.60.0 to 1.8']);
    await pressButton('Store policy');
    expect(sent).toContain('PUT /api/policies/learned');
    expect(all('.route-training a').map((link) => link.getAttribute('href'))).toEqual(['/policies/learned']);
  });

  it('names no policy when the limit is not proved', async () => {
    const policy = { ...result.policy, high: 4.2 };
    withTraining({ result: { ...result, policy, isWithinLimit: false } });
    await showOne();
    expect(texts('.route-verdict')).toEqual([
      'No policy is proved to lose at most 2.0 points: the best one loses up to 4.2 points for 71 %.',
    ]);
  });

  it('shows the progress of the judges, and can be cancelled', async () => {
    const { result: _result, endedAt: _end, ...open } = training;
    replies['GET /api/experiments/x1/route-trainings'] = { trainings: [{ ...open, status: 'judging', judged: 100 }] };
    await showOne();
    expect(pageText()).toContain('100 of 503 answers compared');
    replies['POST /api/experiments/x1/route-trainings/t1/cancel'] = training;
    await act(async () => one('.route-training .button').click());
    expect(sent).toContain('POST /api/experiments/x1/route-trainings/t1/cancel');
  });

  it('asks for the models of a policy when the variants do not set them', async () => {
    await showOne();
    await pressButton('Learn a route');
    expect(pageText()).toContain('Model of the cheap variant');
    expect(buttonNamed('Learn')?.disabled).toBe(true);
  });

  it('is requested with two variants, a limit and an embedding model', async () => {
    const models = ['big', 'small'].map((model) => ({ 'answer.model': model }));
    replies['GET /api/experiments/x1'] = {
      ...experiment,
      variants: experiment.variants.map((one, at) => ({ ...one, settings: models[at] })),
    };
    await showOne();
    replies['POST /api/experiments/x1/route-trainings'] = training;
    await pressButton('Learn a route');
    await type(one('dialog input[type=number]'), '3.5');
    await pressButton('Learn');
    expect(sent).toContain('POST /api/experiments/x1/route-trainings');
    expect(bodies.at(-1)).toMatchObject({ cheap: 'v2', strong: 'v1', maxLoss: 3.5, embedding: usualEmbedder });
    await pressButton('Learn a route');
    await pressButton('Learn');
    expect(bodies.at(-1)).toMatchObject({ maxLoss: 2 });
  });
});
