import type { VersionReply, VersionsReply } from '@heddle/core';
import { useEffect } from 'react';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { toApiError, type ApiError } from '../../data/http/http.js';
import { client } from '../../data/api/client.js';
import { useLive } from '../../data/live/live-context.js';

/** The versions of the open workflow, as far as they are loaded. */
interface VersionsState {
  readonly workflow: string | undefined;
  readonly reply: VersionsReply | undefined;
  /** The live version with its document, to compare the draft with it. */
  readonly live: VersionReply | undefined;
  readonly error: ApiError | undefined;
}

const nothing: VersionsState = { workflow: undefined, reply: undefined, live: undefined, error: undefined };

/** One store for the whole page, because the top bar, the dialog and the pages show the same data. */
const versionsStore = createStore<VersionsState>(() => nothing);

/** Stores the server's reply, and loads the live version if it has changed. */
export async function showVersions(workflow: string, reply: VersionsReply, signal?: AbortSignal): Promise<void> {
  const before = versionsStore.getState();
  const isSame = before.workflow === workflow && before.live?.version === reply.live?.version;
  versionsStore.setState({ workflow, reply, error: undefined, live: isSame ? before.live : undefined });
  if (isSame || reply.live === undefined) return;
  const live = await client.GET('/api/workflows/{id}/versions/{version}', {
    params: { path: { id: workflow, version: reply.live.version } },
    signal,
  });
  if (versionsStore.getState().reply === reply) versionsStore.setState({ live });
}

export async function readVersions(workflow: string, signal?: AbortSignal): Promise<void> {
  try {
    await showVersions(
      workflow,
      await client.GET('/api/workflows/{id}/versions', { params: { path: { id: workflow } }, signal }),
      signal,
    );
  } catch (error) {
    if (signal?.aborted === true) return;
    // Keeps the versions on the screen, so that input in the same form is not lost.
    versionsStore.setState((before) => ({
      ...(before.workflow === workflow ? before : nothing),
      workflow,
      error: toApiError(error),
    }));
  }
}

/** Loads the versions of a workflow when it is opened, and again after each reconnect. */
export function useVersionsRead(workflow: string | undefined): void {
  const live = useLive();
  useEffect(() => {
    if (workflow === undefined) return undefined;
    const controller = new AbortController();
    void readVersions(workflow, controller.signal);
    const end = live.onConnection((isConnected) => {
      if (isConnected) void readVersions(workflow, controller.signal);
    });
    return () => {
      controller.abort();
      end();
    };
  }, [workflow, live]);
}

export function useVersions(workflow: string | undefined): VersionsState {
  const state = useStore(versionsStore);
  return state.workflow === workflow ? state : nothing;
}
