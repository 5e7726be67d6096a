import { parseDocument, type WorkflowDocument, type WorkflowReply } from '@heddle/core';
import { showWorkflow, type DocumentStore } from './document-store.js';
import { noHistory } from './history.js';
import { pageName } from './open-pages.js';

const prefixOf = (id: string): string => `heddle.draft.${id}.`;
const pauseMs = 300;

type DraftStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>;

/**
 * Stores unsaved changes on this device, so that a crash or a reload loses nothing. Each page has its own entry: two tabs that edit the
 * same workflow do not overwrite each other.
 */
export function startDraftKeeper(store: DocumentStore, storage: DraftStorage, page: string = pageName): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const storeDraft = (): void => {
    timer = undefined;
    const { id, document, revision, saveState, saved, origin } = store.getState();
    if (id === undefined || document === undefined || origin.kind !== 'draft') return;
    try {
      if (saveState === 'saved') storage.removeItem(prefixOf(id) + page);
      else storage.setItem(prefixOf(id) + page, JSON.stringify({ at: Date.now(), revision, document, base: saved }));
    } catch {
      // The device has no space left. The changes are safe as soon as the server has saved them.
    }
  };
  const storePending = (): void => {
    if (timer === undefined) return;
    clearTimeout(timer);
    storeDraft();
  };
  const end = store.subscribe((state, before) => {
    if (state.id !== before.id || (state.document === before.document && state.saveState === before.saveState)) return;
    clearTimeout(timer);
    timer = undefined;
    if (state.saveState === 'saved') storeDraft();
    else timer = setTimeout(storeDraft, pauseMs);
  });
  // A page that is closed during the pause stores its changes at once.
  globalThis.addEventListener('pagehide', storePending);
  return () => {
    clearTimeout(timer);
    globalThis.removeEventListener('pagehide', storePending);
    end();
  };
}

/**
 * Shows a workflow with the unsaved changes that a closed page left on this device. They appear as unsaved work, or as a conflict if the
 * server's version has changed. Changes of pages that are still open are left alone.
 */
export function showWithStoredDraft(
  store: DocumentStore,
  reply: WorkflowReply,
  storage: DraftStorage,
  isOpen: (page: string) => boolean = () => false,
  page: string = pageName,
): void {
  showWorkflow(store, reply);
  const kept = readNewestEntry(reply.id, storage, isOpen);
  if (kept === undefined) return;
  if (JSON.stringify(kept.document) !== JSON.stringify(reply.document)) {
    const isCurrent = kept.revision === reply.revision;
    store.setState({
      document: kept.document,
      history: { ...noHistory, past: [reply.document] },
      saveState: isCurrent ? 'unsaved' : 'conflict',
      // The last version that both sides had in common, for the comparison.
      ...(isCurrent ? {} : { saved: kept.base }),
    });
    moveEntry(kept, prefixOf(reply.id) + page, storage);
  } else storage.removeItem(kept.key);
}

interface DraftEntry {
  readonly key: string;
  readonly text: string;
  readonly at: number;
  readonly revision: number;
  readonly document: WorkflowDocument;
  readonly base: WorkflowDocument | undefined;
}

/** Stores the entry under this page's name before it removes the old one, so that a crash in between loses nothing. */
function moveEntry({ key, text }: DraftEntry, own: string, storage: DraftStorage): void {
  if (key === own) return;
  try {
    storage.setItem(own, text);
    storage.removeItem(key);
  } catch {
    // There is no space for both. The old entry stays until the work is saved, and is offered again.
  }
}

/** The newest entry that a closed page left. */
function readNewestEntry(id: string, storage: DraftStorage, isOpen: (page: string) => boolean): DraftEntry | undefined {
  const found: DraftEntry[] = [];
  for (let index = 0; index < storage.length; index += 1) {
    const key = storage.key(index);
    if (key?.startsWith(prefixOf(id)) !== true || isOpen(key.slice(prefixOf(id).length))) continue;
    const kept = parseEntry(key, storage.getItem(key));
    if (kept !== undefined) found.push(kept);
  }
  return found.sort((a, b) => b.at - a.at)[0];
}

function parseEntry(key: string, text: string | null): DraftEntry | undefined {
  try {
    const kept: unknown = JSON.parse(text ?? 'null');
    if (
      typeof kept !== 'object' ||
      kept === null ||
      !('document' in kept) ||
      !('revision' in kept) ||
      typeof kept.revision !== 'number'
    )
      return undefined;
    const base = 'base' in kept && kept.base !== undefined ? parseDocument(kept.base) : undefined;
    return {
      key,
      text: text ?? '',
      at: 'at' in kept && typeof kept.at === 'number' ? kept.at : 0,
      revision: kept.revision,
      document: parseDocument(kept.document),
      base,
    };
  } catch {
    return undefined; // The entry is truncated or from another version of Heddle, so the server's version is shown.
  }
}
