import clsx from 'clsx';
import { isTerminal, type ErrorValue, type FeedbackTotals, type RunSummary, type RunExcerpt } from '@heddle/core';
import { memo, type ReactElement } from 'react';
import { formatCost } from '../../ui/format/format-cost.js';
import { formatDuration } from '../../ui/format/format-duration.js';
import { formatAgo } from '../../ui/format/format-time.js';
import { RunMark, triggerText } from '../run/index.js';
import { Link } from '../../ui/navigation/Link.js';
import { RunFeedbackMark } from './RunFeedbackMark.js';
import { RunExcerptLines } from './RunExcerptLines.js';
import { runPath } from '../../ui/navigation/route.js';
import styles from './runs.module.css';
import { RemoveButton } from '../../ui/buttons/RemoveButton.js';

interface RunRowProps {
  readonly run: RunSummary;
  /** The beginning of the question and answer; undefined until it is loaded. */
  readonly excerpt?: RunExcerpt | undefined;
  /** Undefined if nobody gave feedback. */
  readonly feedback?: FeedbackTotals | undefined;
  /** Why no process can continue the run. */
  readonly standstill?: ErrorValue | undefined;
  readonly now: number;
  readonly isChosen: boolean;
  readonly onChoose: (runId: string, isChosen: boolean) => void;
  /** Undefined if the user may not delete runs. */
  readonly onDelete?: ((run: RunSummary) => void) | undefined;
}

/** A run in the table. The whole row links to the page of the run. */
export const RunRow = memo(function RunRow({
  run,
  excerpt,
  feedback,
  standstill,
  now,
  isChosen,
  onChoose,
  onDelete,
}: RunRowProps): ReactElement {
  const took = run.startedAt === undefined ? '' : formatDuration(Math.max(0, (run.endedAt ?? now) - run.startedAt));
  const tokens = run.inputTokens + run.outputTokens;
  return (
    <tr data-status={run.status} data-tip={rowText(run)}>
      <td className={styles['runs-choose']}>
        <input
          type="checkbox"
          checked={isChosen}
          aria-label={`Select the run of ${run.workflowName}, ${run.runId}`}
          onChange={(event) => onChoose(run.runId, event.target.checked)}
        />
      </td>
      <td>
        <RunMark status={run.status} />
      </td>
      <td className={styles['runs-name']}>
        <Link href={runPath(run.runId)} className={clsx('table-link bare-text-button', styles['row-link'])}>
          {run.workflowName}
        </Link>
        <RunExcerptLines excerpt={excerpt} />
        {run.error === undefined ? null : (
          <span className={styles['runs-error']} data-tip={run.error.message}>
            {run.error.message}
          </span>
        )}
        {standstill === undefined || isTerminal(run.status) ? null : (
          <span className={styles['runs-standstill']}>{standstill.message}</span>
        )}
      </td>
      <td className={styles['runs-wide']}>{triggerText[run.trigger]}</td>
      <td className="figure">{formatAgo(run.acceptedAt, roundToHalfMinute(now))}</td>
      <td className={clsx('figure', styles['runs-wide'])}>{took}</td>
      <td className={clsx('figure', styles['runs-wide'])}>
        {tokens === 0 ? '' : `${run.inputTokens.toLocaleString('en')} → ${run.outputTokens.toLocaleString('en')}`}
      </td>
      <td className={clsx('figure', styles['runs-wide'])}>{tokens === 0 ? '' : formatCost(run.cost)}</td>
      <td className={clsx('figure', styles['runs-wide'])}>
        {feedback === undefined ? null : <RunFeedbackMark feedback={feedback} />}
      </td>
      {onDelete === undefined ? null : (
        <td className={styles['runs-delete']}>
          <RemoveButton
            label={`Delete the run of ${run.workflowName}, ${run.runId}`}
            tip={isTerminal(run.status) ? 'Delete' : 'Stop the run before you delete it'}
            isDisabled={!isTerminal(run.status)}
            onClick={() => onDelete(run)}
          />
        </td>
      )}
    </tr>
  );
});

/** Rounds a time to half a minute. All rows share it, so that a newer row never shows a greater age than an older one. */
export const roundToHalfMinute = (now: number): number => Math.floor(now / 30_000) * 30_000;

/** The tooltip of a row: the start time and the complete error. */
function rowText({ acceptedAt, error }: RunSummary): string {
  const time = new Date(acceptedAt).toLocaleString();
  return error === undefined ? time : `${time}\n${error.message}`;
}
