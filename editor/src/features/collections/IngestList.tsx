import clsx from 'clsx';
import type { JobReply } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { client } from '../../data/api/client.js';
import { Progress } from '../../ui/states/Progress.js';
import { useAction } from '../../data/queries/use-action.js';
import { isOpenJob } from '../../data/queries/use-topic.js';
import { DocumentStates } from './ingest/DocumentStates.js';
import { describeIngest, documentStates, importShare, ingestTitle, stageText } from './ingest/ingest-text.js';
import styles from './collections.module.css';

/** The most documents shown of a running import: the latest. */
const mostShown = 40;
/** The most failed documents shown of an import that ended. */
const mostFailed = 500;

interface IngestListProps {
  readonly jobs: readonly JobReply[];
  /** Whether this page still has the document's file. */
  readonly canRetry: (documentId: string) => boolean;
  readonly onRetry: (documentIds: readonly string[]) => void;
}

/** The running imports and the last finished one; each can be dismissed. */
export function IngestList({ jobs, canRetry, onRetry }: IngestListProps): ReactElement | null {
  const [dismissed, setDismissed] = useState<ReadonlySet<string>>(new Set());
  const open = jobs.filter(isOpenJob);
  const [last] = jobs.filter((job) => !isOpenJob(job));
  const shown = [...open, ...(last === undefined ? [] : [last])].filter(({ jobId }) => !dismissed.has(jobId));
  if (shown.length === 0) return null;
  return (
    <section className="section" aria-label="Import">
      {shown.map((job) => (
        <Ingest
          key={job.jobId}
          job={job}
          canRetry={canRetry}
          onRetry={onRetry}
          onDismiss={() => setDismissed((before) => new Set([...before, job.jobId]))}
        />
      ))}
    </section>
  );
}

function Ingest({
  job,
  canRetry,
  onRetry,
  onDismiss,
}: {
  readonly job: JobReply;
  readonly canRetry: IngestListProps['canRetry'];
  readonly onRetry: IngestListProps['onRetry'];
  readonly onDismiss: () => void;
}): ReactElement {
  const stop = useAction();
  const isOpen = isOpenJob(job);
  const states = documentStates(job);
  const broken = states.filter(({ stage }) => stage === 'failed');
  const retried = broken.filter(({ document }) => canRetry(document)).map(({ document }) => document);
  return (
    <article className={clsx(styles['ingest'], 'boxed-surface')} data-status={job.status}>
      <header className={clsx(styles['ingest-head'], 'aligned-wrapped')}>
        <strong>{ingestTitle(job)}</strong>
        <span className="quiet figure" role="status">
          {describeIngest(job)}
        </span>
        <span className="topbar-space" />
        {retried.length > 0 && !isOpen ? (
          <button type="button" className="button button-small" onClick={() => onRetry(retried)}>
            Retry {retried.length === 1 ? '1 document' : `${retried.length} documents`}
          </button>
        ) : null}
        {isOpen ? (
          <button
            type="button"
            className="button button-small"
            disabled={stop.isBusy}
            onClick={() =>
              stop.run(() => client.POST('/api/jobs/{id}/cancel', { params: { path: { id: job.jobId } } }))
            }
          >
            Cancel
          </button>
        ) : (
          <button type="button" className="button button-small" onClick={onDismiss}>
            Hide
          </button>
        )}
      </header>
      {isOpen ? <Progress share={importShare(job)} label="Documents imported" /> : null}
      {isOpen || broken.length > 0 ? (
        <DocumentStates name={isOpen ? 'Documents of this import' : 'Documents that failed'}>
          {(isOpen ? states.slice(-mostShown) : broken.slice(-mostFailed))
            .toReversed()
            .map(({ document, stage, passages, message }) => (
              <li key={document} data-stage={stage}>
                <span className="truncate fills" data-tip={document}>
                  {document}
                </span>
                <span className={styles['ingest-stage']}>
                  {stageText(stage)}
                  {passages === undefined ? '' : ` · ${passages === 1 ? '1 passage' : `${passages} passages`}`}
                </span>
                {message === undefined ? null : <span className="field-error">{message}</span>}
              </li>
            ))}
          {isOpen || broken.length <= mostFailed ? null : (
            <li className="quiet">{(broken.length - mostFailed).toLocaleString()} more failed.</li>
          )}
        </DocumentStates>
      ) : null}
    </article>
  );
}
