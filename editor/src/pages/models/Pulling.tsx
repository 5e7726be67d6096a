import type { JobReply } from '@heddle/core';
import type { ReactElement } from 'react';
import { library } from '../../api/library.js';
import { Progress } from '../Progress.js';
import { useAction } from '../use-action.js';
import { readPull } from './read-pull.js';

/** A download: how far it is, and the way to stop it. What was fetched is kept for the next time. */
export function Pulling({ job }: { readonly job: JobReply }): ReactElement {
  const stop = useAction();
  const { share, words } = readPull(job.progress);
  return (
    <div className="pulling">
      <Progress share={share} label={`Download of ${job.subject}`} />
      <span className="quiet figure">{job.status === 'queued' ? 'Waits for the download before it' : words}</span>
      <button
        type="button"
        className="button button-small"
        disabled={stop.isBusy}
        aria-label={`Stop the download of ${job.subject}`}
        onClick={() => stop.run(() => library.cancelJob(job.jobId))}
      >
        Stop
      </button>
    </div>
  );
}
