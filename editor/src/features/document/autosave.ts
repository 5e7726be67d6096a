import { mergeDocuments, type WorkflowDocument } from '@heddle/core';
import { toApiError } from '../../data/http/http.js';
import type { DocumentState, DocumentStore } from './document-store.js';

/** The server calls for saving. `save` rejects with an ApiError `conflict` if the revision is not the current one. */
export interface SaveRequests {
  save(id: string, document: WorkflowDocument, revision: number): Promise<{ readonly revision: number }>;
  load(id: string): Promise<StoredDraft>;
}

interface StoredDraft {
  readonly revision: number;
  readonly document: WorkflowDocument;
}

export interface Autosave {
  /** Saves pending changes at once. */
  flush(): Promise<void>;
  /** Loads the server's current version after a conflict. Rejects with an ApiError. */
  loadCurrent(): Promise<StoredDraft>;
  /**
   * Saves the merged document after a conflict. `revision` is the server's revision that it was merged with. Undo restores the user's own
   * version.
   */
  merge(document: WorkflowDocument, revision: number): Promise<void>;
  stop(): void;
}

const pauseMs = 700;
const retryMs = 3000;

/**
 * Saves the open draft shortly after each change, one save at a time. It never overwrites other people's changes: they are merged by node
 * and field, and if both sides changed the same field, the user resolves the conflict. `onMerged` is called after each merge.
 */
export function startAutosave(store: DocumentStore, requests: SaveRequests, onMerged?: () => void): Autosave {
  return new DraftAutosave(store, requests, onMerged);
}

class DraftAutosave implements Autosave {
  readonly #unsubscribe: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #saving: Promise<void> | undefined;

  constructor(
    private readonly store: DocumentStore,
    private readonly requests: SaveRequests,
    private readonly onMerged: (() => void) | undefined,
  ) {
    this.#unsubscribe = store.subscribe((state, before) => {
      const isChanged = state.document !== before.document;
      if (state.origin.kind !== 'draft' || (!isChanged && state.saveState === before.saveState)) return;
      if (state.saveState === 'unsaved' || (state.saveState === 'failed' && isChanged)) this.#schedule(pauseMs);
    });
  }

  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    // Several callers may wait here; one of them may already have begun the next save.
    while (this.#saving !== undefined) await this.#saving;
    const { saveState, origin } = this.store.getState();
    if (origin.kind !== 'draft' || saveState === 'saved' || saveState === 'conflict') return;
    this.#saving = this.#save().finally(() => (this.#saving = undefined));
    await this.#saving;
  }

  loadCurrent(): Promise<StoredDraft> {
    const { id } = this.store.getState();
    if (id === undefined) return Promise.reject(new Error('No workflow is open.'));
    return this.requests.load(id);
  }

  async merge(document: WorkflowDocument, revision: number): Promise<void> {
    this.#replace(document, { revision, saveState: 'unsaved' });
    await this.flush();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#unsubscribe();
  }

  #schedule(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), ms);
  }

  /** Shows another document. Undo restores the user's own version. */
  #replace(
    document: WorkflowDocument,
    change: Pick<DocumentState, 'revision' | 'saveState'> & Partial<Pick<DocumentState, 'saved'>>,
  ): void {
    this.store.setState(({ document: mine, history }) => ({
      ...change,
      document,
      saveError: undefined,
      history: { past: mine === undefined ? history.past : [...history.past, mine], future: [], gesture: undefined },
    }));
  }

  async #save(): Promise<void> {
    const { store } = this;
    const { id, document, revision } = store.getState();
    if (id === undefined || document === undefined) return;
    store.setState({ saveState: 'saving' });
    try {
      const reply = await this.requests.save(id, document, revision);
      if (store.getState().id !== id) return;
      const isLatest = store.getState().document === document;
      store.setState({
        revision: reply.revision,
        saved: document,
        saveState: isLatest ? 'saved' : 'unsaved',
        saveError: undefined,
      });
      if (!isLatest) this.#schedule(pauseMs);
    } catch (error) {
      if (store.getState().id !== id) return;
      const saveError = toApiError(error);
      if (saveError.code === 'conflict' && (await this.#isMerged(id))) return this.#save();
      if (store.getState().id !== id) return;
      store.setState({ saveState: saveError.code === 'conflict' ? 'conflict' : 'failed', saveError });
      if (saveError.isUnreachable || saveError.status >= 500) this.#schedule(retryMs);
    }
  }

  /** Merges the changes of others into the draft. Returns false if a person must decide. */
  async #isMerged(id: string): Promise<boolean> {
    const theirs = await this.requests.load(id).catch(() => undefined);
    const { id: open, document: mine, saved: base, revision } = this.store.getState();
    if (open !== id || theirs === undefined || mine === undefined || base === undefined) return false;
    if (theirs.revision <= revision) return false;
    const { document, conflicts } = mergeDocuments(base, mine, theirs.document);
    if (conflicts.length > 0) return false;
    this.#replace(document, { revision: theirs.revision, saved: theirs.document, saveState: 'unsaved' });
    this.onMerged?.();
    return true;
  }
}
