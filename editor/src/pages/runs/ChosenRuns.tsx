import { isTerminal, type RunSummary } from '@heddle/core';
import { Trash2 } from 'lucide-react';
import type { ReactElement } from 'react';
import { Link } from '../Link.js';
import { comparePath } from '../route.js';

/** What can be done with the runs that are chosen: two are compared, those that have ended deleted. */
export function ChosenRuns({
  chosen,
  mayDelete,
  onDelete,
  onClear,
}: {
  readonly chosen: readonly RunSummary[];
  readonly mayDelete: boolean;
  readonly onDelete: () => void;
  readonly onClear: () => void;
}): ReactElement {
  const [first, second] = chosen;
  const ended = chosen.filter(({ status }) => isTerminal(status)).length;
  return (
    <div className="head-actions">
      <span className="quiet" role="status">
        {chosen.length === 1 ? 'One run chosen' : `${chosen.length} runs chosen`}
      </span>
      {chosen.length === 2 && first !== undefined && second !== undefined ? (
        <Link href={comparePath(first.runId, second.runId)} className="button button-primary">
          Compare the two
        </Link>
      ) : null}
      {mayDelete ? (
        <button
          type="button"
          className="button"
          disabled={ended === 0}
          title={ended === 0 ? 'A run that has not ended is stopped first' : undefined}
          onClick={onDelete}
        >
          <Trash2 size={14} aria-hidden /> Delete
        </button>
      ) : null}
      <button type="button" className="button" onClick={onClear}>
        Choose none
      </button>
    </div>
  );
}
