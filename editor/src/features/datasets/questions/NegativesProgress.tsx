import clsx from 'clsx';
import { NegativesReport } from '@heddle/core';
import { useEffect, useState, type ReactElement } from 'react';
import { client } from '../../../data/api/client.js';
import { useAction } from '../../../data/queries/use-action.js';
import { isOpenJob, useJobs } from '../../../data/queries/use-topic.js';
import { IfMay } from '../../../ui/states/IfMay.js';
import { Notice } from '../../../ui/states/Notice.js';
import { negativesText } from './questions-text.js';
import styles from '../datasets.module.css';

/** The progress of a search for hard negatives. When it has ended, its result stays until the page is closed. */
export function NegativesProgress({
  dataset,
  onEnded,
}: {
  readonly dataset: string;
  readonly onEnded: () => void;
}): ReactElement | null {
  const job = useJobs().find(({ kind, subject }) => kind === 'negatives' && subject === dataset);
  const [watched, setWatched] = useState<string>();
  const action = useAction();
  const isOpen = job !== undefined && isOpenJob(job);
  if (isOpen && watched !== job.jobId) setWatched(job.jobId);
  const hasEnded = job !== undefined && !isOpen && watched === job.jobId;
  useEffect(() => {
    if (hasEnded) onEnded();
    // The job id makes this run once for each job that ends; the page then loads the dataset again.
  }, [hasEnded, job?.jobId, onEnded]);
  if (job === undefined || (!isOpen && !hasEnded)) return null;
  const report = NegativesReport.safeParse(job.result ?? job.progress).data;
  const why = report?.stopped?.message ?? job.error?.message;
  const cancel = (): void =>
    action.run(async () => {
      await client.POST('/api/jobs/{id}/cancel', { params: { path: { id: job.jobId } } });
    });
  return (
    <section className={clsx('boxed-surface', styles['questions-job'], 'stack gap-8')} aria-label="Hard negatives">
      <p className="aligned-wrapped gap-12 spread" role="status">
        <span className="figure">{negativesText(report)}</span>
        {isOpen ? (
          <IfMay permission="run:control">
            <button type="button" className="button button-small" disabled={action.isBusy} onClick={cancel}>
              Stop and keep these
            </button>
          </IfMay>
        ) : (
          <button type="button" className="button button-small" onClick={() => setWatched(undefined)}>
            Close
          </button>
        )}
      </p>
      {isOpen || why === undefined ? null : <p className="field-error">{why}</p>}
      {action.error === undefined ? null : <Notice error={action.error} />}
    </section>
  );
}
