import { X } from 'lucide-react';
import { memo, useState, type ReactElement } from 'react';
import { formatCost } from '../../ui/format/format-cost.js';
import { formatDuration } from '../../ui/format/format-duration.js';
import { runText, StateMark, useRunHead, useTotals } from '../run/index.js';
import styles from './canvas.module.css';

/** The summary of a finished run on the canvas: how long it took, what it cost, and what data left this machine. */
export const RunSummary = memo(function RunSummary(): ReactElement | null {
  const head = useRunHead();
  const totals = useTotals();
  const [hidden, setHidden] = useState<string>();
  if (head?.isEnded !== true || head.startedAt === undefined || head.endedAt === undefined || hidden === head.runId)
    return null;
  const took = formatDuration(Math.max(0, head.endedAt - head.startedAt));
  const state = head.status === 'done' || head.status === 'failed' ? head.status : 'cancelled';
  const cost = totals?.cost ?? 0;
  return (
    <div className={styles['canvas-summary']} role="group" aria-label="Run summary">
      <StateMark state={state} />
      <span className="figure">
        {runText[head.status]} {state === 'done' ? 'in' : 'after'} {took}
        <span className={cost === 0 ? styles['canvas-summary-minor'] : undefined}> · {formatCost(cost)}</span> ·{' '}
        {destinationsText(totals?.left ?? [], totals?.hasTools === true)}
      </span>
      <button
        type="button"
        className="icon-button"
        aria-label="Hide summary"
        data-tip="Hide summary"
        onClick={() => setHidden(head.runId)}
      >
        <X size={14} aria-hidden />
      </button>
    </div>
  );
});

/** Says where data went. A tool server may send data elsewhere by itself, so a run that used one is not called local. */
function destinationsText(left: readonly string[], hasTools: boolean): string {
  if (left.length > 3) return `data went to ${left.length} destinations outside this machine`;
  if (left.length > 0) return `data went to ${left.join(', ')}`;
  return hasTools ? 'data went to tool servers' : 'all data stayed on this machine';
}
