import type { RunSummary } from '@heddle/core';
import { memo, type ReactElement } from 'react';
import { formatCost } from '../../format/format-cost.js';
import { formatDuration } from '../../format/format-duration.js';
import { formatAgo } from '../../format/format-time.js';
import { RunMark } from '../../run/RunMark.js';
import { triggerWords } from '../../run/run-words.js';
import { Link } from '../Link.js';
import { runPath } from '../route.js';

export interface RunRowProps {
  readonly run: RunSummary;
  readonly now: number;
  readonly isChosen: boolean;
  readonly onChoose: (runId: string, isChosen: boolean) => void;
}

/** One run in the table: what it was, how it went, what it took. */
export const RunRow = memo(function RunRow({ run, now, isChosen, onChoose }: RunRowProps): ReactElement {
  const took = run.startedAt === undefined ? '' : formatDuration(Math.max(0, (run.endedAt ?? now) - run.startedAt));
  const tokens = run.inputTokens + run.outputTokens;
  return (
    <tr data-status={run.status}>
      <td className="runs-choose">
        <input
          type="checkbox"
          checked={isChosen}
          aria-label={`Choose the run of ${run.workflowName}, ${run.runId}, to compare it`}
          onChange={(event) => onChoose(run.runId, event.target.checked)}
        />
      </td>
      <td>
        <RunMark status={run.status} />
      </td>
      <td className="runs-name">
        <Link href={runPath(run.runId)} className="table-link">
          {run.workflowName}
        </Link>
        {run.error === undefined ? null : (
          <span className="runs-error" title={run.error.message}>
            {run.error.message}
          </span>
        )}
      </td>
      <td className="runs-wide">{triggerWords[run.trigger]}</td>
      <td className="figure" title={new Date(run.acceptedAt).toLocaleString()}>
        {formatAgo(run.acceptedAt, now)}
      </td>
      <td className="figure runs-wide">{took}</td>
      <td className="figure runs-wide">
        {tokens === 0 ? '' : `${run.inputTokens.toLocaleString('en')} → ${run.outputTokens.toLocaleString('en')}`}
      </td>
      <td className="figure runs-wide">{tokens === 0 ? '' : formatCost(run.cost)}</td>
    </tr>
  );
});
