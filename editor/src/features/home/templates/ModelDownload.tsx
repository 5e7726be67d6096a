import type { JobReply } from '@heddle/core';
import type { ReactElement } from 'react';
import { useMay } from '../../../data/access/me-store.js';
import { client } from '../../../data/api/client.js';
import { useAction } from '../../../data/queries/use-action.js';
import { isOpenJob } from '../../../data/queries/use-topic.js';
import { formatBytes } from '../../../ui/format/format-bytes.js';
import { Notice } from '../../../ui/states/Notice.js';
import { Pulling } from '../../models/index.js';

/** Starts the download of a model. Rejects with an ApiError. */
export const pullModel = (id: string): Promise<unknown> =>
  client.POST('/api/models/{id}/pull', { params: { path: { id } } });

/** A model that is not on this machine, with a button for its download and the progress. */
export function ModelDownload({
  id,
  title,
  bytes,
  job,
}: {
  readonly id: string;
  readonly title: string;
  /** The size of the model; undefined or 0 if it is unknown. */
  readonly bytes: number | undefined;
  /** The job of the model's last download. */
  readonly job: JobReply | undefined;
}): ReactElement {
  const pull = useAction();
  const mayPull = useMay('model:write');
  return (
    <>
      <p>
        The model {title} is not on this machine
        {bytes === undefined || bytes === 0 ? '' : ` (${formatBytes(bytes)})`}.
        {job?.status === 'failed' ? ` The download failed: ${job.error?.message ?? 'no reason was given.'}` : ''}
      </p>
      {job !== undefined && isOpenJob(job) ? (
        <Pulling job={job} />
      ) : mayPull ? (
        <button
          type="button"
          className="button button-small"
          disabled={pull.isBusy}
          aria-label={`Download ${title}`}
          onClick={() => pull.run(() => pullModel(id))}
        >
          {job?.status === 'failed' ? 'Try again' : 'Download'}
        </button>
      ) : (
        <p className="quiet">A user who may change models can download it.</p>
      )}
      {pull.error === undefined ? null : <Notice error={pull.error} />}
    </>
  );
}
