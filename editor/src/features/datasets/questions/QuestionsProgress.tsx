import clsx from 'clsx';
import { QuestionsReport, type JobReply } from '@heddle/core';
import { useEffect, useState, type ReactElement } from 'react';
import { client } from '../../../data/api/client.js';
import { useAction } from '../../../data/queries/use-action.js';
import { isOpenJob, useJobs } from '../../../data/queries/use-topic.js';
import { IfMay } from '../../../ui/states/IfMay.js';
import { Notice } from '../../../ui/states/Notice.js';
import { Progress } from '../../../ui/states/Progress.js';
import { reportText } from './questions-text.js';
import styles from '../datasets.module.css';

/** The progress of a job that writes questions for a dataset. When it has ended, its result stays until the page is closed. */
export function QuestionsProgress({
  dataset,
  onEnded,
}: {
  readonly dataset: string;
  readonly onEnded: () => void;
}): ReactElement | null {
  const job = useJobs().find(({ kind, subject }) => kind === 'questions' && subject === dataset);
  const [watched, setWatched] = useState<string>();
  const isOpen = job !== undefined && isOpenJob(job);
  if (isOpen && watched !== job.jobId) setWatched(job.jobId);
  const hasEnded = job !== undefined && !isOpen && watched === job.jobId;
  useEffect(() => {
    if (hasEnded) onEnded();
    // The job id makes this run once for each job that ends; the page then loads the dataset again.
  }, [hasEnded, job?.jobId, onEnded]);
  if (job === undefined || (!isOpen && !hasEnded)) return null;
  return isOpen ? <Running job={job} /> : <Ended job={job} onClose={() => setWatched(undefined)} />;
}

function Running({ job }: { readonly job: JobReply }): ReactElement {
  const action = useAction();
  const report = QuestionsReport.safeParse(job.progress).data;
  const cancel = (): void =>
    action.run(async () => {
      await client.POST('/api/jobs/{id}/cancel', { params: { path: { id: job.jobId } } });
    });
  return (
    <section
      className={clsx('boxed-surface', styles['questions-job'], 'stack gap-8')}
      aria-label="Questions that are being written"
    >
      <p className="aligned-wrapped gap-12 spread" role="status">
        <span className="figure">
          {report === undefined ? 'Choosing passages…' : `${report.written} of ${report.wanted}: ${reportText(report)}`}
        </span>
        <IfMay permission="run:control">
          <button type="button" className="button button-small" disabled={action.isBusy} onClick={cancel}>
            Stop and keep these
          </button>
        </IfMay>
      </p>
      <Progress
        share={report === undefined || report.planned === 0 ? undefined : report.written / report.wanted}
        label="Questions that are written"
      />
      {action.error === undefined ? null : <Notice error={action.error} />}
    </section>
  );
}

function Ended({ job, onClose }: { readonly job: JobReply; readonly onClose: () => void }): ReactElement {
  const report = QuestionsReport.safeParse(job.result ?? job.progress).data;
  const why = report?.stopped?.message ?? (job.status === 'failed' ? job.error?.message : undefined);
  return (
    <section
      className={clsx('boxed-surface', styles['questions-job'], 'stack gap-8')}
      aria-label="Questions that were written"
      role="status"
    >
      <p className="aligned-wrapped gap-12 spread">
        <span>{job.status === 'failed' ? 'No questions were written.' : reportText(report)}</span>
        <button type="button" className="button button-small" onClick={onClose}>
          Close
        </button>
      </p>
      {why === undefined ? null : <p className="field-error">{why}</p>}
      {report === undefined || report.problems.length === 0 ? null : (
        <details>
          <summary>What went wrong</summary>
          <ul className={styles['dataset-problems']}>
            {report.problems.map(({ document, message }, at) => (
              <li key={at}>
                <bdi>{document}</bdi>: {message}
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}
