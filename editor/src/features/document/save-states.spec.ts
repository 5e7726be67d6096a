/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { parseDocument, type WorkflowDocument } from '@heddle/core';
import { ApiError } from '../../data/http/http.js';
import { startAutosave, type Autosave, type SaveRequests } from './autosave.js';
import {
  closeDocument,
  createDocumentStore,
  edit,
  isEditable,
  showRunDocument,
  showVersionDocument,
  showWorkflow,
  undo,
  type DocumentStore,
} from './document-store.js';
import { rename } from './edit/change-node.js';

const written = parseDocument({
  heddle: 2,
  name: 'One',
  nodes: { a: { type: 'words', version: 1, title: 'First' }, b: { type: 'words', version: 1, title: 'Second' } },
  edges: [],
});
const titled = (id: string, title: string) => (document: WorkflowDocument) => rename(document, id, title);

let store: DocumentStore;
let autosave: Autosave;
let saves: { readonly id: string; readonly title: string | undefined; readonly revision: number }[];
let save: SaveRequests['save'];
let load: SaveRequests['load'];
let merged: number;

beforeEach(() => {
  jest.useFakeTimers();
  [saves, merged] = [[], 0];
  save = async (_id, _document, revision) => ({ revision: revision + 1 });
  load = async () => ({ revision: 2, document: written });
  store = createDocumentStore();
  showWorkflow(store, { id: 'w', slug: 'w', revision: 1, updatedAt: 0, document: written });
  autosave = startAutosave(
    store,
    {
      save: (id, document, revision) => {
        saves.push({ id, title: document.nodes['a']?.title, revision });
        return save(id, document, revision);
      },
      load: (id) => load(id),
    },
    () => (merged += 1),
  );
});
afterEach(() => {
  autosave.stop();
  jest.useRealTimers();
});
const fail = (code: string, status: number) => () => Promise.reject(new ApiError(code, `It is ${code}.`, status));
const state = () => store.getState();
const wait = (ms: number): Promise<void> => jest.advanceTimersByTimeAsync(ms);

describe('the state of saving', () => {
  it('goes from unsaved to saving to saved', async () => {
    const seen: string[] = [];
    store.subscribe(({ saveState }) => seen.at(-1) !== saveState && seen.push(saveState));
    edit(store, titled('a', 'New'));
    await wait(700);
    expect(seen).toEqual(['unsaved', 'saving', 'saved']);
    expect([state().revision, state().saved]).toEqual([2, state().document]);
  });

  it('is unsaved again after a change during a save, and saves that change too', async () => {
    let end = (_reply: { readonly revision: number }): void => undefined;
    save = () => new Promise((resolve) => (end = resolve));
    edit(store, titled('a', 'One'));
    await wait(700);
    edit(store, titled('a', 'Two'));
    expect(state().saveState).toBe('saving');
    end({ revision: 2 });
    await wait(0);
    expect(state().saveState).toBe('unsaved');
    save = async (_id, _document, revision) => ({ revision: revision + 1 });
    await wait(700);
    expect(saves.map(({ title, revision }) => [title, revision])).toEqual([
      ['One', 1],
      ['Two', 2],
    ]);
    expect(state().saveState).toBe('saved');
  });

  it('is saved without a request when an undo brings the stored version back', async () => {
    edit(store, titled('a', 'New'));
    undo(store);
    expect(state().saveState).toBe('saved');
    await wait(5000);
    expect(saves).toEqual([]);
  });

  it.each([
    ['forbidden', 403, false],
    ['bad_request', 400, false],
    ['internal', 500, true],
    ['unreachable', 0, true],
    ['unreachable', 503, true],
  ])('is failed with %s (%s), and is retried automatically: %p', async (code, status, isTriedAgain) => {
    save = fail(code, status);
    edit(store, titled('a', 'New'));
    await wait(700);
    expect([state().saveState, state().saveError?.code]).toEqual(['failed', code]);
    await wait(3000);
    expect(saves).toHaveLength(isTriedAgain ? 2 : 1);
  });

  it('is no longer failed, and has no error, after the next successful save', async () => {
    save = fail('bad_request', 400);
    edit(store, titled('a', 'New'));
    await wait(700);
    save = async () => ({ revision: 2 });
    edit(store, titled('a', 'Newer'));
    await wait(700);
    expect([state().saveState, state().saveError, saves.length]).toEqual(['saved', undefined, 2]);
  });

  it('is not changed by a reply that arrives after another workflow was opened', async () => {
    let end = (_reply: { readonly revision: number }): void => undefined;
    save = () => new Promise((resolve) => (end = resolve));
    edit(store, titled('a', 'New'));
    await wait(700);
    showWorkflow(store, { id: 'other', slug: 'o', revision: 9, updatedAt: 0, document: written });
    end({ revision: 2 });
    await wait(0);
    expect([state().id, state().revision, state().saveState]).toEqual(['other', 9, 'saved']);
  });

  it('does not save after the page is left', async () => {
    edit(store, titled('a', 'New'));
    autosave.stop();
    await wait(5000);
    expect(saves).toEqual([]);
  });

  it('saves at once on request', async () => {
    edit(store, titled('a', 'New'));
    await autosave.flush();
    expect([saves.length, state().saveState]).toEqual([1, 'saved']);
    await autosave.flush();
    expect(saves).toHaveLength(1);
  });
});

describe('a conflict with another user', () => {
  const theirs = (change: (document: WorkflowDocument) => WorkflowDocument): void => {
    save = async (_id, _document, revision) => {
      if (revision < 5) throw new ApiError('conflict', 'Revision 5 is newer.', 409);
      return { revision: revision + 1 };
    };
    load = async () => ({ revision: 5, document: change(written) });
  };
  const titles = (): (string | undefined)[] => ['a', 'b'].map((id) => state().document?.nodes[id]?.title);

  it('in another node is merged, saved and reported, and an undo restores the own version', async () => {
    theirs(titled('b', 'Theirs'));
    edit(store, titled('a', 'Mine'));
    await wait(700);
    expect([titles(), state().saveState, state().revision, merged]).toEqual([['Mine', 'Theirs'], 'saved', 6, 1]);
    undo(store);
    expect(titles()).toEqual(['Mine', 'Second']);
  });

  it('in the same field waits for a decision, and no change is sent until then', async () => {
    theirs(titled('a', 'Theirs'));
    edit(store, titled('a', 'Mine'));
    await wait(700);
    expect([titles(), state().saveState, state().saveError?.status]).toEqual([['Mine', 'Second'], 'conflict', 409]);
    edit(store, titled('b', 'More'));
    await wait(10_000);
    expect([saves.length, state().saveState, merged]).toEqual([1, 'conflict', 0]);
  });

  it('is resolved with the own version, which then is the newest', async () => {
    theirs(titled('a', 'Theirs'));
    edit(store, titled('a', 'Mine'));
    await wait(700);
    await autosave.merge(titled('a', 'Mine')(written), (await autosave.loadCurrent()).revision);
    expect([titles(), state().saveState, state().revision]).toEqual([['Mine', 'Second'], 'saved', 6]);
    expect(saves.at(-1)).toMatchObject({ title: 'Mine', revision: 5 });
  });

  it('is resolved with the other version, and an undo restores the own one', async () => {
    theirs(titled('a', 'Theirs'));
    edit(store, titled('a', 'Mine'));
    await wait(700);
    const { document, revision } = await autosave.loadCurrent();
    await autosave.merge(document, revision);
    expect([titles(), state().saveState, state().revision]).toEqual([['Theirs', 'Second'], 'saved', 6]);
    undo(store);
    expect(titles()).toEqual(['Mine', 'Second']);
  });

  it('without a newer version on the server is not retried for ever', async () => {
    save = fail('conflict', 409);
    load = async () => ({ revision: 1, document: written });
    edit(store, titled('a', 'Mine'));
    await wait(60_000);
    expect([saves.length, state().saveState]).toEqual([1, 'conflict']);
  });
});

describe('a change', () => {
  it.each<[string, () => void, boolean]>([
    ['is saved in a draft', () => undefined, true],
    [
      'is refused in a draft of others',
      () => showWorkflow(store, { id: 'w', slug: 'w', revision: 1, updatedAt: 0, document: written }, true),
      false,
    ],
    ['is refused in a version', () => showVersionDocument(store, written), false],
    [
      'is refused in the workflow of a run',
      () => showRunDocument(store, { runId: 'r', workflowId: 'w', document: written, inputs: {} }),
      false,
    ],
    ['is refused without a document', () => closeDocument(store), false],
  ])('%s', async (_what, show, isAllowed) => {
    show();
    const before = state().document;
    edit(store, titled('a', 'New'));
    expect([isEditable(state()), state().document !== before]).toEqual([isAllowed, isAllowed]);
    await wait(5000);
    expect(saves).toHaveLength(isAllowed ? 1 : 0);
  });

  it('is no step to undo when it changes nothing', () => {
    edit(store, (document) => document);
    edit(store, (document) => rename(document, 'missing', 'x'));
    expect([state().history.past.length, state().saveState]).toEqual([0, 'saved']);
  });

  it('can be undone for 300 steps, and no further', () => {
    for (let count = 0; count < 400; count += 1) edit(store, titled('a', `Title ${count}`));
    for (let count = 0; count < 500; count += 1) undo(store);
    expect(state().document?.nodes['a']?.title).toBe('Title 99');
  });
});
