import type { WorkflowDocument, WorkflowReply } from '@heddle/core';
import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import { meNow } from '../../data/access/known-me.js';
import { client } from '../../data/api/client.js';
import { localValues, sessionValues } from '../../data/browser-storage.js';
import {
  startAutosave,
  type Autosave,
  createCatalogStore,
  type CatalogState,
  type CatalogStore,
  createDocumentStore,
  type DocumentState,
  type DocumentStore,
  startDraftKeeper,
  announcePage,
  browserLocks,
  laidOut,
  startRecompile,
} from '../document/index.js';
import { createLiveClient, type LiveClient } from '../../data/live/live-client.js';
import { connectLive } from '../../data/live/live-socket.js';
import {
  frameSchedule,
  persistTrials,
  createAnswerDrafts,
  type AnswerDrafts,
  AnswerOutbox,
  lateText,
  sendAnswer,
  createRunSession,
  type RunRequests,
  type RunSession,
  type RunSessionState,
} from '../run/index.js';
import { createViewStore, showToast, type ViewState, type ViewStore } from '../view/index.js';

/** The stores and functions that commands use. */
export interface CommandContext {
  readonly documents: DocumentStore;
  /** The outer document if `documents` is an inner workflow. Undo, save and export always apply to the outer document. */
  readonly root?: DocumentStore;
  readonly catalog: CatalogStore;
  readonly view: ViewStore;
  readonly runs: RunSession;
  readonly saveNow: () => void | Promise<void>;
  readonly clipboard: Pick<Clipboard, 'readText' | 'writeText'>;
}

/** The state of a tab, with separate stores for document, view and run, and the functions that call the server. */
export interface Session {
  readonly documents: DocumentStore;
  readonly catalog: CatalogStore;
  readonly view: ViewStore;
  readonly runs: RunSession;
  readonly live: LiveClient;
  /** Answers that are being sent to the server. */
  readonly answers: AnswerOutbox;
  /** Unsent input in answer forms. */
  readonly drafts: AnswerDrafts;
  readonly autosave: Autosave;
  readonly commands: CommandContext;
}

/** Loads a workflow and gives every node a position. */
async function loadLaidOut(id: string): Promise<WorkflowReply> {
  const reply = await client.GET('/api/workflows/{id}', { params: { path: { id } } });
  return { ...reply, document: await laidOut(reply.document) };
}

const runRequests: RunRequests = {
  startRun: (id, body) =>
    client.POST('/api/workflows/{id}/runs', { params: { path: { id }, query: { trigger: 'editor' } }, body }),
  cancelRun: (id) => client.POST('/api/runs/{id}/cancel', { params: { path: { id } }, body: {} }),
};

/** Rejects with an ApiError `conflict` if `revision` is not the current one. */
const saveWorkflow = (id: string, document: WorkflowDocument, revision: number): Promise<WorkflowReply> =>
  client.PUT('/api/workflows/{id}', {
    params: { path: { id } },
    body: { document },
    headers: { 'if-match': `"${revision}"` },
  });

/** Creates the session of this tab: connects to the server and starts saving, compiling and sending. */
export function createSession(): Session {
  const live = createLiveClient(connectLive());
  const documents = createDocumentStore();
  const catalog = createCatalogStore();
  const view = createViewStore();
  const autosave = startAutosave(documents, { save: saveWorkflow, load: loadLaidOut }, () =>
    showToast(view, 'Merged changes from elsewhere. Undo restores your version.'),
  );
  const runs = createRunSession(runRequests, live, frameSchedule);
  const showTrials = persistTrials(runs.trials, localValues());
  documents.subscribe(({ id }, before) => {
    showTrials(id);
    if (id !== before.id) view.setState({ unfolded: [] });
  });
  startDraftKeeper(documents, localValues());
  announcePage(browserLocks());
  startRecompile(documents, (document, signal, workflow) =>
    client.POST('/api/compile', { body: { document, workflow }, signal }),
  );
  live.onConnection((isConnected) => {
    if (isConnected) void autosave.flush();
  });
  const drafts = createAnswerDrafts({ storage: sessionValues(), me: () => meNow()?.principal?.id });
  const answers = new AnswerOutbox({
    send: sendAnswer,
    onConnection: live.onConnection,
    me: () => meNow()?.principal?.id,
    onRefused: ({ title }, { code, message }) =>
      showToast(
        view,
        code === 'human_input_decided' ? lateText(title) : `Your answer to “${title}” was refused. ${message}`,
        true,
      ),
    onDecided: drafts.forget,
    storage: sessionValues(),
  });
  const commands: CommandContext = {
    documents,
    catalog,
    view,
    runs,
    saveNow: () => autosave.flush(),
    clipboard: navigator.clipboard,
  };
  return { documents, catalog, view, live, answers, drafts, runs, autosave, commands };
}

export const SessionContext = createContext<Session | undefined>(undefined);

/** The session of the nearest provider. Throws if there is none. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === undefined) throw new Error('A component that needs the session is outside of it.');
  return session;
}

/** A part of the open document's state. The component renders again only when this part changes. */
export function useDocument<Slice>(select: (state: DocumentState) => Slice): Slice {
  return useStore(useSession().documents, select);
}

/** A part of the node catalogue. */
export function useCatalog<Slice>(select: (state: CatalogState) => Slice): Slice {
  return useStore(useSession().catalog, select);
}

/** A part of the view's state. */
export function useView<Slice>(select: (state: ViewState) => Slice): Slice {
  return useStore(useSession().view, select);
}

/** A part of the run session's state. */
export function useRunSession<Slice>(select: (state: RunSessionState) => Slice): Slice {
  return useStore(useSession().runs.store, select);
}
