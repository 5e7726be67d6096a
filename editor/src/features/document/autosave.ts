import { mergeDocuments, type WorkflowDocument } from '@heddle/core';
import { toApiError } from '../../data/http/http.js';
import type { DocumentState, DocumentStore } from './document-store.js';

/** The server calls for saving. Errors: ApiError `conflict` when the revision is not the current one. */
export interface SaveRequests {
  save(id: string, document: WorkflowDocument, revision: number): Promise<{ readonly revision: number }>;
  load(id: string): Promise<{ readonly revision: number; readonly document: WorkflowDocument }>;
}

export interface Autosave {
  /** Saves pending changes at once. */
  flush(): Promise<void>;
  /** After a conflict: overwrites the server's version. */
  keepMine(): Promise<void>;
  /** After a conflict: the server's current version. Errors: ApiError. */
  theirs(): Promise<{ readonly revision: number; readonly document: WorkflowDocument }>;
  /** After a conflict: saves a merged document over the revision it was merged with; the user's own version is one undo step away. */
  merge(document: WorkflowDocument, revision: number): Promise<void>;
  /** After a conflict: takes the server's version; the user's own version is one undo step away. */
  takeTheirs(): Promise<void>;
  stop(): void;
}

const pauseMs = 700;
const retryMs = 3000;

/**
 * Saves the open draft shortly after each change, one save at a time, and never overwrites somebody else's work: changes made elsewhere are
 * merged by node and field, and where both sides changed the same field, a person resolves the conflict. `onMerged` is called after a
 * merge.
 */
export function startAutosave(store: DocumentStore, requests: SaveRequests, onMerged?: () => void): Autosave {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let saving: Promise<void> | undefined;

  const schedule = (ms: number): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void flush(), ms);
  };

  /** Shows another document; the user's own version is one undo step away. */
  const replace = (
    document: WorkflowDocument,
    change: Pick<DocumentState, 'revision' | 'saveState'> & Partial<Pick<DocumentState, 'saved'>>,
  ): void =>
    store.setState(({ document: mine, history }) => ({
      ...change,
      document,
      saveError: undefined,
      history: { past: mine === undefined ? history.past : [...history.past, mine], future: [], gesture: undefined },
    }));

  const save = async (): Promise<void> => {
    const { id, document, revision } = store.getState();
    if (id === undefined || document === undefined) return;
    store.setState({ saveState: 'saving' });
    try {
      const reply = await requests.save(id, document, revision);
      if (store.getState().id !== id) return;
      const isLatest = store.getState().document === document;
      store.setState({
        revision: reply.revision,
        saved: document,
        saveState: isLatest ? 'saved' : 'unsaved',
        saveError: undefined,
      });
      if (!isLatest) schedule(pauseMs);
    } catch (error) {
      if (store.getState().id !== id) return;
      const saveError = toApiError(error);
      if (saveError.code === 'conflict' && (await isMerged(id))) return save();
      if (store.getState().id !== id) return;
      store.setState({ saveState: saveError.code === 'conflict' ? 'conflict' : 'failed', saveError });
      if (saveError.isUnreachable || saveError.status >= 500) schedule(retryMs);
    }
  };

  /** Merges changes from others into the draft; false where a person must decide. */
  const isMerged = async (id: string): Promise<boolean> => {
    const theirs = await requests.load(id).catch(() => undefined);
    const { id: open, document: mine, saved: base, revision } = store.getState();
    if (open !== id || theirs === undefined || mine === undefined || base === undefined) return false;
    if (theirs.revision <= revision) return false;
    const { document, conflicts } = mergeDocuments(base, mine, theirs.document);
    if (conflicts.length > 0) return false;
    replace(document, { revision: theirs.revision, saved: theirs.document, saveState: 'unsaved' });
    onMerged?.();
    return true;
  };

  const flush = async (): Promise<void> => {
    clearTimeout(timer);
    await saving;
    const { saveState, origin } = store.getState();
    if (origin.kind !== 'draft' || saveState === 'saved' || saveState === 'conflict') return;
    saving = save().finally(() => (saving = undefined));
    await saving;
  };

  const resolve = async (
    apply: (theirs: { readonly revision: number; readonly document: WorkflowDocument }) => void,
  ): Promise<void> => {
    const { id } = store.getState();
    if (id === undefined) return;
    try {
      const theirs = await requests.load(id);
      if (store.getState().id === id) apply(theirs);
    } catch (error) {
      store.setState({ saveError: toApiError(error) });
    }
  };

  const end = store.subscribe((state, before) => {
    if (state.origin.kind !== 'draft' || (state.document === before.document && state.saveState === before.saveState))
      return;
    if (state.saveState === 'unsaved' || (state.saveState === 'failed' && state.document !== before.document))
      schedule(pauseMs);
  });

  return {
    flush,
    keepMine: async () => {
      await resolve(({ revision }) => store.setState({ revision, saveState: 'unsaved', saveError: undefined }));
      await flush();
    },
    theirs: () => {
      const { id } = store.getState();
      if (id === undefined) return Promise.reject(new Error('No workflow is open.'));
      return requests.load(id);
    },
    merge: async (document, revision) => {
      replace(document, { revision, saveState: 'unsaved' });
      await flush();
    },
    takeTheirs: () =>
      resolve(({ revision, document }) => replace(document, { revision, saved: document, saveState: 'saved' })),
    stop: () => {
      clearTimeout(timer);
      end();
    },
  };
}
