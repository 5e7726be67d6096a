/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { errorCodes, type JobReply, type ReindexComparison, type ReindexEstimate } from '@heddle/core';
import { act } from 'react';
import { createLiveClient } from '../../../data/live/live-client.js';
import { createFakeSocket, type FakeSocket } from '../../../data/testing/fake-socket.js';
import { openFakePage, type FakePage } from '../../../ui/testing/fake-page.js';
import {
  all,
  buttonNamed,
  choose,
  type,
  one,
  pageText,
  press,
  pressButton,
  texts,
} from '../../../ui/testing/fake-person.js';
import { meStore } from '../../../data/access/known-me.js';
import { readMe } from '../../../data/access/me-store.js';
import { SessionProvider } from '../../session/SessionProvider.js';
import type { Session } from '../../session/session.js';
import { CollectionPage } from '../CollectionPage.js';
import { comparisonText, estimateText } from './reindex-text.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
Object.assign(HTMLDialogElement.prototype, { showModal: () => undefined, close: () => undefined });

const info = {
  name: 'faq',
  title: 'FAQ',
  embedding: 'mini',
  dimensions: 4,
  documents: 40,
  passages: 80,
  store: 'embedded',
  createdAt: 1,
  updatedAt: 1,
  label: { level: 'internal', marks: [] },
  splitter: { kind: 'markdown', maxTokens: 220, overlapTokens: 20, context: true },
};
const fresh = {
  ...info,
  embedding: 'wide',
  passages: 160,
  splitter: { ...info.splitter, kind: 'sentence', maxTokens: 64 },
};
const model = (id: string) => ({
  status: 'ready',
  bytes: 1,
  files: [],
  card: { id, title: `Model ${id}`, kind: 'embed' },
});
const filling = (status: JobReply['status'], progress: Record<string, unknown> = {}): JobReply => ({
  jobId: 'j',
  kind: 'reindex',
  subject: 'faq',
  status,
  progress,
  createdAt: 1,
});
const full = { serving: info, next: { info: fresh, missing: 0, failures: [] } };
const estimate = {
  embedding: 'wide',
  splitter: fresh.splitter,
  documents: 40,
  passages: 160,
  passagesNow: 80,
  tokens: 9_000,
  ms: 61_000,
  sampled: 24,
  failures: [{ document: 'torn.pdf', message: 'It is damaged.' }],
};
const figures = (ndcg: number) => ({ ndcg, recall: ndcg, reciprocalRank: ndcg, ms: 4 });
const compared = {
  questions: 30,
  labelled: 30,
  overlap: 0.8,
  serving: figures(0.5),
  other: figures(0.7),
  differences: [{ metric: 'ndcg', difference: 0.2, interval: { low: 0.1, high: 0.3 }, p: 0.001, verdict: 'better' }],
  rows: [{ question: 'Where?', serving: ['a.md'], other: ['b.md'] }],
};

let page: FakePage;
let socket: FakeSocket;
let sent: { readonly method: string; readonly path: string; readonly body: unknown }[];
let state: unknown;
let replies: Record<string, unknown>;
let roles: readonly string[];
let refusal: { readonly code: string; readonly message: string; readonly retryable: boolean };
beforeEach(() => {
  sent = [];
  state = { serving: info };
  roles = ['owner'];
  refusal = { code: 'conflict', message: 'It lacks documents.', retryable: false };
  replies = {
    'POST /api/collections/faq/reindex': { jobId: 'j' },
    'POST /api/collections/faq/reindex/estimate': estimate,
    'POST /api/collections/faq/reindex/fill': { jobId: 'j2' },
    'POST /api/collections/faq/reindex/switch': {},
    'POST /api/collections/faq/reindex/back': {},
    'DELETE /api/collections/faq/reindex?which=next': {},
    'POST /api/jobs/j/cancel': {},
    'POST /api/datasets/d/index-comparisons': compared,
    'GET /api/datasets': { datasets: [{ id: 'd', name: 'Questions' }] },
    'GET /api/collections/faq': info,
    'GET /api/collections/faq/documents?limit=200': { documents: [] },
    'GET /api/models': { models: [model('mini'), model('wide')] },
  };
  page = openFakePage(
    (method, path, body) => {
      if (method !== 'GET') sent.push({ method, path, body });
      if (path === '/api/auth/me')
        return {
          isSignInNeeded: true,
          hasUsers: true,
          principal: { id: 'user:u', kind: 'user', name: 'Una', roles: { default: roles } },
        };
      return path === '/api/collections/faq/reindex' && method === 'GET' ? state : replies[`${method} ${path}`];
    },
    () => ({ status: 409, body: { error: refusal } }),
  );
  socket = createFakeSocket();
});
afterEach(() => {
  page.leave();
  meStore.setState({ me: undefined });
});

async function show(): Promise<void> {
  const session = { live: createLiveClient(socket), runs: { leave: () => undefined } } as unknown as Session;
  await act(async () => {
    await readMe();
    page.root.render(
      <SessionProvider value={session}>
        <CollectionPage name="faq" document={undefined} />
      </SessionProvider>,
    );
  });
  await act(async () => {
    socket.connect();
    socket.answer();
  });
}
const tell = (job: JobReply): Promise<void> => act(async () => socket.send('jobs', [job]));
const lastSent = () => sent.at(-1);

describe('changing the index of a collection', () => {
  it('shows an estimate, and starts the new index', async () => {
    await show();
    expect(document.querySelector('#indexes')).toBeNull();
    await pressButton('Change index');
    expect(buttonNamed('Make the new index')?.disabled).toBe(true);
    expect(texts('dialog option')).toContain('Model wide');
    await choose(one('dialog select'), 'wide');
    await pressButton('Estimate the cost');
    expect(lastSent()?.body).toMatchObject({ embedding: 'wide', splitter: { kind: 'markdown', context: true } });
    // Without a chosen size, the size follows the model.
    expect(lastSent()?.body).not.toHaveProperty('splitter.maxTokens');
    expect(one('dialog [role=status]').textContent).toContain('40 documents become about 160 passages (80 now)');
    expect(one('dialog [role=status]').textContent).toContain('torn.pdf');
    state = { ...full, next: { ...full.next, missing: 40 } };
    await pressButton('Make the new index');
    expect(lastSent()?.path).toBe('/api/collections/faq/reindex');
    expect(one('#indexes').textContent).toBe('Indexes');
  });

  it('moves the index to another store without embedding it again', async () => {
    state = { serving: info, stores: ['embedded', 'pgvector'] };
    await show();
    await pressButton('Change index');
    expect(texts('dialog option')).toContain('Postgres with pgvector');
    await choose(one('dialog select'), 'pgvector');
    replies['POST /api/collections/faq/reindex/estimate'] = { ...estimate, tokens: 0, ms: 0, sampled: 0, failures: [] };
    await pressButton('Estimate the cost');
    expect(lastSent()?.body).toEqual({ store: 'pgvector' });
    expect(one('dialog [role=status]').textContent).toContain('Nothing is embedded again.');
    state = { ...full, next: { info: { ...info, store: 'pgvector' }, missing: 0, failures: [] } };
    await pressButton('Make the new index');
    expect(lastSent()?.body).toEqual({ store: 'pgvector' });
    expect(one('#indexes').closest('section')?.textContent).toContain('Postgres with pgvector');
  });

  it('says at once that a new index exists already', async () => {
    state = { ...full, stores: ['embedded', 'pgvector'] };
    await show();
    await pressButton('Change index');
    expect(one('dialog [role=status]').textContent).toContain('has a new index already');
    await choose(one('dialog select'), 'pgvector');
    expect(buttonNamed('Make the new index')?.disabled).toBe(true);
  });

  it('shows the progress of filling, stops it and continues it', async () => {
    state = { ...full, next: { ...full.next, missing: 30 } };
    await show();
    await tell(filling('running', { documents: 40, done: 10 }));
    expect(one('.index-part [role=progressbar]').getAttribute('aria-valuenow')).toBe('25');
    expect(pageText()).toContain('10 of 40 documents');
    expect(buttonNamed('Switch to the new index')).toBeUndefined();
    expect(pageText()).not.toContain('Importing documents');
    await pressButton('Stop filling');
    expect(lastSent()?.path).toBe('/api/jobs/j/cancel');
    await tell(filling('cancelled', { documents: 40, done: 10 }));
    expect(pageText()).toContain('Filling stopped. 30 documents are missing.');
    expect(buttonNamed('Switch to the new index')?.disabled).toBe(true);
    await pressButton('Continue filling');
    expect(lastSent()?.path).toBe('/api/collections/faq/reindex/fill');
  });

  it('compares both indexes on a dataset, switches to the new one, and goes back', async () => {
    state = full;
    await show();
    const questions = one('.index-compare select');
    await choose(questions, 'd');
    await press(one('.index-compare button'));
    expect(lastSent()).toMatchObject({ path: '/api/datasets/d/index-comparisons', body: { collection: 'faq' } });
    expect(pageText()).toContain('The new index is better.');
    expect(pageText()).toContain('+20.0 points');
    expect(pageText()).toContain('1 question finds other documents');
    state = { serving: fresh, previous: { info, keptUntil: 1e12 } };
    await pressButton('Switch to the new index');
    expect(lastSent()).toMatchObject({ path: '/api/collections/faq/reindex/switch', body: { force: false } });
    expect(one('[aria-label="Index before"]').textContent).toContain('mini');
    state = full;
    await pressButton('Go back to it');
    expect(lastSent()?.path).toBe('/api/collections/faq/reindex/back');
    expect(one('[aria-label="New index"]').textContent).toContain('wide');
  });

  it('asks before it switches without the missing documents, and shows a refusal with the title of its code', async () => {
    state = {
      ...full,
      next: { ...full.next, missing: 1, failures: [{ document: 'torn.pdf', message: 'It is damaged.' }] },
    };
    await show();
    await pressButton('Switch to the new index');
    expect(sent).toEqual([]);
    delete replies['POST /api/collections/faq/reindex/switch'];
    await pressButton('Switch without them');
    expect(lastSent()?.body).toEqual({ force: true });
    expect(one('.failure').textContent).toContain('It lacks documents.');
    expect(one('.failure-title').textContent).toBe(errorCodes.conflict.title);
  });

  it('lets a user who manages gates switch past the gate with a reason', async () => {
    state = full;
    refusal = { code: 'index_gate_failed', message: 'It loses 5 points.', retryable: false };
    delete replies['POST /api/collections/faq/reindex/switch'];
    await show();
    await pressButton('Switch to the new index');
    expect(one('.failure').textContent).toContain('It loses 5 points.');
    await pressButton('Switch anyway…');
    expect(buttonNamed('Switch anyway')?.disabled).toBe(true);
    await type(one('dialog textarea'), 'The questions are old.');
    await pressButton('Switch anyway');
    expect(lastSent()?.body).toEqual({ overrideGate: { reason: 'The questions are old.' } });
  });

  it('sets a gate and removes it', async () => {
    replies['GET /api/collections/faq/index-gate'] = {};
    replies['PUT /api/collections/faq/index-gate'] = {};
    replies['DELETE /api/collections/faq/index-gate'] = {};
    await show();
    const gate = all<HTMLDetailsElement>('details.section').find(({ textContent }) => textContent?.includes('Gate'));
    await act(async () => {
      gate!.open = true;
      gate!.dispatchEvent(new Event('toggle'));
    });
    const form = one('form[aria-label="Gate for a new index"]');
    await choose(form.querySelector('select') as HTMLElement, 'd');
    replies['GET /api/collections/faq/index-gate'] = { gate: { dataset: 'd', metric: 'ndcg', maxLoss: 0.02 } };
    await pressButton('Save the gate');
    expect(lastSent()?.body).toEqual({ dataset: 'd', metric: 'ndcg', k: 10, maxLoss: 0.02, questions: 200 });
    expect(pageText()).toContain('The gate is set.');
    replies['GET /api/collections/faq/index-gate'] = {};
    await pressButton('Remove it');
    expect(pageText()).toContain('No gate: every new index may serve.');
  });

  it('asks before it discards the new index', async () => {
    state = full;
    await show();
    await pressButton('Discard');
    expect(sent).toEqual([]);
    state = { serving: info };
    await pressButton('Discard the index');
    expect(lastSent()?.path).toBe('/api/collections/faq/reindex?which=next');
    expect(document.querySelector('.index-part')).toBeNull();
  });

  it('shows a viewer the indexes without a button that would be refused', async () => {
    roles = ['viewer'];
    state = full;
    await show();
    expect(pageText()).toContain('It has all documents, and waits to be compared with the serving index.');
    for (const name of ['Switch to the new index', 'Discard', 'Change index', 'Compare'])
      expect([name, buttonNamed(name)]).toEqual([name, undefined]);
  });
});

describe('texts of another index', () => {
  it('name no better index when the difference is undecided', () => {
    const differences: ReindexComparison['differences'] = [
      { metric: 'ndcg', difference: 0.1, p: 0.4, verdict: 'undecided' },
    ];
    const base = compared as ReindexComparison;
    expect(comparisonText({ ...base, differences })).toContain('It is not decided');
    expect(comparisonText({ ...base, labelled: 0, differences: undefined })).toContain(
      'No question has labelled documents',
    );
    const both = [
      ...differences,
      ...(['better', 'worse'] as const).map((verdict) => ({ ...differences[0]!, verdict })),
    ];
    expect(comparisonText({ ...base, differences: both })).toContain('It is not decided');
  });

  it('say that the time of a remote model cannot be estimated', () => {
    const { ms: _ms, ...far } = estimate as ReindexEstimate;
    expect(estimateText(far)).toContain('so the time cannot be estimated');
    expect(estimateText({ ...far, documents: 0 })).toContain('costs nothing');
    expect(estimateText(estimate as ReindexEstimate)).toContain('About 1 min 1 s on this machine.');
  });
});
