import type { CompileReply, WorkflowDocument } from '@heddle/core';
import { toApiError } from '../../data/http/http.js';
import type { DocumentStore } from './document-store.js';

const pauseMs = 200;

/** Compiles again shortly after each change that can matter; moving nodes cannot. */
export function startRecompile(
  store: DocumentStore,
  compile: (document: WorkflowDocument, signal: AbortSignal, workflow?: string) => Promise<CompileReply>,
): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asked = new AbortController();
  const ask = async (): Promise<void> => {
    asked.abort();
    const { signal } = (asked = new AbortController());
    const { document, id } = store.getState();
    if (document === undefined) return;
    try {
      const compiled = await compile(document, signal, id);
      if (!signal.aborted && isSameMeaning(store.getState().document, document))
        store.setState({ compiled, compileError: undefined });
    } catch (error) {
      if (!signal.aborted) store.setState({ compileError: toApiError(error) });
    }
  };
  const end = store.subscribe((state, before) => {
    if (state.id !== before.id || state.document === undefined || before.document === undefined) return;
    if (isSameMeaning(state.document, before.document)) return;
    clearTimeout(timer);
    timer = setTimeout(() => void ask(), pauseMs);
  });
  return () => {
    clearTimeout(timer);
    asked.abort();
    end();
  };
}

/** Whether two documents differ only in layout and names. */
function isSameMeaning(a: WorkflowDocument | undefined, b: WorkflowDocument): boolean {
  return a !== undefined && a.nodes === b.nodes && a.edges === b.edges && a.workflows === b.workflows;
}
