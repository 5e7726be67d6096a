import { createStore, type StoreApi } from 'zustand/vanilla';
import { ApiError, toApiError } from '../../data/http/http.js';
import type { LiveClient } from '../../data/live/live-client.js';
import { collectEvents } from './collect-events.js';
import { createPlayback, type Playback } from './playback.js';
import { writeScript } from './playback-script.js';
import { createRunFocus, resetRunFocus, type RunFocus } from './run-focus.js';
import { createRunView, type RunView, type Schedule } from './fold/run-view.js';
import { createTrialStore, type TrialStore } from './trials.js';

export interface RunSessionState {
  /** The run in view. */
  readonly run: RunView | undefined;
  /** A start was requested and is not answered yet. */
  readonly isStarting: boolean;
  /** The replay of the run in view; undefined while it is not replayed. */
  readonly playback: Playback | undefined;
  /** Why a start, a stop or a watch failed. */
  readonly error: ApiError | undefined;
}

/** A run request: its inputs and options. */
export interface StartRequest {
  readonly inputs: Record<string, unknown>;
  readonly only?: string;
  readonly from?: string;
  readonly reuseFrom?: string;
  /** The thread that the run continues, or `new`. */
  readonly thread?: string;
  readonly pins?: Record<string, Record<string, unknown>>;
  readonly breakpoints?: string[];
}

/** The server calls of the session. */
export interface RunRequests {
  startRun(workflowId: string, request: StartRequest): Promise<{ readonly runId: string }>;
  cancelRun(runId: string): Promise<unknown>;
}

/** The run in view, and the commands that start, stop, open and close one. */
export interface RunSession {
  readonly store: StoreApi<RunSessionState>;
  /** Starts a run and watches it; returns its id, or undefined where it did not start. */
  start(
    workflowId: string,
    inputs: Readonly<Record<string, unknown>>,
    options?: Omit<StartRequest, 'inputs'>,
  ): Promise<string | undefined>;
  /** Watches the run that a request starts, such as a rerun; returns its id, or undefined where it did not start. */
  begin(request: () => Promise<{ readonly runId: string }>): Promise<string | undefined>;
  stop(): Promise<void>;
  /** Watches a run from its first event, live or ended. */
  open(runId: string): void;
  leave(): void;
  /** Whether this session started a run, so that its form holds the inputs. */
  isOwn(runId: string): boolean;
  /** Replays the run in view from its start; only an ended run can be replayed. */
  play(): Promise<void>;
  /** Ends the replay. */
  endPlayback(): void;
  /** What is shown of the run in view. */
  readonly focus: RunFocus;
  /** Pins and breakpoints of the open workflow. */
  readonly trials: TrialStore;
}

/** A session without a run. */
export function createRunSession(
  requests: RunRequests,
  live: Pick<LiveClient, 'watchRun'>,
  schedule: Schedule,
): RunSession {
  return new LiveRunSession(requests, live, schedule);
}

class LiveRunSession implements RunSession {
  readonly store = createStore<RunSessionState>(() => ({
    run: undefined,
    playback: undefined,
    isStarting: false,
    error: undefined,
  }));
  readonly focus = createRunFocus();
  readonly trials = createTrialStore();
  readonly #own = new Set<string>();
  #endWatch: (() => void) | undefined;

  constructor(
    private readonly requests: RunRequests,
    private readonly live: Pick<LiveClient, 'watchRun'>,
    private readonly schedule: Schedule,
  ) {}

  start(
    workflowId: string,
    inputs: Readonly<Record<string, unknown>>,
    options: Omit<StartRequest, 'inputs'> = {},
  ): Promise<string | undefined> {
    return this.begin(() => this.requests.startRun(workflowId, { inputs: { ...inputs }, ...options }));
  }

  async begin(request: () => Promise<{ readonly runId: string }>): Promise<string | undefined> {
    const { store } = this;
    if (store.getState().isStarting) return undefined;
    store.setState({ isStarting: true, error: undefined });
    try {
      const { runId } = await request();
      this.#own.add(runId);
      this.open(runId);
      return runId;
    } catch (error) {
      store.setState({ error: toApiError(error) });
      return undefined;
    } finally {
      store.setState({ isStarting: false });
    }
  }

  async stop(): Promise<void> {
    const { run } = this.store.getState();
    if (run === undefined || run.head().isEnded) return;
    try {
      await this.requests.cancelRun(run.runId);
    } catch (error) {
      this.store.setState({ error: toApiError(error) });
    }
  }

  open(runId: string): void {
    const { store } = this;
    if (store.getState().run?.runId === runId) return;
    this.leave();
    const run = createRunView(runId, this.schedule);
    store.setState({ run });
    const end = this.live.watchRun(runId, 0, {
      onEvents: (events) => {
        run.take(events);
        if (events.some((event) => event.type === 'run-end')) end();
      },
      onRefused: ({ code, message }) => {
        if (store.getState().run === run) store.setState({ run: undefined, error: new ApiError(code, message, 0) });
      },
    });
    this.#endWatch = end;
  }

  leave(): void {
    this.#endWatch?.();
    this.#endWatch = undefined;
    this.store.getState().playback?.pause();
    resetRunFocus(this.focus);
    this.store.setState({ run: undefined, playback: undefined, error: undefined });
  }

  isOwn(runId: string): boolean {
    return this.#own.has(runId);
  }

  async play(): Promise<void> {
    const { store, live, schedule } = this;
    const { run, playback } = store.getState();
    if (run === undefined || !run.head().isEnded) return;
    const player =
      playback ??
      createPlayback(writeScript(run.runId, await collectEvents(live, run.runId)), schedule, () => performance.now());
    if (store.getState().run !== run) return;
    store.setState({ playback: player });
    player.play();
  }

  endPlayback(): void {
    this.store.getState().playback?.pause();
    this.store.setState({ playback: undefined });
  }
}
