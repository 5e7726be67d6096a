import { createStore, type StoreApi } from 'zustand/vanilla';
import { timeAt, type Script } from './playback-script.js';
import { createRunView, type RunView, type Schedule } from './fold/run-view.js';

/** The speeds of a replay. */
export const speeds = [0.5, 1, 2, 4, 8] as const;

interface PlaybackState {
  /** The run as it was at the shown moment. */
  readonly run: RunView;
  /** Milliseconds from the start. */
  readonly at: number;
  readonly length: number;
  /** Replay milliseconds per run millisecond. */
  readonly stretch: number;
  readonly speed: number;
  readonly isPlaying: boolean;
}

/** An ended run that is replayed on the canvas. */
export interface Playback {
  readonly store: StoreApi<PlaybackState>;
  play(): void;
  pause(): void;
  /** Shows another moment. */
  seek(at: number): void;
  setSpeed(speed: number): void;
}

/** A replay at its beginning. `schedule` calls back at the next frame, `clock` counts milliseconds. */
export function createPlayback(script: Script, schedule: Schedule, clock: () => number): Playback {
  let next = 0;
  let last = 0;
  const atNow = (): number => store.getState().at;
  const fresh = (): RunView => createRunView(script.runId, schedule, () => timeAt(script, atNow()));

  const store = createStore<PlaybackState>(() => ({
    run: emptyView(script, schedule),
    at: 0,
    length: script.length,
    stretch: script.stretch,
    speed: 1,
    isPlaying: false,
  }));

  /** Applies events up to a moment; an earlier moment starts again, as events fold only forward. */
  const show = (at: number): void => {
    const isBack = at < atNow();
    const run = isBack ? fresh() : store.getState().run;
    if (isBack) next = 0;
    const first = next;
    while ((script.cues[next]?.at ?? Infinity) <= at) next += 1;
    store.setState({ at, run });
    if (next > first) run.take(script.cues.slice(first, next).map(({ event }) => event));
  };

  const tick = (): void => {
    const { isPlaying, at, speed, length } = store.getState();
    if (!isPlaying) return;
    const now = clock();
    show(Math.min(length, at + (now - last) * speed));
    last = now;
    if (atNow() >= length) store.setState({ isPlaying: false });
    else schedule(tick);
  };

  store.setState({ run: fresh() });
  show(0);
  return {
    store,
    play: () => {
      const { isPlaying, at, length } = store.getState();
      if (isPlaying) return;
      if (at >= length) show(0);
      last = clock();
      store.setState({ isPlaying: true });
      schedule(tick);
    },
    pause: () => store.setState({ isPlaying: false }),
    seek: (at) => show(Math.min(script.length, Math.max(0, at))),
    setSpeed: (speed) => store.setState({ speed }),
  };
}

/** A placeholder for the view until the store with its time exists. */
function emptyView(script: Script, schedule: Schedule): RunView {
  return createRunView(script.runId, schedule, () => script.from);
}
