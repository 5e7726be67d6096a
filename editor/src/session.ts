import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import { api } from './api/api.js';
import { createCatalogStore, type CatalogState, type CatalogStore } from './document/catalog-store.js';
import { createDocumentStore, type DocumentState, type DocumentStore } from './document/document-store.js';
import { createLiveClient, type LiveClient } from './live/live-client.js';
import { connectLive } from './live/live-socket.js';
import { frameSchedule } from './run/frame-schedule.js';
import { createRunSession, type RunSession, type RunSessionState } from './run/run-session.js';

/** Everything that a tab holds: the three states apart (document, view, run), and the way to the server. */
export interface Session {
  readonly documents: DocumentStore;
  readonly catalog: CatalogStore;
  readonly runs: RunSession;
  readonly live: LiveClient;
}

/** The session of this tab. */
export function createSession(): Session {
  const live = createLiveClient(connectLive());
  return { documents: createDocumentStore(), catalog: createCatalogStore(), live, runs: createRunSession(api, live, frameSchedule) };
}

export const SessionContext = createContext<Session | undefined>(undefined);

/** The session around a component. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === undefined) throw new Error('A component that needs the session stands outside of it.');
  return session;
}

/** One slice of the open document. */
export function useDocument<Slice>(select: (state: DocumentState) => Slice): Slice {
  return useStore(useSession().documents, select);
}

/** One slice of the node catalogue. */
export function useCatalog<Slice>(select: (state: CatalogState) => Slice): Slice {
  return useStore(useSession().catalog, select);
}

/** One slice of the run session. */
export function useRunSession<Slice>(select: (state: RunSessionState) => Slice): Slice {
  return useStore(useSession().runs.store, select);
}
