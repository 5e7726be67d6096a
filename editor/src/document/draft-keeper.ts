import { parseDocument, type WorkflowDocument, type WorkflowReply } from '@heddle/core';
import { showWorkflow, type DocumentStore } from './document-store.js';
import { noHistory } from './history.js';

const keyOf = (id: string): string => `heddle.draft.${id}`;
const pauseMs = 300;

type Keep = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** Keeps what the server does not have yet on this device, so that a crash or a reload in the middle loses nothing. */
export function startDraftKeeper(store: DocumentStore, storage: Keep): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const keep = (): void => {
    const { id, document, revision, saveState, origin } = store.getState();
    if (id === undefined || document === undefined || origin.kind !== 'draft') return;
    try {
      if (saveState === 'saved') storage.removeItem(keyOf(id));
      else storage.setItem(keyOf(id), JSON.stringify({ revision, document }));
    } catch {
      // No room on this device: the server's copy, a moment later, is the one that counts.
    }
  };
  const end = store.subscribe((state, before) => {
    if (state.id !== before.id || (state.document === before.document && state.saveState === before.saveState)) return;
    clearTimeout(timer);
    if (state.saveState === 'saved') keep();
    else timer = setTimeout(keep, pauseMs);
  });
  return () => {
    clearTimeout(timer);
    end();
  };
}

/** Shows a workflow, with what was kept of it on this device: as unsaved work, or as a conflict where the server went on meanwhile. */
export function showWithKept(store: DocumentStore, reply: WorkflowReply, storage: Keep): void {
  showWorkflow(store, reply);
  const kept = readKept(reply.id, storage);
  if (kept === undefined || JSON.stringify(kept.document) === JSON.stringify(reply.document)) return;
  const isCurrent = kept.revision === reply.revision;
  store.setState({ document: kept.document, history: { ...noHistory, past: [reply.document] }, saveState: isCurrent ? 'unsaved' : 'conflict' });
}

function readKept(id: string, storage: Keep): { readonly revision: number; readonly document: WorkflowDocument } | undefined {
  try {
    const kept: unknown = JSON.parse(storage.getItem(keyOf(id)) ?? 'null');
    if (typeof kept !== 'object' || kept === null || !('document' in kept) || !('revision' in kept) || typeof kept.revision !== 'number') return undefined;
    return { revision: kept.revision, document: parseDocument(kept.document) };
  } catch {
    return undefined; // Of another version or cut off: the server's copy is shown.
  }
}
