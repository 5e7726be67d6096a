import clsx from 'clsx';
import { Pause, Play, X } from 'lucide-react';
import type { ReactElement } from 'react';
import { useStore } from 'zustand';
import { formatDuration } from '../../ui/format/format-duration.js';
import { useRunSession, useSession } from '../session/index.js';
import { speeds, type Playback } from '../run/index.js';
import styles from './workflow.module.css';

/** The controls of a playback: play, pause, position and speed. Renders nothing if no run is played back. */
export function PlaybackBar(): ReactElement | null {
  const playback = useRunSession((state) => state.playback);
  return playback === undefined ? null : <Controls playback={playback} />;
}

function Controls({ playback }: { readonly playback: Playback }): ReactElement {
  const { runs } = useSession();
  const { at, length, stretch, speed, isPlaying } = useStore(playback.store);
  const shown = formatDuration(at / stretch);
  const whole = formatDuration(length / stretch);
  return (
    <div className={clsx(styles['playback'], 'floating aligned')} role="group" aria-label="Playback">
      <button
        type="button"
        className="icon-button"
        aria-label={isPlaying ? 'Pause' : 'Play'}
        onClick={() => (isPlaying ? playback.pause() : playback.play())}
      >
        {isPlaying ? <Pause size={16} aria-hidden /> : <Play size={16} aria-hidden />}
      </button>
      <input
        type="range"
        className={styles['playback-scrubber']}
        aria-label="Position"
        aria-valuetext={`${shown} of ${whole}`}
        min={0}
        max={Math.max(1, Math.round(length))}
        step={1}
        value={Math.round(at)}
        onChange={(event) => playback.seek(Number(event.target.value))}
        onKeyDown={(event) => event.stopPropagation()}
      />
      <span
        className={clsx('figure', styles['playback-time'])}
        data-tip="Starts and ends are replayed at their recorded times. The time of each word is not recorded: text is spread evenly over its duration."
      >
        {shown} / {whole}
        <span className="quiet"> · text spread evenly</span>
      </span>
      <label>
        <span className="visually-hidden">Speed</span>
        <select value={speed} onChange={(event) => playback.setSpeed(Number(event.target.value))}>
          {speeds.map((value) => (
            <option key={value} value={value}>
              {value}×
            </option>
          ))}
        </select>
      </label>
      <button
        type="button"
        className="icon-button"
        aria-label="End playback"
        data-tip="Show the run’s end"
        onClick={() => runs.endPlayback()}
      >
        <X size={15} aria-hidden />
      </button>
    </div>
  );
}
