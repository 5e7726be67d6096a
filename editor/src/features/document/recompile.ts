import type { CompileReply, WorkflowDocument } from '@heddle/core';
import { toApiError } from '../../data/http/http.js';
import type { DocumentStore } from './document-store.js';

const pauseMs = 200;

/** Compiles again shortly after each change of nodes, edges or inner workflows. Changes of the layout need no compilation. */
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
        store.setState({ compiled: withKeptPorts(store.getState().compiled, compiled), compileError: undefined });
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
  // A missing collection, for example, may have been created in another tab meanwhile.
  const onVisible = (): void => {
    const { issues = [] } = store.getState().compiled ?? {};
    if (document.visibilityState === 'visible' && issues.some(({ code }) => code === 'reference-missing')) void ask();
  };
  document.addEventListener('visibilitychange', onVisible);
  return () => {
    document.removeEventListener('visibilitychange', onVisible);
    clearTimeout(timer);
    asked.abort();
    end();
  };
}

/** Keeps the earlier ports of a node that lost some because its settings are invalid, until they are valid again. */
function withKeptPorts(before: CompileReply | undefined, compiled: CompileReply): CompileReply {
  const kept = compiled.issues.flatMap(({ code, node }): [string, CompileReply['ports'][string]][] => {
    const known = code === 'config-invalid' && node !== undefined ? before?.ports[node] : undefined;
    if (node === undefined || known === undefined || countOf(known) <= countOf(compiled.ports[node])) return [];
    return [[node, known]];
  });
  return kept.length === 0 ? compiled : { ...compiled, ports: { ...compiled.ports, ...Object.fromEntries(kept) } };
}

function countOf(ports: CompileReply['ports'][string] | undefined): number {
  return ports === undefined ? 0 : ports.inputs.length + ports.outputs.length;
}

/** Whether two documents differ only in layout and names. */
function isSameMeaning(a: WorkflowDocument | undefined, b: WorkflowDocument): boolean {
  return a !== undefined && a.nodes === b.nodes && a.edges === b.edges && a.workflows === b.workflows;
}
