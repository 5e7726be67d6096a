import { isTerminal, type RunSummary } from '@heddle/core';
import { Table2, Trash2 } from 'lucide-react';
import type { ReactElement } from 'react';
import { Link } from '../../ui/navigation/Link.js';
import { comparePath } from '../../ui/navigation/route.js';

/** The actions on selected runs: compare two, add finished ones to a dataset, delete ended ones. */
export function ChosenRuns({
  chosen,
  mayDelete,
  onAdd,
  onDelete,
  onClear,
}: {
  readonly chosen: readonly RunSummary[];
  readonly mayDelete: boolean;
  /** Adds the runs to a dataset; undefined for users who may not. */
  readonly onAdd: (() => void) | undefined;
  readonly onDelete: () => void;
  readonly onClear: () => void;
}): ReactElement {
  const [first, second] = chosen;
  const finished = chosen.filter(({ status }) => status === 'done').length;
  const ended = chosen.filter(({ status }) => isTerminal(status)).length;
  return (
    <div className="head-actions">
      <span className="quiet" role="status">
        {chosen.length === 1 ? '1 run selected' : `${chosen.length} runs selected`}
      </span>
      {chosen.length === 2 && first !== undefined && second !== undefined ? (
        <Link href={comparePath(first.runId, second.runId)} className="button button-primary">
          Compare
        </Link>
      ) : null}
      {onAdd === undefined ? null : (
        <button
          type="button"
          className="button"
          disabled={finished === 0}
          data-tip={finished === 0 ? 'Only runs that are done become rows' : undefined}
          onClick={onAdd}
        >
          <Table2 size={14} aria-hidden /> Add to dataset
        </button>
      )}
      {mayDelete ? (
        <button
          type="button"
          className="button"
          disabled={ended === 0}
          data-tip={ended === 0 ? 'Stop a run before you delete it' : undefined}
          onClick={onDelete}
        >
          <Trash2 size={14} aria-hidden /> Delete
        </button>
      ) : null}
      <button type="button" className="button" onClick={onClear}>
        Clear selection
      </button>
    </div>
  );
}
