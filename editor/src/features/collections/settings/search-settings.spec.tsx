/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { act } from 'react';
import { meStore } from '../../../data/access/known-me.js';
import { readMe } from '../../../data/access/me-store.js';
import { openFakePage, type FakePage } from '../../../ui/testing/fake-page.js';
import { all, buttonNamed, choose, one, pageText, pressButton, type } from '../../../ui/testing/fake-person.js';
import { createLiveClient } from '../../../data/live/live-client.js';
import { createFakeSocket } from '../../../data/testing/fake-socket.js';
import { SessionProvider } from '../../session/SessionProvider.js';
import type { Session } from '../../session/session.js';
import { SearchSettingsPanel } from './SearchSettingsPanel.js';
import { searchText } from './search-text.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

let page: FakePage;
let stored: object;
let sent: unknown[];
/** Whether another user saved other settings meanwhile. */
let isLate: boolean;
const conflict = { status: 409, body: { error: { code: 'conflict', message: 'They changed.', retryable: false } } };
let role: string;
let graph: object;
const reopen = (): FakePage =>
  openFakePage(
    (method, path, body) => {
      if (path === '/api/auth/me')
        return {
          isSignInNeeded: true,
          hasUsers: true,
          principal: { id: 'user:u', kind: 'user', name: 'Una', roles: { default: [role] } },
        };
      if (path === '/api/models')
        return {
          models: [
            { status: 'ready', bytes: 1, files: [], card: { id: 'cross', title: 'Cross', kind: 'rerank', files: [] } },
          ],
        };
      if (path === '/api/connections')
        return { connections: [{ id: 'far', title: '', isLocal: false, models: [{ name: 'rank', kind: 'rerank' }] }] };
      if (path === '/api/collections/faq/graph') return graph;
      if (path !== '/api/collections/faq/search-settings') return undefined;
      if (method === 'PUT') {
        sent.push(body);
        if (isLate) return undefined;
        stored = (body as { settings: object }).settings;
      }
      return { settings: stored };
    },
    () => (isLate ? conflict : { status: 404 }),
  );
beforeEach(() => {
  graph = { documents: 3, missing: 3, failures: [], entities: 0, relations: 0 };
  stored = {};
  sent = [];
  isLate = false;
  role = 'owner';
  page = reopen();
});
afterEach(() => {
  page.leave();
  meStore.setState({ me: undefined });
});

async function open(): Promise<void> {
  await act(async () => {
    await readMe();
    const session = { live: createLiveClient(createFakeSocket()) } as unknown as Session;
    page.root.render(
      <SessionProvider value={session}>
        <SearchSettingsPanel name="faq" />
      </SessionProvider>,
    );
  });
  await act(async () => {
    const details = one<HTMLDetailsElement>('details');
    details.open = true;
    details.dispatchEvent(new Event('toggle'));
  });
  await act(async () => undefined);
}
const field = (title: string): HTMLInputElement => {
  const label = all<HTMLLabelElement>('label').find(({ textContent }) => textContent === title);
  if (label === undefined) throw new Error(`No field is named ${title}`);
  return one<HTMLInputElement>(`[id="${label.htmlFor}"]`);
};

describe('the search settings of a collection', () => {
  it('are saved with a reranker of a connection, and reset', async () => {
    await open();
    expect(pageText()).toContain('Combined search, no reranker.');
    expect(buttonNamed('Reset them')).toBeUndefined();
    await type(field('Semantic weight'), '0.6');
    await type(field('Reranker'), 'far/rank');
    await type(field('Passages to rerank'), '40');
    await pressButton('Save the search settings');
    expect(sent).toEqual([
      { settings: { weight: 0.6, reranker: { model: 'far/rank', candidates: 40, ifUnavailable: 'fail' } }, base: {} },
    ]);
    expect(pageText()).toContain('Combined search, semantic weight 0.6, the best 40 reranked by far/rank.');
    await pressButton('Reset them');
    expect(sent.at(-1)).toMatchObject({ settings: {}, base: { weight: 0.6 } });
  });

  it('are loaded again when another user saved others meanwhile', async () => {
    await open();
    await type(field('Diversity'), '0.5');
    stored = { weight: 0.8 };
    isLate = true;
    await pressButton('Save the search settings');
    expect(pageText()).toContain('They changed.');
    isLate = false;
    await pressButton('Load what is stored');
    expect(pageText()).toContain('Combined search, semantic weight 0.8, no reranker.');
    await type(field('Diversity'), '0.5');
    await pressButton('Save the search settings');
    expect(sent.at(-1)).toEqual({ settings: { weight: 0.8, diversity: 0.5 }, base: { weight: 0.8 } });
  });

  it('are not sent when the schema refuses them, and are sent once they are valid', async () => {
    await open();
    await type(field('Adjacent passages'), '99');
    await pressButton('Save the search settings');
    expect(sent).toEqual([]);
    await type(field('Adjacent passages'), '2');
    await choose(field('Search'), 'lexical');
    await pressButton('Save the search settings');
    expect(sent).toEqual([{ settings: { mode: 'lexical', neighbours: 2 }, base: {} }]);
  });

  it('lose the weights that the chosen search does not use, but keep them until they are saved', async () => {
    await open();
    await type(field('Semantic weight'), '7');
    await type(field('Title weight'), '3');
    await choose(field('Search'), 'lexical');
    await pressButton('Save the search settings');
    expect(sent.at(-1)).toEqual({ settings: { mode: 'lexical', titleWeight: 3 }, base: {} });
    await choose(field('Search'), 'dense');
    await choose(field('Search'), 'hybrid');
    expect(field('Title weight').value).toBe('3');
    await choose(field('Search'), 'dense');
    await pressButton('Save the search settings');
    expect(sent.at(-1)).toMatchObject({ settings: { mode: 'dense' } });
    expect(sent.at(-1)).not.toHaveProperty('settings.titleWeight');
  });

  it('have a graph weight when the collection has a knowledge graph', async () => {
    await open();
    expect(all('label').map(({ textContent }) => textContent)).not.toContain('Graph weight');
    graph = { ...graph, options: { model: 'names' } };
    page.leave();
    page = reopen();
    await open();
    expect(field('Graph weight').placeholder).toBe('0');
    await type(field('Graph weight'), '2');
    await pressButton('Save the search settings');
    expect(sent).toEqual([]);
    await type(field('Graph weight'), '0.5');
    await pressButton('Save the search settings');
    expect(sent).toEqual([{ settings: { graphWeight: 0.5 }, base: {} }]);
    expect(pageText()).toContain('Combined search, graph weight 0.5, no reranker.');
  });

  it('are shown without a save button to a user who may not change them', async () => {
    role = 'viewer';
    stored = { mode: 'dense' };
    await open();
    expect(pageText()).toContain('Semantic search, no reranker.');
    expect(buttonNamed('Save the search settings')).toBeUndefined();
  });

  it('are described in a sentence', () => {
    expect(searchText({ mode: 'lexical', diversity: 0.2, neighbours: 1, weight: 0.4 })).toBe(
      'Keyword search, diversity 0.2, 1 adjacent passage, no reranker.',
    );
    expect(searchText({ titleWeight: 0.5 })).toBe('Combined search, title weight 0.5, no reranker.');
    expect(searchText({ mode: 'dense', titleWeight: 0.5 })).toBe('Semantic search, no reranker.');
  });
});
