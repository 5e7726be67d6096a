import clsx from 'clsx';
import type { JobReply } from '@heddle/core';
import type { ReactElement } from 'react';
import { client } from '../../data/api/client.js';
import { Progress } from '../../ui/states/Progress.js';
import { useAction } from '../../data/queries/use-action.js';
import { readPull } from './read-pull.js';
import styles from './models.module.css';

/** A download with its progress and a cancel button. A cancelled download keeps its data for the next attempt. */
export function Pulling({ job }: { readonly job: JobReply }): ReactElement {
  const stop = useAction();
  const { share, text } = readPull(job.progress);
  return (
    <div className={clsx(styles['pulling'], 'aligned-wrapped')}>
      <Progress share={share} label={`Download of ${job.subject}`} />
      <span className="quiet figure">{job.status === 'queued' ? 'Queued behind another download' : text}</span>
      <button
        type="button"
        className="button button-small"
        disabled={stop.isBusy}
        aria-label={`Cancel the download of ${job.subject}`}
        onClick={() => stop.run(() => client.POST('/api/jobs/{id}/cancel', { params: { path: { id: job.jobId } } }))}
      >
        Cancel
      </button>
    </div>
  );
}
