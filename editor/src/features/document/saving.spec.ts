/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { parseDocument, type WorkflowDocument } from '@heddle/core';
import { ApiError } from '../../data/http/http.js';
import { startAutosave } from './autosave.js';
import { createDocumentStore, edit, redo, showRunDocument, showWorkflow, undo } from './document-store.js';
import { showWithStoredDraft, startDraftKeeper } from './draft-keeper.js';

const document = parseDocument({ heddle: 2, name: 'One', nodes: {}, edges: [] });
const reply = { id: 'w', slug: 'one', revision: 1, updatedAt: 0, document };
const named = (name: string) => (before: WorkflowDocument) => ({ ...before, name });

/** A server that keeps one workflow and refuses outdated revisions. */
function createServer() {
  const server = { revision: 1, document, saves: 0, isDown: false };
  return {
    server,
    requests: {
      save: async (_id: string, next: WorkflowDocument, revision: number) => {
        if (server.isDown) throw new ApiError('unreachable', 'Heddle does not answer.', 0);
        if (revision !== server.revision) throw new ApiError('conflict', 'Somebody saved it meanwhile.', 409);
        server.saves += 1;
        server.document = next;
        return { revision: (server.revision += 1) };
      },
      load: async () => ({ revision: server.revision, document: server.document }),
    },
  };
}

function createKeep() {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
    key: (index: number) => [...kept.keys()][index] ?? null,
    get length() {
      return kept.size;
    },
    kept,
  };
}

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

describe('undo and redo', () => {
  it('takes 20 steps back and forth', () => {
    const store = createDocumentStore();
    showWorkflow(store, reply);
    for (let step = 1; step <= 20; step += 1) edit(store, named(`Step ${step}`));
    for (let step = 19; step >= 1; step -= 1) {
      undo(store);
      expect(store.getState().document?.name).toBe(`Step ${step}`);
    }
    undo(store);
    undo(store);
    expect(store.getState().document).toBe(document);
    for (let step = 0; step < 25; step += 1) redo(store);
    expect(store.getState().document?.name).toBe('Step 20');
  });

  it('makes one step of a gesture, and a new one after a pause or another gesture', () => {
    const store = createDocumentStore();
    showWorkflow(store, reply);
    edit(store, named('a'), { gesture: 'name', now: 0 });
    edit(store, named('ab'), { gesture: 'name', now: 1000 });
    edit(store, named('abc'), { gesture: 'name', now: 9000 });
    edit(store, named('abcd'), { gesture: 'other', now: 9001 });
    const names: (string | undefined)[] = [];
    for (let step = 0; step < 3; step += 1) {
      undo(store);
      names.push(store.getState().document?.name);
    }
    expect(names).toEqual(['abc', 'ab', 'One']);
  });

  it('changes nothing in the document of a run', () => {
    const store = createDocumentStore();
    showRunDocument(store, { runId: 'r', workflowId: 'w', document, inputs: {} });
    edit(store, named('x'));
    expect(store.getState().document).toBe(document);
  });
});

describe('autosave', () => {
  it('saves once, a moment after the last change', async () => {
    const store = createDocumentStore();
    const { server, requests } = createServer();
    startAutosave(store, requests);
    showWorkflow(store, reply);
    edit(store, named('a'));
    edit(store, named('b'));
    expect(store.getState().saveState).toBe('unsaved');
    await jest.advanceTimersByTimeAsync(1000);
    expect(server).toMatchObject({ saves: 1, document: { name: 'b' } });
    expect(store.getState()).toMatchObject({ saveState: 'saved', revision: 2 });
  });

  it('saves once when several parts of the page request it at the same time', async () => {
    const { server, requests } = createServer();
    const store = createDocumentStore();
    const autosave = startAutosave(store, requests);
    showWorkflow(store, reply);
    edit(store, named('Two'));
    await Promise.all([autosave.flush(), autosave.flush(), autosave.flush()]);
    expect(server).toMatchObject({ saves: 1, revision: 2, document: { name: 'Two' } });
    expect(store.getState()).toMatchObject({ saveState: 'saved', revision: 2 });
    autosave.stop();
  });

  it('tries again while the server is unreachable, and loses nothing', async () => {
    const store = createDocumentStore();
    const { server, requests } = createServer();
    startAutosave(store, requests);
    showWorkflow(store, reply);
    server.isDown = true;
    edit(store, named('kept'));
    await jest.advanceTimersByTimeAsync(10_000);
    expect(store.getState().saveState).toBe('failed');
    server.isDown = false;
    await jest.advanceTimersByTimeAsync(3500);
    expect(server.document.name).toBe('kept');
    expect(store.getState().saveState).toBe('saved');
  });

  it('never overwrites another user, and an undo restores the own version after theirs is taken', async () => {
    const store = createDocumentStore();
    const { server, requests } = createServer();
    const autosave = startAutosave(store, requests);
    showWorkflow(store, reply);
    server.revision = 5;
    server.document = { ...document, name: 'theirs' };
    edit(store, named('mine'));
    await jest.advanceTimersByTimeAsync(1000);
    expect(store.getState().saveState).toBe('conflict');
    edit(store, named('mine too'));
    await jest.advanceTimersByTimeAsync(5000);
    expect(server.saves).toBe(0);
    const theirs = await autosave.loadCurrent();
    await autosave.merge(theirs.document, theirs.revision);
    expect(store.getState()).toMatchObject({ saveState: 'saved', revision: 6, document: { name: 'theirs' } });
    undo(store);
    expect(store.getState().document?.name).toBe('mine too');
    await jest.advanceTimersByTimeAsync(1000);
    expect(server.document.name).toBe('mine too');
  });

  it('saves a merge of both versions, and an undo restores the own one', async () => {
    const store = createDocumentStore();
    const { server, requests } = createServer();
    const autosave = startAutosave(store, requests);
    showWorkflow(store, reply);
    server.revision = 5;
    server.document = { ...document, name: 'theirs' };
    edit(store, named('mine'));
    await jest.advanceTimersByTimeAsync(1000);
    const theirs = await autosave.loadCurrent();
    expect(theirs).toMatchObject({ revision: 5, document: { name: 'theirs' } });
    await autosave.merge({ ...theirs.document, name: 'both' }, theirs.revision);
    expect([server.document.name, store.getState().saveState]).toEqual(['both', 'saved']);
    undo(store);
    expect(store.getState().document?.name).toBe('mine');
  });

  it('merges changes elsewhere in the workflow automatically, and an undo restores the own version', async () => {
    const store = createDocumentStore();
    const { server, requests } = createServer();
    const onMerged = jest.fn();
    const autosave = startAutosave(store, requests, onMerged);
    showWorkflow(store, reply);
    server.revision = 5;
    server.document = { ...document, description: 'theirs' };
    edit(store, named('mine'));
    await autosave.flush();
    const both = { name: 'mine', description: 'theirs' };
    expect(server).toMatchObject({ document: both, revision: 6 });
    expect(store.getState()).toMatchObject({ saveState: 'saved', revision: 6, document: both, saved: both });
    expect(onMerged).toHaveBeenCalledTimes(1);
    undo(store);
    expect(store.getState().document?.description).toBeUndefined();
  });

  it('reports a conflict when the other version cannot be loaded', async () => {
    const store = createDocumentStore();
    const { server, requests } = createServer();
    const autosave = startAutosave(store, {
      ...requests,
      load: () => Promise.reject(new ApiError('unreachable', 'Heddle does not answer.', 0)),
    });
    showWorkflow(store, reply);
    server.revision = 5;
    edit(store, named('mine'));
    await autosave.flush();
    expect(store.getState()).toMatchObject({ saveState: 'conflict', document: { name: 'mine' } });
  });
});

describe('draft keeper', () => {
  it('restores unsaved work after a crash, and removes the stored draft when it is saved', async () => {
    const keep = createKeep();
    const before = createDocumentStore();
    startDraftKeeper(before, keep);
    showWorkflow(before, reply);
    edit(before, named('unsaved'));
    await jest.advanceTimersByTimeAsync(500);

    const after = createDocumentStore();
    showWithStoredDraft(after, reply, keep);
    expect(after.getState()).toMatchObject({ saveState: 'unsaved', document: { name: 'unsaved' } });
    const moved = createDocumentStore();
    showWithStoredDraft(moved, { ...reply, revision: 2 }, keep);
    expect(moved.getState()).toMatchObject({ saveState: 'conflict', saved: { name: 'One' } });

    before.setState({ saveState: 'saved' });
    expect(keep.kept.size).toBe(0);
  });

  it('ignores the draft of a page that is still open, and takes over the draft of a closed one', async () => {
    const keep = createKeep();
    const other = createDocumentStore();
    startDraftKeeper(other, keep, 'other');
    showWorkflow(other, reply);
    edit(other, named('of the other tab'));
    await jest.advanceTimersByTimeAsync(500);

    const mine = createDocumentStore();
    startDraftKeeper(mine, keep, 'mine');
    showWithStoredDraft(mine, reply, keep, (page) => page === 'other', 'mine');
    expect(mine.getState()).toMatchObject({ saveState: 'saved', document: { name: 'One' } });
    edit(mine, named('mine'));
    mine.setState({ saveState: 'saved' });
    expect([...keep.kept.keys()]).toEqual(['heddle.draft.w.other']);

    const later = createDocumentStore();
    showWithStoredDraft(later, reply, keep, () => false, 'later');
    expect(later.getState().document?.name).toBe('of the other tab');
    expect([...keep.kept.keys()]).toEqual(['heddle.draft.w.later']);
  });

  it('stores the draft at once when the page is left', () => {
    const keep = createKeep();
    const store = createDocumentStore();
    const stop = startDraftKeeper(store, keep, 'page');
    showWorkflow(store, reply);
    edit(store, named('just typed'));
    expect(keep.kept.size).toBe(0);
    window.dispatchEvent(new Event('pagehide'));
    expect(keep.kept.get('heddle.draft.w.page')).toContain('just typed');
    stop();
  });

  it('shows the server’s copy when the stored draft cannot be read', () => {
    const keep = createKeep();
    keep.setItem('heddle.draft.w.page', '{"revision":1,"document":{"heddle":99}}');
    const store = createDocumentStore();
    showWithStoredDraft(store, reply, keep);
    expect(store.getState()).toMatchObject({ saveState: 'saved', document: { name: 'One' } });
  });
});
