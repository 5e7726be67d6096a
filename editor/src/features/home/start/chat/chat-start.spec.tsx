/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { act } from 'react';
import {
  alerts,
  button,
  openFeaturePage,
  pageText,
  press,
  type FeaturePage,
} from '../../../session/testing/feature-page.js';
import { ChatStart } from './ChatStart.js';

const card = (id: string, kind: string) => ({
  id,
  title: id.toUpperCase(),
  kind,
  runtime: 'llama',
  summary: 's',
  publisher: 'p',
  licence: 'MIT',
  use: 'Any',
  format: 'gguf',
  contextTokens: 512,
  languages: [],
  limits: [],
  measured: [],
  isStarter: true,
  files: [{ role: 'weights', name: 'm', sources: ['file:/m'], size: 1_000_000 }],
});
const model = (id: string, kind: string, status: string) => ({ card: card(id, kind), status, bytes: 1, files: [] });
const models = (status: string) => ({
  models: [model('mini', 'embed', status), model('small', 'generate', status)],
  hosts: [],
});
const job = (status: string, more: object = {}) => ({
  jobId: 'j',
  kind: 'ingest',
  subject: 'warranty-and-1-more',
  createdAt: 1,
  progress: {},
  status,
  ...more,
});
const report = (failures: readonly object[] = []) => ({
  documents: 2,
  done: 2 - failures.length,
  unchanged: 0,
  failed: failures.length,
  removed: 0,
  passages: 4,
  failures,
});
const refused = (document: string) => ({ document, code: 'document_damaged', message: 'It is damaged.' });
const files = ['Warranty.md', 'prices.pdf'].map((id) => ({ id, file: new File(['text'], id) }));

let page: FeaturePage;
let closed: number;
beforeEach(() => {
  closed = 0;
  page = openFeaturePage();
  page.answer('GET /api/models', models('ready'));
  page.answer('GET /api/connections', { connections: [] });
  page.answer('GET /api/collections', { collections: [{ name: 'other' }] });
  page.answer('POST /api/collections', {});
  page.answer('POST /api/collections/warranty-and-1-more/documents', { jobId: 'j' });
  page.answer('POST /api/workflows', { id: 'w', slug: 'chat-with-warranty', revision: 1, updatedAt: 1 });
  page.answer('GET /api/jobs/j', job('done', { result: report() }));
  page.answer('POST /api/jobs/j/cancel', job('cancelled'));
  page.answer('DELETE /api/workflows/w', {});
  page.answer('DELETE /api/collections/warranty-and-1-more', {});
  window.history.replaceState(null, '', '/');
});
afterEach(() => page.leave());

const show = (): Promise<void> => page.show(<ChatStart files={files} onClose={() => (closed += 1)} />);
const sent = (): readonly string[] => page.sent().map(({ method, path }) => `${method} ${path}`);
const until = async (isTrue: () => boolean): Promise<void> => {
  for (let round = 0; round < 100 && !isTrue(); round += 1)
    await act(() => new Promise((resolve) => setTimeout(resolve, 20)));
  expect(isTrue()).toBe(true);
};
const made = [
  'POST /api/collections',
  'POST /api/collections/warranty-and-1-more/documents',
  'POST /api/workflows',
] as const;
const removed = [
  'POST /api/jobs/j/cancel',
  'DELETE /api/workflows/w',
  'DELETE /api/collections/warranty-and-1-more',
] as const;

describe('a chat with documents', () => {
  it('makes a collection, imports the files, creates the workflow on that collection, and opens the chat', async () => {
    await show();
    await until(() => window.location.pathname === '/workflows/chat-with-warranty/chat');
    expect(sent()).toEqual(made);
    expect(page.sent()[0]?.body).toEqual({
      name: 'warranty-and-1-more',
      title: 'Warranty and 1 more',
      embedding: 'mini',
    });
    expect(page.sent()[2]?.body).toMatchObject({
      document: {
        name: 'Chat with Warranty and 1 more',
        nodes: {
          search: { type: 'retrieve', config: { collection: 'warranty-and-1-more' } },
          answer: { type: 'generate', config: { model: 'small' } },
        },
      },
    });
  });

  it('shows the progress of the import', async () => {
    page.answer('GET /api/jobs/j', job('running', { progress: { documents: 2, done: 1, passages: 3 } }));
    await show();
    await until(() => pageText().includes('Importing: 1 of 2 documents · 3 passages'));
    expect(document.querySelector('[role=progressbar]')?.getAttribute('aria-valuenow')).toBe('50');
    page.answer('GET /api/jobs/j', job('done', { result: report() }));
    await until(() => window.location.pathname.endsWith('/chat'));
  });

  it('tries further names when another project has the first one', async () => {
    page.refuse('POST /api/collections', 409, 'collection_exists', 'It exists.');
    await show();
    await until(() => alerts().length > 0);
    const tries = page.sent().length;
    expect(page.sent()[1]?.body).toMatchObject({ name: 'warranty-and-1-more-2' });
    expect([tries, sent().filter((line) => line.startsWith('DELETE'))]).toEqual([21, []]);
    page.answer('POST /api/collections', {});
    await press('Try again');
    await until(() => window.location.pathname.endsWith('/chat'));
  });

  it('says which file could not be read, and lets the person decide', async () => {
    page.answer('GET /api/jobs/j', job('done', { result: report([refused('prices.pdf')]) }));
    await show();
    await until(() => pageText().includes('One file could not be read.'));
    expect(pageText()).toContain('prices.pdf: It is damaged.');
    expect(window.location.pathname).toBe('/');
    await press('Chat with one document');
    expect(window.location.pathname).toBe('/workflows/chat-with-warranty/chat');
  });

  it('is discarded with everything that it created', async () => {
    page.answer('GET /api/jobs/j', job('done', { result: report([refused('prices.pdf')]) }));
    await show();
    await until(() => button('Discard all') !== undefined);
    await press('Discard all');
    await until(() => closed === 1);
    expect(sent().slice(3)).toEqual(removed);
  });

  it('keeps nothing when no file could be read, and says so', async () => {
    const failures = [refused('Warranty.md'), refused('prices.pdf')];
    page.answer('GET /api/jobs/j', job('done', { result: report(failures) }));
    await show();
    await until(() => alerts().length > 0);
    expect(alerts()[0]).toMatch(/No file could be read\. Warranty\.md: It is damaged\..*Nothing was kept\./);
    expect(sent()).toEqual([...made, ...removed]);
  });

  it('removes the collection when the files are refused', async () => {
    const path = 'POST /api/collections/warranty-and-1-more/documents';
    page.refuse(path, 413, 'too_large', 'A file has at most 200 MB.');
    await show();
    await until(() => alerts().length > 0);
    expect(alerts()[0]).toContain('A file has at most 200 MB.');
    expect(sent()).toEqual([made[0], made[1], removed[2]]);
  });

  it('says what remains when it cannot be removed', async () => {
    page.refuse('POST /api/workflows', 403, 'forbidden', 'This needs the role editor.');
    page.refuse('DELETE /api/collections/warranty-and-1-more', 403, 'forbidden', 'Not for you.');
    await show();
    await until(() => alerts().length > 0);
    expect(alerts()[0]).toContain('This needs the role editor.');
    expect(alerts()[0]).toContain("The collection 'warranty-and-1-more' may remain");
  });

  it('can be cancelled, and leaves nothing behind', async () => {
    page.answer('GET /api/jobs/j', job('running', { progress: { documents: 2 } }));
    await show();
    await until(() => pageText().includes('Importing:'));
    page.answer('GET /api/jobs/j', job('cancelled'));
    await press('Cancel');
    await until(() => closed === 1);
    expect(sent()).toEqual([...made, ...removed]);
    expect(window.location.pathname).toBe('/');
  });
});

describe('a chat with documents without models', () => {
  beforeEach(() => {
    page.answer('GET /api/models', models('absent'));
    page.answer('POST /api/models/mini/pull', { jobId: 'p1' });
    page.answer('POST /api/models/small/pull', { jobId: 'p2' });
  });

  it('offers their download in one click, shows its progress, and continues automatically', async () => {
    await show();
    await until(() => button('Download and continue') !== undefined);
    expect(pageText()).toContain('The model MINI is not on this machine (1.0 MB).');
    await press('Download and continue');
    expect(sent()).toEqual(['POST /api/models/mini/pull', 'POST /api/models/small/pull']);
    const pull = (subject: string) => ({ ...job('running'), jobId: subject, kind: 'pull', subject });
    await page.publish('jobs', [pull('mini'), pull('small')]);
    expect(document.querySelectorAll('[role=progressbar]')).toHaveLength(2);
    expect(pageText()).toContain('The chat goes on when the download is done.');
    await page.publish('models', [models('ready')]);
    await until(() => window.location.pathname.endsWith('/chat'));
  });

  it('says why a download failed', async () => {
    await show();
    const error = { code: 'download_failed', message: 'No network.', retryable: true };
    await page.publish('jobs', [{ ...job('failed', { error }), kind: 'pull', subject: 'mini' }]);
    await until(() => pageText().includes('The download failed: No network.'));
    expect(sent()).toEqual([]);
  });

  it('says who can download them to a person who may not', async () => {
    page.signInAs('viewer');
    await show();
    await until(() => pageText().includes('A user who may change models can download it.'));
    expect(button('Download and continue')).toBeUndefined();
  });
});
