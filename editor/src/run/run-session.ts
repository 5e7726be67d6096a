import { createStore, type StoreApi } from 'zustand/vanilla';
import { ApiError, toApiError } from '../api/http.js';
import type { LiveClient } from '../live/live-client.js';
import { createRunView, type RunView, type Schedule } from './run-view.js';

export interface RunSessionState {
  /** The run in view. */
  readonly run: RunView | undefined;
  /** A start was asked for and not answered yet. */
  readonly isStarting: boolean;
  /** Why a start, a stop or a watch did not work. */
  readonly error: ApiError | undefined;
}

/** What the session asks of the server. */
export interface RunRequests {
  startRun(workflowId: string, request: { readonly inputs: Readonly<Record<string, unknown>> }): Promise<{ readonly runId: string }>;
  cancelRun(runId: string): Promise<void>;
}

/** Which run is in view, and the commands that begin, stop, open and leave one. */
export interface RunSession {
  readonly store: StoreApi<RunSessionState>;
  /** Begins a run and watches it; gives its id, or undefined where it did not start. */
  start(workflowId: string, inputs: Readonly<Record<string, unknown>>): Promise<string | undefined>;
  stop(): Promise<void>;
  /** Watches a run from its first event, while it runs or after. */
  open(runId: string): void;
  leave(): void;
}

/** A session that shows no run. */
export function createRunSession(requests: RunRequests, live: Pick<LiveClient, 'watchRun'>, schedule: Schedule): RunSession {
  const store = createStore<RunSessionState>(() => ({ run: undefined, isStarting: false, error: undefined }));
  let endWatch: (() => void) | undefined;

  const leave = (): void => {
    endWatch?.();
    endWatch = undefined;
    store.setState({ run: undefined, error: undefined });
  };

  const open = (runId: string): void => {
    if (store.getState().run?.runId === runId) return;
    leave();
    const run = createRunView(runId, schedule);
    store.setState({ run });
    const end = live.watchRun(runId, 0, {
      onEvents: (events) => {
        run.take(events);
        if (events.some((event) => event.type === 'run-end')) end();
      },
      onRefused: ({ code, message }) => {
        if (store.getState().run === run) store.setState({ run: undefined, error: new ApiError(code, message, 0) });
      },
    });
    endWatch = end;
  };

  return {
    store,
    open,
    leave,
    start: async (workflowId, inputs) => {
      if (store.getState().isStarting) return undefined;
      store.setState({ isStarting: true, error: undefined });
      try {
        const { runId } = await requests.startRun(workflowId, { inputs });
        open(runId);
        return runId;
      } catch (error) {
        store.setState({ error: toApiError(error) });
        return undefined;
      } finally {
        store.setState({ isStarting: false });
      }
    },
    stop: async () => {
      const { run } = store.getState();
      if (run === undefined || run.head().isEnded) return;
      try {
        await requests.cancelRun(run.runId);
      } catch (error) {
        store.setState({ error: toApiError(error) });
      }
    },
  };
}
