/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { act } from 'react';
import { meStore } from '../../data/access/known-me.js';
import { readMe } from '../../data/access/me-store.js';
import { createFakeSocket } from '../../data/testing/fake-socket.js';
import { createLiveClient } from '../../data/live/live-client.js';
import {
  all,
  buttonNamed,
  choose,
  one,
  pageText,
  press,
  pressButton,
  texts,
  type,
} from '../../ui/testing/fake-person.js';
import { undoStore } from '../../ui/states/undo-store.js';
import { openFakePage, type FakePage } from '../../ui/testing/fake-page.js';
import { SessionProvider } from '../session/SessionProvider.js';
import type { Session } from '../session/session.js';
import { CollectionPage } from './CollectionPage.js';
import { CreateCollection } from './CreateCollection.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
// jsdom does not implement the methods of a dialog.
Object.assign(HTMLDialogElement.prototype, { showModal: () => undefined, close: () => undefined });

// jsdom has no ResizeObserver.
class FakeResizeObserver {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}
const realObserver = globalThis.ResizeObserver;

const info = {
  name: 'faq',
  title: 'Our FAQ',
  embedding: 'small',
  dimensions: 4,
  documents: 2,
  passages: 1,
  store: 'embedded',
  createdAt: 1,
  updatedAt: 1,
  splitter: { kind: 'markdown', maxTokens: 100, overlapTokens: 0 },
  label: { level: 'internal', marks: [] },
};
const documentOf = (id: string, more: Record<string, unknown> = {}) => ({
  id,
  title: `Title of ${id}`,
  mediaType: 'text/plain',
  hash: 'h',
  size: 4200,
  passages: 3,
  updatedAt: 1,
  ...more,
});
const documentsPath = 'GET /api/collections/faq/documents?limit=200';

let page: FakePage;
let sent: { readonly method: string; readonly path: string; readonly body: unknown }[];
let replies: Record<string, unknown>;
let refusal: { readonly status: number; readonly body?: unknown };
let roles: readonly string[];
const refuse = (status: number, code: string, message: string): void => {
  refusal = { status, body: { error: { code, message, retryable: false } } };
};

beforeEach(() => {
  globalThis.ResizeObserver = FakeResizeObserver;
  sent = [];
  roles = ['owner'];
  refusal = { status: 404 };
  replies = {
    'GET /api/collections/faq': info,
    [documentsPath]: { documents: [documentOf('a.md'), documentOf('empty.pdf', { passages: 0 })] },
    'POST /api/collections/faq/reingest': { jobId: 'j' },
    'DELETE /api/collections/faq?undo=true': {},
    'POST /api/collections/faq/restore': {},
    'DELETE /api/collections/faq/documents?document=a.md&undo=true': {},
  };
  page = openFakePage(
    (method, path, body) => {
      sent.push({ method, path, body });
      if (path === '/api/auth/me')
        return {
          isSignInNeeded: true,
          hasUsers: true,
          principal: { id: 'user:u', kind: 'user', name: 'Una', roles: { default: roles } },
        };
      return replies[`${method} ${path}`];
    },
    () => refusal,
  );
});
afterEach(() => {
  undoStore.setState({ offers: [] });
  page.leave();
  globalThis.ResizeObserver = realObserver;
  meStore.setState({ me: undefined });
  window.history.replaceState(null, '', '/');
});

async function show(element = <CollectionPage name="faq" document={undefined} />): Promise<void> {
  const session = { live: createLiveClient(createFakeSocket()), runs: { leave: () => undefined } };
  await readMe();
  await act(async () =>
    page.root.render(<SessionProvider value={session as unknown as Session}>{element}</SessionProvider>),
  );
}
const written = () => sent.filter(({ method }) => method !== 'GET');

describe('a collection', () => {
  it('counts its documents and passages in the plural and the singular', async () => {
    await show();
    expect(texts('h1')).toEqual(['Our FAQ']);
    expect(texts('.home-head p')[0]).toBe('faq · 2 documents · 1 passage · small · markdown, 100 tokens · internal');
  });

  it('that is gone leads back to all collections and offers no retry', async () => {
    delete replies['GET /api/collections/faq'];
    refuse(404, 'collection_not_found', 'There is no collection faq.');
    await show();
    expect(all<HTMLAnchorElement>('a').map(({ pathname }) => pathname)).toEqual(['/collections']);
    expect(buttonNamed('Retry')).toBeUndefined();
  });

  it('that cannot be read while the server is unreachable can be loaded again', async () => {
    delete replies['GET /api/collections/faq'];
    refusal = { status: 503 };
    await show();
    expect(texts('.failure-title')).toEqual(['No connection to Heddle']);
    replies['GET /api/collections/faq'] = info;
    await pressButton('Retry');
    expect(texts('h1')).toEqual(['Our FAQ']);
  });

  it('offers a viewer no changes', async () => {
    roles = ['viewer'];
    await show();
    expect([buttonNamed('Add files'), buttonNamed('Re-index all'), buttonNamed('Delete a.md')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(texts('.row-title')).toEqual(['Title of a.md', 'Title of empty.pdf']);
  });

  it('is deleted after a confirmation that says what is lost', async () => {
    await show();
    await pressButton('Delete the collection Our FAQ');
    expect(texts('dialog h2')).toEqual(['Delete “Our FAQ”?']);
    expect(written()).toEqual([]);
    await pressButton('Delete collection');
    expect(written()).toEqual([{ method: 'DELETE', path: '/api/collections/faq?undo=true', body: undefined }]);
    expect(window.location.pathname).toBe('/collections');
    const [offer] = undoStore.getState().offers;
    expect(offer?.what).toBe('“Our FAQ”');
    await act(async () => void (await offer?.restore()));
    expect(written().at(-1)).toEqual({ method: 'POST', path: '/api/collections/faq/restore', body: undefined });
    act(() => offer?.onRestored());
    expect(window.location.pathname).toBe('/collections/faq');
  });

  it('that may not be deleted stays, and the dialog says why', async () => {
    delete replies['DELETE /api/collections/faq?undo=true'];
    refuse(403, 'forbidden', 'This needs the role owner.');
    await show();
    await pressButton('Delete the collection Our FAQ');
    await pressButton('Delete collection');
    expect(one('dialog [role=alert]').textContent).toContain('This needs the role owner.');
  });

  it('is re-indexed as a whole, and shows a refusal', async () => {
    await show();
    await pressButton('Re-index all');
    expect(written()).toEqual([{ method: 'POST', path: '/api/collections/faq/reingest', body: {} }]);
    delete replies['POST /api/collections/faq/reingest'];
    refuse(409, 'conflict', 'It is being indexed.');
    await pressButton('Re-index all');
    expect(pageText()).toContain('It is being indexed.');
  });

  it('without documents cannot be re-indexed', async () => {
    replies['GET /api/collections/faq'] = { ...info, documents: 0 };
    replies[documentsPath] = { documents: [] };
    await show();
    expect(buttonNamed('Re-index all')?.disabled).toBe(true);
  });
});

describe('the documents of a collection', () => {
  it('show their id, passages and size, or that no text was found in the file', async () => {
    await show();
    expect(texts('.row-main .quiet')).toEqual(['a.md', 'empty.pdf · no text found in the file']);
    expect(texts('.row-figures')[0]).toContain('3 passages');
    expect(texts('.row-figures')[0]).toContain('4.2 kB');
  });

  it('open under their own address, even with special characters in the name', async () => {
    replies[documentsPath] = { documents: [documentOf('a b/ü?.md')] };
    await show();
    await press(one('.row-button'));
    expect(decodeURIComponent(window.location.pathname + window.location.search)).toContain('a b/ü?.md');
  });

  it('are re-indexed one by one', async () => {
    await show();
    await pressButton('Re-index a.md');
    expect(written()).toEqual([
      { method: 'POST', path: '/api/collections/faq/reingest', body: { documents: ['a.md'] } },
    ]);
  });

  it('are deleted after a confirmation, and the list is loaded again', async () => {
    await show();
    await pressButton('Delete a.md');
    expect(texts('dialog h2')).toEqual(['Delete “Title of a.md”?']);
    replies[documentsPath] = { documents: [] };
    await pressButton('Delete document');
    expect(written()).toEqual([
      { method: 'DELETE', path: '/api/collections/faq/documents?document=a.md&undo=true', body: undefined },
    ]);
    expect(all('dialog, .row-title')).toEqual([]);
  });

  it('are loaded 200 at a time', async () => {
    const many = Array.from({ length: 200 }, (_none, index) => documentOf(`d${String(index).padStart(3, '0')}`));
    replies[documentsPath] = { documents: many };
    replies[`${documentsPath}&after=d199`] = { documents: [documentOf('e')] };
    await show();
    expect(all('.row-title')).toHaveLength(200);
    await pressButton('Show more');
    expect(texts('.row-title').at(-1)).toBe('Title of e');
    expect(buttonNamed('Show more')).toBeUndefined();
  });

  it('show markup in a title as text', async () => {
    replies[documentsPath] = { documents: [documentOf('x', { title: '<svg onload=alert(1)>' })] };
    await show();
    expect(texts('.row-title')).toEqual(['<svg onload=alert(1)>']);
    expect(all('.row-title svg')).toEqual([]);
  });
});

describe('the title of a collection', () => {
  it('is its heading, and can be changed', async () => {
    replies['PATCH /api/collections/faq'] = info;
    await show();
    expect(one('h1').textContent).toBe('Our FAQ');
    expect(pageText()).toContain('faq · ');
    await pressButton('Change the title');
    const field = one<HTMLInputElement>('dialog input');
    expect(field.value).toBe('Our FAQ');
    await type(field, 'x'.repeat(10_000));
    expect(buttonNamed('Save title')?.disabled).toBe(true);
    expect(texts('dialog .field-error')).toEqual(['At most 100 characters.']);
    await type(field, 'Questions');
    await act(
      async () => void one('dialog form').dispatchEvent(new Event('submit', { bubbles: true, cancelable: true })),
    );
    expect(written()).toEqual([{ method: 'PATCH', path: '/api/collections/faq', body: { title: 'Questions' } }]);
    expect(all('dialog')).toEqual([]);
  });

  it('cannot be changed by a viewer', async () => {
    roles = ['viewer'];
    await show();
    expect(buttonNamed('Change the title')).toBeUndefined();
  });
});

describe('the search in a collection', () => {
  const path = 'POST /api/collections/faq/search';
  const label = { level: 'internal', marks: [] };
  const passage = { id: 'p1', document: 'a.md', title: 'Yarn', text: 'Wool is warm.', score: 0.5, label, hash: 'h' };
  const search = async (query: string): Promise<void> => {
    await type(one('input[type=search]'), query);
    await act(
      async () => void one('form[role=search]').dispatchEvent(new Event('submit', { bubbles: true, cancelable: true })),
    );
  };

  it('is disabled without a query', async () => {
    await show();
    expect(buttonNamed('Search')?.disabled).toBe(true);
    await search('   ');
    expect(written()).toEqual([]);
  });

  it('sends the query and the mode, and says when nothing is found', async () => {
    replies[path] = { results: [] };
    await show();
    await search('wool & yarn');
    expect(written()[0]?.body).toEqual({ query: 'wool & yarn', k: 8, relevance: 'show' });
    expect(pageText()).toContain('No results. Try other words');
    await pressButton('Keyword');
    expect(written()[1]?.body).toEqual({ query: 'wool & yarn', mode: 'lexical', k: 8, relevance: 'show' });
    expect(buttonNamed('Keyword')?.getAttribute('aria-pressed')).toBe('true');
  });

  it('shows a result with its relevance and score, and opens its document', async () => {
    replies[path] = { results: [passage] };
    await show();
    await search('wool');
    expect(texts('.result-open')).toEqual(['Yarn a.md']);
    expect(one('.relevance-bar').getAttribute('aria-label')).toBe('Relevance 100 %');
    expect(texts('.relevance details')).toEqual(['DetailsScore0.50']);
    await press(one('.result-open'));
    expect(window.location.pathname + window.location.search).toContain('a.md');
  });

  it('that fails says why', async () => {
    refuse(409, 'model_missing', 'The embedding model is not on this machine.');
    await show();
    await search('wool');
    expect(one('[data-part=search] [role=alert]').textContent).toContain('The embedding model is not on this machine.');
  });
});

describe('a new collection', () => {
  const model = (id: string, status: string, isStarter = false) => ({
    status,
    bytes: 0,
    card: {
      id,
      title: `Model ${id}`,
      kind: 'embed',
      runtime: 'llama',
      summary: '',
      publisher: '',
      licence: 'MIT',
      use: '',
      files: [{ role: 'weights', name: 'a', size: 1, sources: ['file:/a'] }],
      format: 'gguf',
      quantisation: 'Q4',
      contextTokens: 512,
      dimensions: 4,
      languages: [],
      limits: [],
      measured: [],
      isStarter,
    },
  });
  const submit = (): Promise<void> =>
    act(async () => void one('form').dispatchEvent(new Event('submit', { bubbles: true, cancelable: true })));
  const fields = (): HTMLInputElement[] => all<HTMLInputElement>('form input');

  it('cannot be created without an embedding model, and leads to the models', async () => {
    replies['GET /api/models'] = { models: [model('far', 'absent')] };
    await show(<CreateCollection onClose={() => undefined} />);
    expect(buttonNamed('Create collection')?.disabled).toBe(true);
    expect(all<HTMLAnchorElement>('form a').map(({ pathname }) => pathname)).toEqual(['/models']);
  });

  it('gets its name from the title while the title is typed', async () => {
    replies['GET /api/models'] = { models: [model('starter', 'loaded', true)] };
    replies['GET /api/collections'] = { collections: [{ ...info, name: 'my-orbit-docs' }] };
    replies['POST /api/collections'] = { ...info, name: 'my-orbit' };
    await show(<CreateCollection onClose={() => undefined} />);
    await type(fields()[0] as HTMLElement, 'My Orbit');
    expect(fields()[1]?.value).toBe('my-orbit');
    // A taken name gets a number at once.
    await type(fields()[0] as HTMLElement, 'My Orbit Docs');
    expect(fields()[1]?.value).toBe('my-orbit-docs-2');
    // A name that a person wrote no longer follows the title.
    await type(fields()[1] as HTMLElement, 'orbit');
    await type(fields()[0] as HTMLElement, ' My Orbit ');
    expect(fields()[1]?.value).toBe('orbit');
    await submit();
    expect(written()[0]?.body).toMatchObject({ title: 'My Orbit', name: 'orbit' });
  });

  it('checks its fields without the browser, and says beside each field what is wrong', async () => {
    replies['GET /api/models'] = { models: [model('starter', 'loaded', true)] };
    await show(<CreateCollection onClose={() => undefined} />);
    expect(one<HTMLFormElement>('form').noValidate).toBe(true);
    expect(texts('.field-error')).toEqual([]);
    await submit();
    expect(texts('.field-error')).toEqual(['Write a title.', 'Write a name, such as handbook.']);
    await type(fields()[0] as HTMLElement, 'a\u202egnp');
    await type(fields()[1] as HTMLElement, 'My docs');
    await submit();
    expect(texts('.field-error')).toEqual([
      'One line, without control characters or characters that change the direction of text.',
      'Begin with a lower-case letter from a to z.',
    ]);
    expect(fields()[1]?.getAttribute('aria-invalid')).toBe('true');
    await type(fields()[0] as HTMLElement, 'Docs');
    await type(fields()[1] as HTMLElement, 'docs');
    await type(fields()[2] as HTMLElement, '3');
    await submit();
    expect(one('form').textContent).toContain('The passage size is a whole number from 16 to 8,192');
    expect(written()).toEqual([]);
  });

  it.each([
    ['no choice of a store when only one is set up', ['embedded'], undefined],
    ['a choice of a store when several are set up', ['embedded', 'pgvector'], 'pgvector'],
  ])('has %s', async (_name, stores, wanted) => {
    replies['GET /api/models'] = { models: [model('starter', 'loaded', true)] };
    replies['GET /api/collections'] = { collections: [], stores, unreachable: [] };
    replies['POST /api/collections'] = { ...info, name: 'orbit' };
    await show(<CreateCollection onClose={() => undefined} />);
    await type(fields()[0] as HTMLElement, 'Orbit');
    const select = all<HTMLSelectElement>('form select').find(({ labels }) => labels[0]?.textContent === 'Store');
    expect(select === undefined).toBe(wanted === undefined);
    if (select !== undefined) await choose(select, 'pgvector');
    await submit();
    expect((written()[0]?.body as { readonly store?: string }).store).toBe(wanted);
  });

  it('offers a free name when the written one is taken', async () => {
    replies['GET /api/models'] = { models: [model('starter', 'loaded', true)] };
    replies['GET /api/collections'] = { collections: [info] };
    replies['POST /api/collections'] = { ...info, name: 'faq-2' };
    await show(<CreateCollection onClose={() => undefined} />);
    await type(fields()[0] as HTMLElement, 'Questions');
    await type(fields()[1] as HTMLElement, 'faq');
    expect(texts('.field-error')).toEqual(['The name faq is taken.']);
    await submit();
    expect(written()).toEqual([]);
    await pressButton('Use faq-2');
    expect(texts('.field-error')).toEqual([]);
    await submit();
    expect(written()[0]?.body).toMatchObject({ name: 'faq-2', title: 'Questions' });
  });

  it('is created from the form, and opened', async () => {
    replies['GET /api/models'] = { models: [model('other', 'ready'), model('starter', 'loaded', true)] };
    replies['POST /api/collections'] = { ...info, name: 'handbook' };
    await show(<CreateCollection onClose={() => undefined} />);
    await type(fields()[0] as HTMLElement, 'handbook');
    await type(fields()[2] as HTMLElement, '300');
    await type(fields()[3] as HTMLElement, '0');
    await submit();
    expect(written()).toMatchObject([
      {
        method: 'POST',
        path: '/api/collections',
        body: {
          name: 'handbook',
          title: 'handbook',
          embedding: 'starter',
          splitter: { kind: 'markdown', maxTokens: 300, overlapTokens: 0 },
          label: 'internal',
        },
      },
    ]);
    expect(window.location.pathname).toContain('handbook');
  });

  it('leaves the size of passages to the server when the form has none', async () => {
    replies['GET /api/models'] = { models: [model('starter', 'loaded', true)] };
    replies['POST /api/collections'] = { ...info, name: 'handbook' };
    await show(<CreateCollection onClose={() => undefined} />);
    await type(fields()[0] as HTMLElement, 'handbook');
    await submit();
    expect(written()).toMatchObject([{ body: { splitter: { kind: 'markdown', overlapTokens: 20 } } }]);
    expect(written()[0]?.body).not.toHaveProperty('splitter.maxTokens');
  });

  it('whose name is taken keeps what was typed', async () => {
    replies['GET /api/models'] = { models: [model('other', 'ready')] };
    refuse(409, 'collection_exists', 'There is a collection handbook.');
    await show(<CreateCollection onClose={() => undefined} />);
    await type(fields()[0] as HTMLElement, 'handbook');
    await submit();
    expect(one('form').textContent).toContain('There is a collection handbook.');
    expect(fields()[0]?.value).toBe('handbook');
    // The name belongs to another project, so only the refusal shows that it is taken; a free name is then offered.
    expect(texts('.field-error')).toContain('The name handbook is taken.');
    expect(buttonNamed('Use handbook-2')).toBeDefined();
  });
});
