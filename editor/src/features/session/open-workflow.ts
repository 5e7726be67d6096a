import { knownMe, may } from '../../data/access/me-store.js';
import { followProject, projectById } from '../../data/access/project-store.js';
import { client } from '../../data/api/client.js';
import { toApiError } from '../../data/http/http.js';
import {
  showCatalog,
  closeDocument,
  showRunDocument,
  showWorkflow,
  laidOut,
  showWithStoredDraft,
  browserLocks,
  readOpenPages,
} from '../document/index.js';
import type { Session } from './session.js';
import { localValues } from '../../data/browser-storage.js';

/**
 * Opens a workflow by id or slug: loads the node types and the document, then compiles it. An error is stored as `loadError`. `signal`
 * aborts, for example when another workflow is opened.
 */
export async function openWorkflow(session: Session, idOrSlug: string, signal: AbortSignal): Promise<void> {
  const { documents, catalog } = session;
  const open = documents.getState();
  const isOpen =
    open.document !== undefined && open.origin.kind === 'draft' && (open.id === idOrSlug || open.slug === idOrSlug);
  documents.setState({ loadError: undefined });
  try {
    if (!isOpen) {
      closeDocument(documents);
      const [reply, me, isOpen] = await Promise.all([
        client.GET('/api/workflows/{id}', { params: { path: { id: idOrSlug } }, signal }),
        knownMe(),
        readOpenPages(browserLocks()),
        loadCatalog(session, signal),
      ]);
      signal.throwIfAborted();
      const shown = { ...reply, document: await laidOut(reply.document, catalog.getState().byType) };
      signal.throwIfAborted();
      followProject(reply.project);
      // While the user's permissions are unknown, the workflow is editable; the server decides when it is saved.
      if (me === undefined || may(me, 'workflow:write', projectById(reply.project)))
        showWithStoredDraft(documents, shown, localValues(), isOpen);
      else showWorkflow(documents, shown, true);
    } else if (!catalog.getState().isLoaded) await loadCatalog(session, signal);
  } catch (error) {
    if (!signal.aborted) documents.setState({ loadError: toApiError(error) });
    return;
  }
  await compileOpen(session, signal);
}

/** Opens the workflow of a run in the version that the run used. */
export async function openRunDocument(session: Session, runId: string, signal: AbortSignal): Promise<void> {
  const { documents } = session;
  const { origin } = documents.getState();
  try {
    if (origin.kind !== 'run' || origin.runId !== runId) {
      closeDocument(documents);
      const [run, accepted] = await Promise.all([
        client.GET('/api/runs/{id}', { params: { path: { id: runId } }, signal }),
        client.GET('/api/runs/{id}/document', { params: { path: { id: runId } }, signal }),
        loadCatalog(session, signal),
      ]);
      const document = await laidOut(accepted.document, session.catalog.getState().byType);
      signal.throwIfAborted();
      followProject(run.summary.caller?.project);
      showRunDocument(documents, { runId, workflowId: run.summary.workflowId, document, inputs: accepted.inputs });
    }
  } catch (error) {
    if (!signal.aborted) documents.setState({ loadError: toApiError(error) });
    return;
  }
  await compileOpen(session, signal);
}

/** Loads the node types, once per session. */
export async function loadCatalog({ catalog }: Pick<Session, 'catalog'>, signal: AbortSignal): Promise<void> {
  if (!catalog.getState().isLoaded) showCatalog(catalog, (await client.GET('/api/nodes', { signal })).nodes);
}

/** Compiles the open document on the server. Ignores a reply about an older document. */
export async function compileOpen(
  { documents }: Session,
  signal: AbortSignal,
  { isInside = false }: { readonly isInside?: boolean } = {},
): Promise<void> {
  const { document, id } = documents.getState();
  if (document === undefined) return;
  try {
    const compiled = await client.POST('/api/compile', {
      body: { document, workflow: isInside ? undefined : id },
      signal,
    });
    if (documents.getState().document === document) documents.setState({ compiled, compileError: undefined });
  } catch (error) {
    if (!signal.aborted) documents.setState({ compileError: toApiError(error) });
  }
}
