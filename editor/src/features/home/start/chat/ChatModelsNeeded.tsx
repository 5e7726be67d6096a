import clsx from 'clsx';
import type { ModelState } from '@heddle/core';
import type { ReactElement } from 'react';
import { useMay } from '../../../../data/access/me-store.js';
import { useAction } from '../../../../data/queries/use-action.js';
import { isOpenJob, useJobs } from '../../../../data/queries/use-topic.js';
import { Notice } from '../../../../ui/states/Notice.js';
import { sizeOf } from '../../../models/index.js';
import { ModelDownload, pullModel } from '../../templates/ModelDownload.js';
import styles from '../../home.module.css';

/** The models that a chat still needs. One button downloads them all, and the chat is then created without a further step. */
export function ChatModelsNeeded({
  models,
  onClose,
}: {
  readonly models: readonly ModelState[];
  readonly onClose: () => void;
}): ReactElement {
  const jobs = useJobs().filter(({ kind }) => kind === 'pull');
  const pull = useAction();
  const mayPull = useMay('model:write');
  const jobOf = ({ card }: ModelState) => jobs.find(({ subject }) => subject === card.id);
  const idle = models.filter((model) => {
    const job = jobOf(model);
    return job === undefined || !isOpenJob(job);
  });
  return (
    <>
      <p>A chat with documents uses models of this machine. They are downloaded once.</p>
      <ul className={clsx(styles['needs'], 'grid gap-10')}>
        {models.map((model) => (
          <li key={model.card.id}>
            <ModelDownload id={model.card.id} title={model.card.title} bytes={sizeOf(model)} job={jobOf(model)} />
          </li>
        ))}
      </ul>
      {idle.length === 0 ? <p role="status">The chat goes on when the download is done.</p> : null}
      {pull.error === undefined ? null : <Notice error={pull.error} />}
      <div className="dialog-actions">
        <button type="button" className="button" onClick={onClose}>
          Cancel
        </button>
        {mayPull && idle.length > 0 ? (
          <button
            type="button"
            className="button button-primary"
            disabled={pull.isBusy}
            onClick={() => pull.run(() => Promise.all(idle.map(({ card }) => pullModel(card.id))))}
          >
            Download and continue
          </button>
        ) : null}
      </div>
    </>
  );
}
