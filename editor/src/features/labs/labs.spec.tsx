/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { JobReply, Lab, LabScore } from '@heddle/core';
import { act } from 'react';
import { meStore } from '../../data/access/known-me.js';
import { readMe } from '../../data/access/me-store.js';
import { createLiveClient } from '../../data/live/live-client.js';
import { createFakeSocket, type FakeSocket } from '../../data/testing/fake-socket.js';
import { undoStore } from '../../ui/states/undo-store.js';
import { openFakePage, type FakePage } from '../../ui/testing/fake-page.js';
import { all, buttonNamed, one, pageText, pressButton, texts, type } from '../../ui/testing/fake-person.js';
import type { Session } from '../session/session.js';
import { SessionProvider } from '../session/SessionProvider.js';
import { emptyForm, gridOf, sizeOf } from './grid-form.js';
import { learntText, progressOf, winnerText } from './lab-text.js';
import { LabsPage } from './LabsPage.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
Object.assign(HTMLDialogElement.prototype, { showModal: () => undefined, close: () => undefined });

const splitter = { kind: 'markdown', maxTokens: 220, overlapTokens: 20, context: true } as const;
const score = (number: number, status: LabScore['status'], ndcg: number, more: object = {}): LabScore => ({
  number,
  status,
  questions: status === 'stopped' ? 25 : 200,
  searchMs: number,
  passages: 80,
  index: { embedding: 'mini', splitter },
  search: { mode: 'hybrid', weight: undefined, diversity: 0 },
  means: { ndcg, recall: ndcg, mrr: ndcg },
  ...more,
});
const lab: Lab = {
  id: 'l_1',
  dataset: 'd',
  version: 3,
  owner: 'local',
  createdAt: 1,
  status: 'done',
  job: 'j',
  request: {
    collection: 'faq',
    grid: { maxTokens: [64, 220] },
    metric: 'ndcg',
    k: 10,
    questions: 500,
    race: true,
    seed: 1,
  },
  report: {
    questions: 200,
    skipped: 3,
    front: [1, 2],
    configurations: [
      score(1, 'done', 0.5),
      score(2, 'done', 0.7, { index: { embedding: 'mini', splitter: { ...splitter, maxTokens: 64 } } }),
      score(3, 'stopped', 0.9),
      score(4, 'done', 0.6, { search: { mode: 'hybrid', weight: 0.8, diversity: 0, graphWeight: 0.3 } }),
    ],
    best: { number: 2, difference: 0.2, interval: { low: 0.1, high: 0.3 }, p: 0.001, verdict: 'better' },
    comparisons: [
      { number: 2, difference: 0.2, interval: { low: 0.1, high: 0.3 }, p: 0.001, verdict: 'better' },
      { number: 4, difference: 0.1, interval: { low: -0.1, high: 0.3 }, p: 0.4, verdict: 'undecided' },
    ],
  },
};
const summary = {
  id: 'l_1',
  dataset: 'd',
  datasetName: 'Questions',
  version: 3,
  createdAt: 1,
  status: 'done',
  job: 'j',
  collection: 'faq',
  metric: 'ndcg',
  k: 10,
  questions: 200,
  configurations: 4,
  best: lab.report.best,
};
const collection = {
  name: 'faq',
  title: 'FAQ',
  embedding: 'mini',
  dimensions: 4,
  documents: 40,
  passages: 80,
  splitter,
  store: 'embedded',
  createdAt: 1,
  updatedAt: 1,
  label: { level: 'internal', marks: [] },
};
const job = (status: JobReply['status'], progress: Record<string, unknown>): JobReply => ({
  jobId: 'j',
  kind: 'lab',
  subject: 'd',
  status,
  progress,
  createdAt: 1,
});

let page: FakePage;
let socket: FakeSocket;
let sent: { readonly path: string; readonly body: unknown }[];
let replies: Record<string, unknown>;
let roles: readonly string[];
beforeEach(() => {
  sent = [];
  roles = ['owner'];
  replies = {
    'GET /api/labs': { labs: [summary] },
    'GET /api/datasets/d/labs/l_1': lab,
    'GET /api/datasets': { datasets: [{ id: 'd', name: 'Questions' }] },
    'GET /api/collections': { collections: [collection] },
    'GET /api/models': { models: [] },
    'POST /api/datasets/d/labs': lab,
    'POST /api/datasets/d/labs/l_1/cancel': lab,
    'POST /api/datasets/d/labs/l_1/resume': lab,
    'POST /api/collections/faq/reindex': { jobId: 'j9' },
  };
  page = openFakePage((method, path, body) => {
    if (method !== 'GET') sent.push({ path, body });
    if (path === '/api/auth/me')
      return {
        isSignInNeeded: true,
        hasUsers: true,
        principal: { id: 'user:u', kind: 'user', name: 'Una', roles: { default: roles } },
      };
    return replies[`${method} ${path}`];
  });
  socket = createFakeSocket();
});
afterEach(() => {
  page.leave();
  meStore.setState({ me: undefined });
  window.history.replaceState(null, '', '/');
});

async function show(address: string): Promise<void> {
  window.history.replaceState(null, '', address);
  const [, , , item] = window.location.pathname.split('/');
  const live = createLiveClient(socket);
  await act(async () => {
    await readMe();
    page.root.render(
      <SessionProvider value={{ live } as unknown as Session}>
        <LabsPage item={item} tabs={<nav />} />
      </SessionProvider>,
    );
  });
  await act(async () => {
    socket.connect();
    socket.answer();
  });
}
const rowOf = (number: number): string =>
  all('.lab-table tbody tr').find((row) => row.querySelector('td')?.textContent === String(number))?.textContent ?? '';

describe('the labs of a project', () => {
  it('are listed with their result, and link to their page', async () => {
    await show('/quality/labs');
    expect(texts('.row-title')).toEqual(['faq: 4 configurations']);
    expect(one('.row-figures').textContent).toContain('number 2 is better');
    expect(one<HTMLAnchorElement>('.row').search).toBe('?dataset=d');
  });

  it('offer to create the first lab when there is none', async () => {
    replies['GET /api/labs'] = { labs: [] };
    await show('/quality/labs');
    expect(pageText()).toContain('No labs yet.');
    expect(buttonNamed('New lab')).toBeDefined();
  });

  it('start with the chosen values, and count the configurations before', async () => {
    await show('/quality/labs?new=faq&dataset=d');
    expect(one('[data-part=lab-size]').textContent).toContain('3 configurations; no new index is built');
    // Only a collection with a knowledge graph has graph weights.
    expect(texts('dialog .field-label').join()).not.toContain('Graph weights');
    const size = all<HTMLInputElement>('dialog input').find(({ placeholder }) => placeholder === '128, 220');
    await type(size as HTMLElement, '64, 220, 9');
    expect(one('[data-part=lab-size]').textContent).toContain('Passage sizes are whole numbers from 16');
    expect(buttonNamed('Begin')?.disabled).toBe(true);
    await type(size as HTMLElement, '64, 220');
    expect(one('[data-part=lab-size]').textContent).toContain('6 configurations; 1 new index is built');
    await pressButton('Begin');
    expect(sent).toEqual([
      {
        path: '/api/datasets/d/labs',
        body: {
          collection: 'faq',
          metric: 'ndcg',
          k: 10,
          questions: 500,
          race: true,
          seed: 1,
          grid: { maxTokens: [64, 220], mode: ['hybrid', 'dense', 'lexical'] },
        },
      },
    ]);
    expect(window.location.pathname).toBe('/quality/labs/l_1');
  });

  it('rewrite questions with the chosen models, and need one', async () => {
    const models = [{ name: 'chat', kind: 'generate' }];
    replies['GET /api/connections'] = { connections: [{ id: 'far', title: 'Far', isLocal: false, models }] };
    await show('/quality/labs?new=faq&dataset=d');
    const box = (legend: string, caption: string): HTMLInputElement | undefined =>
      all('dialog fieldset.choices')
        .filter((part) => part.querySelector('legend')?.textContent === legend)
        .flatMap((part) => [...part.querySelectorAll<HTMLLabelElement>('label.choice')])
        .find((label) => label.textContent === caption)
        ?.querySelector('input') ?? undefined;
    await act(async () => box('Rewriting of the question', 'Imagined answer')?.click());
    expect(one('[data-part=lab-size]').textContent).toContain('Choose a model that rewrites the questions.');
    expect(buttonNamed('Begin')?.disabled).toBe(true);
    await act(async () => box('Models that rewrite', 'far/chat')?.click());
    expect(one('[data-part=lab-size]').textContent).toContain('4 configurations; no new index is built');
    expect(texts('dialog .field-label').join()).toContain('Most that the lab may cost');
    await act(async () => box('Rewriting of the question', 'The question itself')?.click());
    expect(one('[data-part=lab-size]').textContent).toContain('6 configurations');
    await pressButton('Begin');
    expect(sent).toMatchObject([
      {
        path: '/api/datasets/d/labs',
        body: { grid: { mode: ['hybrid', 'dense', 'lexical'], rewrite: ['hyde', 'none'], rewriter: ['far/chat'] } },
      },
    ]);
  });

  it('offer no model that must be downloaded first', async () => {
    await show('/quality/labs?new=faq&dataset=d');
    const model = (id: string, title: string, status: string) => ({
      status,
      bytes: 1,
      files: [],
      card: {
        id,
        title,
        kind: 'generate',
        runtime: 'llama',
        summary: '',
        publisher: '',
        licence: 'MIT',
        use: '',
        files: [{ role: 'weights', name: 'w', sources: ['file:w'] }],
        format: 'gguf',
        contextTokens: 512,
        languages: ['en'],
      },
    });
    const models = [model('here', 'Here', 'ready'), model('gone', 'Gone', 'absent')];
    await act(async () => {
      socket.answer();
      socket.send('models', [{ models, hosts: [] }]);
    });
    const offered = texts('dialog label.choice');
    expect(offered).toContain('Here');
    expect(offered).not.toContain('Gone');
  });

  it('try graph weights when the collection has a knowledge graph', async () => {
    const weights = () =>
      all<HTMLInputElement>('dialog input').find(({ placeholder }) => placeholder === '0, 0.3, 0.5');
    replies['GET /api/collections/faq/search-settings'] = { settings: {} };
    replies['GET /api/collections/faq/graph'] = { options: { model: 'names' }, failures: [], missing: 0 };
    await show('/quality/labs?new=faq&dataset=d');
    await type(weights() as HTMLElement, '0, 0.5');
    expect(one('[data-part=lab-size]').textContent).toContain('6 configurations; no new index is built');
    await pressButton('Begin');
    expect(sent).toMatchObject([{ body: { grid: { mode: ['hybrid', 'dense', 'lexical'], graphWeight: [0, 0.5] } } }]);
  });

  it('offer a viewer no new lab', async () => {
    roles = ['viewer'];
    await show('/quality/labs');
    expect(buttonNamed('New lab')).toBeUndefined();
  });
});

describe('the page of a lab', () => {
  it('shows how often a hard negative is found first, when questions have one', async () => {
    const confusions = { share: 0.125, questions: 40 };
    const configurations = [score(1, 'done', 0.5, { confusions }), score(2, 'waiting', 0)];
    replies['GET /api/datasets/d/labs/l_1'] = { ...lab, report: { ...lab.report, configurations } };
    await show('/quality/labs/l_1?dataset=d');
    expect(texts('.lab-table th')).toContain('Confusions@10');
    expect(rowOf(1)).toContain('12.5 %');
    expect(rowOf(2)).toContain('–');
  });

  it('names the winner, and shows each configuration with its difference, interval and state', async () => {
    await show('/quality/labs/l_1?dataset=d');
    expect(texts('.lab-table th')).not.toContain('Confusions@10');
    expect(one('.lab-winner').textContent).toContain(
      'Number 2 is better than the collection as it is: nDCG@10 +20.0 points',
    );
    expect(rowOf(2)).toContain('+10.0 to +30.0 points');
    expect(rowOf(2)).toContain('64 tokens');
    expect(rowOf(4)).toContain('The same index');
    expect(rowOf(4)).toContain('Not decided');
    expect(rowOf(3)).toContain('Stopped after 25 questions: proved worse than the best one');
    // Configurations that answered all questions come first, and only they are in the chart.
    expect(texts('.lab-table tbody tr td:first-child')).toEqual(['2', '4', '1', '3']);
    expect(all('.chart circle')).toHaveLength(3);
    expect(texts('.chart g text')).toEqual(['2', '1']);
  });

  it('applies the search of a configuration to the collection, and makes the new index of another', async () => {
    await show('/quality/labs/l_1?dataset=d');
    expect(buttonNamed('Apply number 1')).toBeUndefined();
    expect(buttonNamed('Apply number 3')).toBeUndefined();
    await pressButton('Apply number 4');
    expect(one('dialog').textContent).toContain('It uses the index that the collection has');
    expect(one('dialog').textContent).toContain('Combined, weight 0.8, graph 0.3');
    expect(one('dialog').textContent).toContain('It is not proved better');
    replies['GET /api/collections/faq/search-settings'] = { settings: { neighbours: 1 } };
    replies['PUT /api/collections/faq/search-settings'] = {};
    await pressButton('Set the search of the collection');
    expect(sent.splice(0)).toEqual([
      {
        path: '/api/collections/faq/search-settings',
        body: { settings: { mode: 'hybrid', weight: 0.8, diversity: 0, graphWeight: 0.3, neighbours: 1 } },
      },
    ]);
    const [offer] = undoStore.getState().offers;
    await act(async () => void (await offer?.restore()));
    expect(sent.splice(0)).toMatchObject([{ body: { settings: { neighbours: 1 } } }]);
    await pressButton('Apply number 2');
    await pressButton('Make the new index');
    expect(sent).toEqual([
      {
        path: '/api/collections/faq/reindex',
        body: { embedding: 'mini', splitter: { ...splitter, maxTokens: 64 } },
      },
    ]);
    expect(window.location.pathname).toBe('/collections/faq');
  });

  it('shows what rerankers cost beside quality and time', async () => {
    const cost = { perThousand: 2, currency: 'USD' };
    const ranked = { search: { mode: 'hybrid', diversity: 0, reranker: { model: 'far/rank', candidates: 30 } }, cost };
    const [first, , ...others] = lab.report.configurations;
    const configurations = [first!, score(2, 'done', 0.7, ranked), ...others];
    replies['GET /api/datasets/d/labs/l_1'] = { ...lab, report: { ...lab.report, configurations, costFront: [1, 2] } };
    await show('/quality/labs/l_1?dataset=d');
    expect(pageText()).toContain('1,000 questions cost 2.00 USD more.');
    expect(pageText()).toContain('the best 30 reranked by far/rank');
    expect(pageText()).toContain('against the time of a search');
    await pressButton('Cost');
    expect(pageText()).toContain('against the cost of 1,000 questions');
    expect(texts('.lab-table tbody tr:first-child td')).toContain('2.00 USD');
  });

  it('shows the rewriting of a search, and says that a node does it', async () => {
    const rewrite = { kind: 'hyde', model: 'far/chat' };
    const search = { mode: 'hybrid', diversity: 0, rewrite };
    const configurations = [...lab.report.configurations.slice(0, 3), score(4, 'done', 0.8, { search })];
    replies['GET /api/datasets/d/labs/l_1'] = { ...lab, report: { ...lab.report, configurations } };
    await show('/quality/labs/l_1?dataset=d');
    expect(rowOf(4)).toContain('Combined, rewritten by far/chat: imagined answer');
    const tips = all('.chart g[data-tip]').map((dot) => dot.getAttribute('data-tip'));
    expect(tips.join()).toContain('rewritten by far/chat: imagined answer');
    await pressButton('Apply number 4');
    expect(one('dialog').textContent).toContain('put a Rewrite query node with the mode Imagined answer before');
    // The rest of this search equals that of the collection.
    expect(buttonNamed('Set the search of the collection')).toBeUndefined();
  });

  it('names no winner while it runs, shows its progress, stops and continues', async () => {
    replies['GET /api/datasets/d/labs/l_1'] = { ...lab, status: 'running' };
    await show('/quality/labs/l_1?dataset=d');
    await act(async () =>
      socket.send('jobs', [job('running', { done: 200, total: 800, building: { number: 2, documents: 12 } })]),
    );
    expect(one('[role=progressbar]').getAttribute('aria-valuenow')).toBe('25');
    expect(pageText()).toContain('200 of 800 searches · building the index of number 2: 12 documents');
    expect(one('.lab-winner').textContent).toContain('No winner is named before');
    replies['GET /api/datasets/d/labs/l_1'] = { ...lab, status: 'cancelled' };
    await pressButton('Stop');
    expect(sent.at(-1)?.path).toBe('/api/datasets/d/labs/l_1/cancel');
    await pressButton('Continue');
    expect(sent.at(-1)?.path).toBe('/api/datasets/d/labs/l_1/resume');
  });

  it.each([
    ['done', 'Apply number 2'],
    ['running', 'Stop'],
    ['cancelled', 'Continue'],
  ])('that is %s offers a viewer neither %s nor Delete', async (status, name) => {
    replies['GET /api/datasets/d/labs/l_1'] = { ...lab, status };
    await show('/quality/labs/l_1?dataset=d');
    expect([buttonNamed(name), buttonNamed('Delete the lab')]).toEqual([expect.anything(), expect.anything()]);
    roles = ['viewer'];
    await act(() => readMe());
    expect([buttonNamed(name), buttonNamed('Delete the lab')]).toEqual([undefined, undefined]);
  });

  it('leads to the list when the address names no dataset', async () => {
    await show('/quality/labs/l_1');
    expect(one<HTMLAnchorElement>('main a').pathname).toBe('/quality/labs');
  });
});

describe('the texts of a lab', () => {
  it('name no winner that is not proved', () => {
    const best = { number: 2, difference: 0.01, interval: { low: -0.02, high: 0.04 }, p: 0.4 } as const;
    const of = (verdict: 'undecided' | 'same'): Lab => ({
      ...lab,
      report: { ...lab.report, best: { ...best, verdict } },
    });
    expect(winnerText(of('undecided'))).toMatch(/^No winner: number 2 has the highest mean, nDCG@10 \+1\.0 points/);
    expect(winnerText(of('same'))).toContain('No winner: none of 3 others');
    expect(winnerText({ ...lab, status: 'cancelled', report: { ...lab.report, best: undefined } })).toContain(
      'ended before',
    );
  });

  it('say that learnt settings are applied only if other questions prove them better', () => {
    const learnt = { number: 2, questions: 200, difference: 0.03, p: 0.001, verdict: 'better' } as const;
    expect(learntText(lab, learnt)).toMatch(/^Learnt from 200 questions: the search of number 2 is better/);
    expect(learntText(lab, { ...learnt, verdict: 'undecided' })).toMatch(/so it stays as it is\.$/);
  });

  it('say that a lab is starting when it has no progress yet', () => {
    expect(progressOf({})).toEqual({ share: undefined, text: 'Beginning…' });
    expect(progressOf({ done: 1, total: 4, building: 'x' })).toEqual({ share: 0.25, text: '1 of 4 searches' });
  });

  it('name the problem of a list of numbers that cannot be read', () => {
    const info = { embedding: 'mini', splitter };
    expect(gridOf({ ...emptyForm, mode: [], weight: '0.2; 0.4 0.6', context: ['with', 'without'] })).toEqual({
      weight: [0.2, 0.4, 0.6],
      context: [true, false],
    });
    expect(gridOf({ ...emptyForm, mode: [], titleWeight: '0, 2.5' })).toEqual({ titleWeight: [0, 2.5] });
    expect(sizeOf({ ...emptyForm, titleWeight: '1, 20' }, info)).toEqual({
      problem: 'Weights of titles are numbers from 0 to 10, with commas between them.',
    });
    expect(gridOf({ ...emptyForm, mode: [], graphWeight: '0, 0.5' })).toEqual({ graphWeight: [0, 0.5] });
    expect(sizeOf({ ...emptyForm, mode: [], graphWeight: '0, 0.5' }, info, {}, true)).toEqual({
      configurations: 2,
      indexes: 0,
    });
    expect(sizeOf({ ...emptyForm, graphWeight: '0.5' }, info)).toEqual({
      problem: expect.stringContaining('the collection has none'),
    });
    expect(sizeOf({ ...emptyForm, graphWeight: '2' }, info, {}, true)).toEqual({
      problem: 'Weights of the knowledge graph are numbers from 0 to 1, with commas between them.',
    });
    expect(sizeOf({ ...emptyForm, weight: 'much' }, info)).toEqual({
      problem: 'Weights are numbers from 0 to 1, with commas between them.',
    });
    expect(sizeOf({ ...emptyForm, mode: [] }, info)).toMatchObject({ problem: expect.stringContaining('no value') });
  });
});
