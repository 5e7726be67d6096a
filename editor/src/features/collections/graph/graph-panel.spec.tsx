/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { GraphEstimate, GraphState, JobReply } from '@heddle/core';
import { act } from 'react';
import { meStore } from '../../../data/access/known-me.js';
import { readMe } from '../../../data/access/me-store.js';
import { createLiveClient } from '../../../data/live/live-client.js';
import { createFakeSocket, type FakeSocket } from '../../../data/testing/fake-socket.js';
import { openFakePage, type FakePage } from '../../../ui/testing/fake-page.js';
import { all, buttonNamed, one, pageText, press, pressButton, type } from '../../../ui/testing/fake-person.js';
import type { Session } from '../../session/session.js';
import { SessionProvider } from '../../session/SessionProvider.js';
import { CollectionPage } from '../CollectionPage.js';
import { estimateText, stateText, typesOf } from './graph-text.js';

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
const none: GraphState = { documents: 40, missing: 40, failures: [], entities: 0, relations: 0 };
const full: GraphState = { ...none, options: { model: 'names' }, missing: 0, entities: 214, relations: 1 };
const localNames: GraphEstimate = { documents: 40, passages: 80, tokens: 0, isLocal: true };
const model = (id: string, title: string, card: object) => ({
  status: 'ready',
  bytes: 1,
  files: [],
  card: {
    id,
    title,
    runtime: 'onnx',
    summary: '',
    publisher: '',
    licence: 'MIT',
    use: '',
    files: [{ role: 'weights', name: 'w', sources: ['file:w'] }],
    format: 'onnx',
    contextTokens: 512,
    languages: ['en'],
    ...card,
  },
});
const models = [
  model('toxic', 'Toxic', { kind: 'classify' }),
  model('gen', 'Gen', { kind: 'generate' }),
  model('names', 'Names', { kind: 'classify', perToken: true }),
];
const job = (
  status: JobReply['status'],
  progress: JobReply['progress'] = {},
  more: Partial<JobReply> = {},
): JobReply => ({
  jobId: 'j',
  kind: 'graph',
  subject: 'faq',
  status,
  progress,
  createdAt: 1,
  ...more,
});

let page: FakePage;
let socket: FakeSocket;
let sent: { readonly method: string; readonly path: string; readonly body: unknown }[];
let state: GraphState;
let estimate: unknown;
let roles: readonly string[];
beforeEach(() => {
  sent = [];
  state = none;
  estimate = localNames;
  roles = ['owner'];
  const replies: Readonly<Record<string, () => unknown>> = {
    'GET /api/collections/faq': () => info,
    'GET /api/collections/faq/documents?limit=200': () => ({ documents: [] }),
    'GET /api/collections/faq/graph': () => state,
    'PUT /api/collections/faq/graph': () => ({ jobId: 'j' }),
    'DELETE /api/collections/faq/graph': () => ({}),
    'POST /api/collections/faq/graph/estimate': () => estimate,
    'POST /api/collections/faq/graph/fill': () => ({ jobId: 'j2' }),
    'POST /api/jobs/j/cancel': () => ({}),
    'GET /api/connections': () => ({ connections: [] }),
    'GET /api/auth/me': () => ({
      isSignInNeeded: true,
      hasUsers: true,
      principal: { id: 'user:u', kind: 'user', name: 'Una', roles: { default: roles } },
    }),
  };
  page = openFakePage(
    (method, path, body) => {
      if (method !== 'GET') sent.push({ method, path, body });
      return replies[`${method} ${path}`]?.();
    },
    () => ({ status: 422, body: { error: { code: 'model_wrong_kind', message: 'It embeds.', retryable: false } } }),
  );
  socket = createFakeSocket();
});
afterEach(() => {
  page.leave();
  meStore.setState({ me: undefined });
});

async function open(): Promise<void> {
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
  await act(async () => {
    const details = panel() as HTMLDetailsElement;
    details.open = true;
    details.dispatchEvent(new Event('toggle'));
  });
}
/** Opens the form once the models are known. */
async function openForm(button: string): Promise<void> {
  await pressButton(button);
  await act(async () => {
    socket.answer();
    socket.send('models', [{ models, hosts: [] }]);
  });
}
const panel = (): HTMLElement => {
  const found = all('details').find(({ textContent }) => textContent?.startsWith('Knowledge graph'));
  if (found === undefined) throw new Error('There is no knowledge graph on the page');
  return found;
};
const field = (title: string): HTMLInputElement | undefined => {
  const label = all<HTMLLabelElement>('dialog label').find(({ textContent }) => textContent === title);
  return label === undefined ? undefined : one<HTMLInputElement>(`[id="${label.htmlFor}"]`);
};
const tell = (state: JobReply): Promise<void> => act(async () => socket.send('jobs', [state]));

describe('the knowledge graph of a collection', () => {
  it('is set up with a model that marks names, after an estimate', async () => {
    await open();
    expect(panel().textContent).not.toContain('Browse the entities');
    await openForm('Set up a knowledge graph');
    expect(buttonNamed('Estimate the cost')?.disabled).toBe(true);
    await press(field('Model')!);
    expect(all('dialog [role=option]').map(({ textContent }) => textContent)).toEqual([
      expect.stringMatching(/^Names.*Marks names/),
      expect.stringContaining('Gen'),
    ]);
    await type(field('Model')!, 'names');
    // A model that marks names takes no instructions.
    expect(field('Instructions')).toBeUndefined();
    await pressButton('Estimate the cost');
    expect(sent.at(-1)).toMatchObject({
      path: '/api/collections/faq/graph/estimate',
      body: { options: { model: 'names' } },
    });
    expect(one('dialog [role=status]').textContent).toContain('It runs on this machine and costs nothing.');
    state = { ...full, missing: 40, entities: 0, relations: 0 };
    await pressButton('Start');
    expect(sent.at(-1)).toEqual({
      method: 'PUT',
      path: '/api/collections/faq/graph',
      body: { options: { model: 'names' } },
    });
    expect(document.querySelector('dialog')).toBeNull();
    expect(panel().textContent).toContain('40 documents are not read yet.');
  });

  it('gives a language model types and instructions, and says that the text leaves the machine', async () => {
    await open();
    await openForm('Set up a knowledge graph');
    await type(field('Model')!, 'far/big');
    await type(field('Types of entities')!, ' drug, disease,, drug');
    await type(field('Instructions')!, 'They are about medicine. ');
    estimate = { documents: 40, passages: 80, tokens: 17_000, isLocal: false };
    await pressButton('Estimate the cost');
    expect(sent.at(-1)?.body).toEqual({
      options: { model: 'far/big', types: ['drug', 'disease'], instructions: 'They are about medicine.' },
    });
    expect(one('dialog [role=status]').textContent).toContain('asked 80 times');
    expect(one('dialog [role=status]').textContent).toContain('leaves this machine');
    // The estimate is dropped, as it no longer fits the form.
    await type(field('Types of entities')!, 'drug');
    expect(buttonNamed('Start')).toBeUndefined();
    expect(one('dialog [role=status]').textContent).toBe('');
  });

  it('says why a model is refused, and starts nothing', async () => {
    await open();
    await openForm('Set up a knowledge graph');
    await type(field('Model')!, 'mini');
    estimate = undefined;
    await pressButton('Estimate the cost');
    expect(one('dialog [role=alert]').textContent).toContain('It embeds.');
    expect(buttonNamed('Start')).toBeUndefined();
  });

  it('shows the progress of its job, stops the job and continues it', async () => {
    state = { ...full, missing: 30, entities: 9 };
    await open();
    await tell(job('running', { documents: 40, done: 10 }));
    expect(panel().querySelector('[role=progressbar]')?.getAttribute('aria-valuenow')).toBe('25');
    expect(panel().querySelector('summary')?.textContent).toContain('finding entities');
    expect(buttonNamed('Change')).toBeUndefined();
    await pressButton('Stop');
    expect(sent.at(-1)?.path).toBe('/api/jobs/j/cancel');
    await tell(
      job('failed', {}, { error: { code: 'graph_failed', message: 'Five replies were no JSON.', retryable: true } }),
    );
    expect(panel().textContent).toContain(
      'in 10 of 40 documents. Five replies were no JSON. 30 documents are not read',
    );
    await pressButton('Continue');
    expect(sent.at(-1)?.path).toBe('/api/collections/faq/graph/fill');
  });

  it('lists documents that could not be read, and tries them again', async () => {
    state = { ...full, missing: 1, failures: [{ document: 'torn.pdf', code: 'graph_failed', message: 'No JSON.' }] };
    await open();
    expect(panel().textContent).toContain('1 document could not be read');
    expect(panel().textContent).toContain('torn.pdf');
    await pressButton('Try them again');
    expect(sent.at(-1)?.path).toBe('/api/collections/faq/graph/fill');
  });

  it('opens its form with its current options, and is removed after a confirmation', async () => {
    state = { ...full, options: { model: 'gen', types: ['drug', 'gene'], instructions: 'Medicine.' } };
    await open();
    expect(panel().textContent).toContain('214 entities, 1 relation in 40 of 40 documents. Found by gen.');
    expect(one('a.button[href="/collections/faq/entities"]').textContent).toBe('Browse the entities');
    await openForm('Change');
    expect(field('Types of entities')?.value).toBe('drug, gene');
    expect(field('Instructions')?.value).toBe('Medicine.');
    await pressButton('Cancel');
    await pressButton('Remove');
    expect(sent).toEqual([]);
    state = none;
    await pressButton('Remove the graph');
    expect(sent.at(-1)).toMatchObject({ method: 'DELETE', path: '/api/collections/faq/graph' });
    expect(buttonNamed('Set up a knowledge graph')).toBeDefined();
  });

  it('is shown without buttons to a user who may not change the collection', async () => {
    roles = ['viewer'];
    await open();
    expect(panel().textContent).toContain('This collection has no knowledge graph.');
    expect(buttonNamed('Set up a knowledge graph')).toBeUndefined();
    state = { ...full, missing: 2 };
    await tell(job('done'));
    expect(pageText()).toContain('2 documents are not read yet.');
    expect(panel().querySelectorAll('button')).toHaveLength(0);
    expect(panel().querySelector('a')?.textContent).toBe('Browse the entities');
  });
});

describe('the texts of a knowledge graph', () => {
  it('say what an estimate means', () => {
    expect(estimateText({ ...localNames, documents: 0 })).toContain('No document is left to read');
    expect(estimateText({ documents: 1, passages: 1, tokens: 200, isLocal: true })).toBe(
      'The model is asked once, once for each passage of 1 document, and reads about 200 tokens. It runs on this machine.',
    );
  });

  it('say how many documents the graph covers', () => {
    expect(stateText({ ...full, missing: 3 }, undefined, true)).toBe('214 entities, 1 relation in 37 of 40 documents.');
    expect(stateText({ ...full, relations: 0, missing: 1 }, undefined, false)).toBe(
      '214 entities in 39 of 40 documents. 1 document is not read yet.',
    );
  });

  it('read types that are separated by commas, semicolons or lines', () => {
    expect(typesOf(' a, b\nc;a ')).toEqual(['a', 'b', 'c']);
    expect(typesOf(' , ')).toBeUndefined();
  });
});
