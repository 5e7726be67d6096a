import type { CanaryFigures, LivePointer } from '@heddle/core';
import type { ReactElement } from 'react';
import { formatDuration } from '../../ui/format/format-duration.js';

const percent = (share: number): string => `${Math.round(share * 1000) / 10}%`;

/** Why a canary was stopped automatically. */
export function TakenBack({ takenBack }: { readonly takenBack: NonNullable<LivePointer['takenBack']> }): ReactElement {
  const { at, runs, failed, meanMs } = takenBack;
  return (
    <p className="canary" data-tip={new Date(at).toLocaleString()}>
      Stopped automatically on {new Date(at).toLocaleDateString()}: of {runs} {runs === 1 ? 'run' : 'runs'}{' '}
      {percent(failed / Math.max(1, runs))} failed, with {formatDuration(meanMs)} on average.
    </p>
  );
}

/** The figures of a canary, the limits that stop it, and the buttons to roll out or stop. */
export function CanaryState({
  canary,
  figures = { runs: 0, failed: 0, meanMs: 0 },
  isAllowed,
  onRollOut,
  onStop,
}: {
  readonly canary: NonNullable<LivePointer['canary']>;
  readonly figures: CanaryFigures | undefined;
  readonly isAllowed: boolean;
  readonly onRollOut: () => void;
  readonly onStop: () => void;
}): ReactElement {
  const { share, maxErrorRate = 0.1, maxMeanMs, minRuns = 20 } = canary;
  return (
    <div className="canary">
      <p>
        {figures.runs === 0
          ? 'No run of the canary has ended yet.'
          : `${figures.runs} ${figures.runs === 1 ? 'run' : 'runs'}, ${percent(figures.failed / figures.runs)} failed, ${formatDuration(figures.meanMs)} on average.`}
      </p>
      <p className="quiet">
        {percent(share)} of callers get it, always the same ones. The canary stops automatically after {minRuns} runs if
        more than {percent(maxErrorRate)} failed
        {maxMeanMs === undefined ? '' : ` or they took more than ${formatDuration(maxMeanMs)} on average`}.
      </p>
      {isAllowed ? (
        <span className="wrapped gap-6">
          <button type="button" className="button button-small" onClick={onRollOut}>
            Roll out
          </button>
          <button type="button" className="button button-small" onClick={onStop}>
            Stop canary
          </button>
        </span>
      ) : null}
    </div>
  );
}
