import type { ReactElement } from 'react';
import { Progress } from '../../ui/states/Progress.js';

/** How many documents a job has done. */
export function JobProgress({
  done,
  label,
}: {
  /** Undefined until the job reports its first document. */
  readonly done: { readonly documents: number; readonly done: number } | undefined;
  readonly label: string;
}): ReactElement {
  return (
    <div className="aligned gap-12">
      <Progress share={done === undefined ? undefined : done.done / done.documents} label={label} />
      <span className="quiet figure">
        {done === undefined
          ? 'Beginning…'
          : `${done.done.toLocaleString()} of ${done.documents.toLocaleString()} documents`}
      </span>
    </div>
  );
}
