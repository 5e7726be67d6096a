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
  readonly run: RunView | undefined;
  /** Whether a start was requested and the server has not replied yet. */
  readonly isStarting: boolean;
  /** The playback of the shown run; undefined if it is not being played back. */
  readonly playback: Playback | undefined;
  /** Why a run could not be started, stopped or watched. */
  readonly error: ApiError | undefined;
}

/** A request to start a run: its inputs and options. */
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

/** The run that is shown, with functions that start, stop, open and close runs. */
export interface RunSession {
  readonly store: StoreApi<RunSessionState>;
  /** Starts a run and watches it. Returns its id; undefined if it did not start. */
  start(
    workflowId: string,
    inputs: Readonly<Record<string, unknown>>,
    options?: Omit<StartRequest, 'inputs'>,
  ): Promise<string | undefined>;
  /** Watches the run that a request starts, such as a rerun. Returns its id; undefined if it did not start. */
  begin(request: () => Promise<{ readonly runId: string }>): Promise<string | undefined>;
  stop(): Promise<void>;
  /** Watches a live or ended run from its first event. */
  open(runId: string): void;
  leave(): void;
  /** Whether this session started the run, so that the form already has its inputs. */
  isOwn(runId: string): boolean;
  /** Plays the shown run back from its start. Only an ended run can be played back. */
  play(): Promise<void>;
  endPlayback(): void;
  readonly focus: RunFocus;
  readonly trials: TrialStore;
}

/** A session that shows no run yet. */
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
