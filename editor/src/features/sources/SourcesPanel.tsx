import type { JobReply, LabelLevel } from '@heddle/core';
import { Plus } from 'lucide-react';
import { useEffect, useState, type ReactElement } from 'react';
import { useGet } from '../../data/queries/use-get.js';
import { isOpenJob } from '../../data/queries/use-topic.js';
import { Notice } from '../../ui/states/Notice.js';
import { SourceCard } from './SourceCard.js';
import { SourceDialog } from './SourceDialog.js';
import styles from './sources.module.css';

/** The sources of a collection: their kinds, whether they are in sync, and what failed. */
export function SourcesPanel({
  name,
  level,
  jobs,
}: {
  readonly name: string;
  /** The label level of the collection; a source cannot have a higher one. */
  readonly level: LabelLevel | undefined;
  readonly jobs: readonly JobReply[];
}): ReactElement {
  const loaded = useGet('/api/collections/{name}/sources', { params: { path: { name } } }, ({ sources }) => sources);
  const kinds = useGet('/api/sources/kinds', {}, (reply) => reply.kinds);
  const [isAdding, setAdding] = useState(false);
  const { again, value: sources = [] } = loaded;
  // The sources load again whenever a job starts or ends.
  const seen = jobs.map(({ jobId, status }) => `${jobId} ${status}`).join();
  useEffect(() => again(), [seen, again]);
  return (
    <section className="section" aria-label="Sources">
      <header className="aligned-wrapped">
        <h2>Sources</h2>
        <span className="topbar-space" />
        <button type="button" className="button button-small" onClick={() => setAdding(true)}>
          <Plus size={14} aria-hidden /> Add a source
        </button>
      </header>
      {loaded.error === undefined ? null : <Notice error={loaded.error} />}
      {sources.length === 0 ? (
        <p className="quiet">
          A source keeps documents in sync with a folder, a web site, a Git repository, a database, a mailbox or another
          service: new and changed documents are imported, deleted ones are removed.
        </p>
      ) : (
        <ul className={styles['synced-list']} aria-label="Sources of the collection">
          {sources.map((source) => (
            <SourceCard
              key={source.id}
              name={name}
              source={source}
              kind={kinds.value?.find(({ kind }) => kind === source.kind)?.title ?? source.kind}
              level={level}
              job={jobs.find((job) => job.jobId === source.state.job && isOpenJob(job))}
              onChanged={again}
            />
          ))}
        </ul>
      )}
      {isAdding ? (
        <SourceDialog
          name={name}
          level={level}
          taken={sources.map(({ id }) => id)}
          onSaved={again}
          onClose={() => setAdding(false)}
        />
      ) : null}
    </section>
  );
}
