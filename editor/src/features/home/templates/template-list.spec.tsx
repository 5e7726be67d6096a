/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { TemplateSummary } from '@heddle/core';
import { act } from 'react';
import { readMe } from '../../../data/access/me-store.js';
import { createFakeSocket } from '../../../data/testing/fake-socket.js';
import { createLiveClient } from '../../../data/live/live-client.js';
import { SessionProvider } from '../../session/SessionProvider.js';
import type { Session } from '../../session/session.js';
import '../../../ui/markdown/MarkdownBody.js';
import { openFakePage, type FakePage } from '../../../ui/testing/fake-page.js';
import { needsOf, type Stock } from './template-needs.js';
import { TemplateList } from './TemplateList.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
// jsdom has the element, but not the method that opens it.
Object.assign(HTMLDialogElement.prototype, { showModal: () => undefined, close: () => undefined });

const template: TemplateSummary = {
  id: 'ask',
  name: 'Ask',
  summary: 'Answers.',
  problem: 'The handbook is long.',
  needs: [],
  missing: [],
  isRunnable: true,
  examples: [],
  tests: [],
  nodes: 4,
  collections: [],
  models: [],
  missingNodes: [],
  readme: '# Ask\n\nAnswers **from documents**.',
};
const card = (id: string, kind: string, isStarter = false) => ({
  ...{ id, title: id.toUpperCase(), kind, runtime: 'llama', summary: 's', publisher: 'p', licence: 'MIT', use: 'Any' },
  ...{ format: 'gguf', contextTokens: 512, languages: [], limits: [], measured: [], isStarter },
  files: [{ role: 'weights', name: 'w', size: 1_000_000, sha256: '0'.repeat(64), sources: ['file:/w'] }],
});
const model = (id: string, kind: string, status: string, isStarter = false) => ({
  card: card(id, kind, isStarter),
  status,
  bytes: 0,
});
const connection = (part: object) => ({
  ...{ id: 'openai', title: 'OpenAI', kind: 'openai', isEnabled: true, key: 'none', models: [], prices: [] },
  ...{ activity: { circuit: 'closed', inFlight: 0, waiting: 0 }, limits: { concurrency: 4 }, ...part },
});

describe('what a template needs', () => {
  const remote = { ...template, models: [{ id: 'openai/gpt', isHere: false }] };
  const kinds = (of: TemplateSummary, stock: object): readonly string[] =>
    needsOf(of, stock as Stock).map(({ kind }) => kind);

  it('is a model that is not here, a connection that is not set up, off or without its key', () => {
    const local = { ...template, models: [{ id: 'small', isHere: false }] };
    expect(kinds(local, { models: [model('small', 'generate', 'absent')] })).toEqual(['model']);
    expect(kinds(local, { models: [model('small', 'generate', 'ready')] })).toEqual([]);
    expect(kinds(local, { models: [] })).toEqual(['unknown-model']);
    expect(kinds(remote, { connections: [] })).toEqual(['connection']);
    expect(kinds(remote, { connections: [connection({})] })).toEqual(['key']);
    expect(kinds(remote, { connections: [connection({ isEnabled: false })] })).toEqual(['switched-off']);
    expect(kinds(remote, { connections: [connection({ key: 'vault' })] })).toEqual([]);
    // A list that could not be loaded is no requirement.
    expect(kinds(remote, {})).toEqual([]);
  });

  it('is documents for a collection that comes without, and the model that reads them', () => {
    const filling = (samples: number) => ({ ...template, collections: [{ name: 'library', isHere: false, samples }] });
    const stock = { models: [model('mini', 'embed', 'absent', true)], collections: [] };
    expect(kinds(filling(0), stock)).toEqual(['model', 'documents']);
    expect(kinds(filling(29), stock)).toEqual(['model']);
    expect(kinds(filling(0), { ...stock, collections: [{ name: 'library', documents: 3 }] })).toEqual([]);
  });
});

describe('the list of templates', () => {
  let page: FakePage;
  let sent: string[];
  let models: readonly object[];
  let connections: readonly object[];
  beforeEach(() => {
    [sent, models, connections] = [[], [], []];
    page = openFakePage((method, path) => {
      sent.push(`${method} ${path}`);
      if (path === '/api/auth/me') return { isSignInNeeded: false, hasUsers: false };
      if (path === '/api/models') return { models };
      if (path === '/api/connections') return { connections };
      if (path === '/api/collections') return { collections: [] };
      if (path === '/api/models/small/pull') return { jobId: 'j' };
      if (path === '/api/templates/ask')
        return {
          workflow: {
            ...{ id: 'w', slug: 'ask', revision: 1, updatedAt: 1 },
            document: { heddle: 2, name: 'Ask', nodes: {}, edges: [] },
          },
          jobs: [],
        };
      return undefined;
    });
    window.history.replaceState(null, '', '/');
  });
  afterEach(() => page.leave());

  async function show(shown: TemplateSummary): Promise<void> {
    await readMe();
    const session = { live: createLiveClient(createFakeSocket()) } as unknown as Session;
    await act(async () =>
      page.root.render(
        <SessionProvider value={session}>
          <TemplateList templates={[shown]} />
        </SessionProvider>,
      ),
    );
  }
  const press = (name: string): Promise<void> =>
    act(async () => {
      const all = [...document.querySelectorAll('button')];
      all.findLast((one) => (one.getAttribute('aria-label') ?? one.textContent.trim()) === name)?.click();
      await new Promise((resolve) => setTimeout(resolve, 10));
    });
  const dialog = (): string => document.querySelector('dialog')?.textContent ?? '';

  it('opens a copy at once where all is here', async () => {
    await show(template);
    await press('Use Ask');
    expect([window.location.pathname, dialog()]).toEqual(['/workflows/ask', '']);
  });

  it('leads to the form of a connection that is missing, under its name', async () => {
    await show({ ...template, models: [{ id: 'openai/gpt', isHere: false }] });
    await press('Use Ask');
    const link = [...document.querySelectorAll('dialog a')].find(
      ({ textContent }) => textContent === 'Set up connection',
    );
    expect(link?.getAttribute('href')).toBe('/connections/+?name=openai');
  });

  it('says after copying which model is missing, and fetches it', async () => {
    models = [model('small', 'generate', 'absent')];
    await show({ ...template, models: [{ id: 'small', isHere: false }] });
    await press('Use Ask');
    expect(window.location.pathname).toBe('/');
    expect(dialog()).toContain('The model SMALL is not on this machine (1.0 MB).');
    await press('Download SMALL');
    expect(sent).toContain('POST /api/models/small/pull');
    await press('Open workflow');
    expect(window.location.pathname).toBe('/workflows/ask');
  });

  it('leads to the key that is missing', async () => {
    connections = [connection({})];
    await show({ ...template, models: [{ id: 'openai/gpt', isHere: false }] });
    await press('Use Ask');
    expect(dialog()).toContain('has no key yet.');
    expect(document.querySelector('dialog .needs a')?.getAttribute('href')).toBe('/connections/openai');
  });

  it('copies nothing before there is a model that reads its documents', async () => {
    models = [model('mini', 'embed', 'absent', true)];
    await show({ ...template, collections: [{ name: 'handbook', isHere: false, samples: 29 }] });
    await press('Use Ask');
    expect(sent.filter((line) => line.startsWith('POST'))).toEqual([]);
    expect(dialog()).toContain('The model MINI is not on this machine');
  });

  it('says what a template is about, and that it has nodes of its own', async () => {
    await show({ ...template, missingNodes: ['example/reading-time'] });
    expect(document.body.textContent).toContain('needs additional nodes');
    await press('About Ask');
    expect(document.querySelector('dialog .markdown strong')?.textContent).toBe('from documents');
    expect(dialog()).toContain('example/reading-time');
  });
});
