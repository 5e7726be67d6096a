import { createStore, type StoreApi } from 'zustand/vanilla';
import { timeAt, type Script } from './playback-script.js';
import { createRunView, type RunView, type Schedule } from './fold/run-view.js';

export const speeds = [0.5, 1, 2, 4, 8] as const;

interface PlaybackState {
  /** The run in its state at the shown moment. */
  readonly run: RunView;
  /** The shown moment, in milliseconds from the start. */
  readonly at: number;
  readonly length: number;
  /** Playback milliseconds per millisecond of the run. */
  readonly stretch: number;
  readonly speed: number;
  readonly isPlaying: boolean;
}

/** The playback of an ended run on the canvas. */
export interface Playback {
  readonly store: StoreApi<PlaybackState>;
  play(): void;
  pause(): void;
  seek(at: number): void;
  setSpeed(speed: number): void;
}

/** Creates a playback at its start. `schedule` calls back at the next frame; `clock` returns milliseconds. */
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

  /** Applies the events up to a moment. For an earlier moment it starts again, because events can only be folded forward. */
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

/** A placeholder until the store exists, because the real view reads its time from the store. */
function emptyView(script: Script, schedule: Schedule): RunView {
  return createRunView(script.runId, schedule, () => script.from);
}
