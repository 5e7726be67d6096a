import clsx from 'clsx';
import { useCallback, useEffect, useState, type ReactElement } from 'react';
import { useGet } from '../../../data/queries/use-get.js';
import { isOpenJob, useJobs } from '../../../data/queries/use-topic.js';
import { Link } from '../../../ui/navigation/Link.js';
import { collectionPath } from '../../../ui/navigation/route.js';
import { IfMay } from '../../../ui/states/IfMay.js';
import { NotOpened } from '../../../ui/states/NotOpened.js';
import { EntityList } from './EntityList.js';
import { EntityView } from './EntityView.js';
import { Suggestions } from './Suggestions.js';
import { readingOf, sizeText } from './graph-text.js';
import styles from './graph.module.css';

/** The entities of a collection: a list, and the entity named in the address with its relations, neighbours and passages. */
export function EntitiesPage({
  name,
  entity,
}: {
  readonly name: string;
  readonly entity: string | undefined;
}): ReactElement {
  const info = useGet('/api/collections/{name}', { params: { path: { name } } });
  const graph = useGet('/api/collections/{name}/graph', { params: { path: { name } } });
  const jobs = useJobs().filter(({ kind, subject }) => kind === 'graph' && subject === name);
  const job = jobs.find(isOpenJob);
  const [changes, setChanges] = useState(0);
  const revision = `${changes} ${jobs[0]?.jobId ?? ''} ${jobs[0]?.status ?? ''}`;
  const onChanged = useCallback(() => setChanges((before) => before + 1), []);
  const { again } = graph;
  useEffect(() => again(), [revision, again]);
  const [first] = useState(entity);
  const back = { href: collectionPath(name), name: 'Open the collection' };
  const error = info.value === undefined ? info.error : graph.value === undefined ? graph.error : undefined;
  if (error !== undefined) {
    const load = (): void => {
      info.again();
      again();
    };
    return <NotOpened error={error} again={load} back={back} />;
  }
  const state = graph.value;
  const title = info.value?.title ?? name;
  return (
    <main className="home">
      <div className="home-body">
        <header className="home-head">
          <div>
            <h1>Entities</h1>
            <p className="quiet figure" role="status">
              <Link href={back.href} className="text-link">
                <bdi>{title}</bdi>
              </Link>
              {state?.options === undefined ? '' : ` · ${sizeText(state)} · found by ${state.options.model}`}
              {job === undefined ? '' : ` · ${progressText(job)}`}
            </p>
          </div>
        </header>
        {entity === undefined && state?.options !== undefined ? (
          <p className="quiet page-lead">
            Select an entity to see what the documents say about it and which passages mention it.
          </p>
        ) : null}
        {state === undefined ? (
          <p className="quiet">Loading…</p>
        ) : state.options === undefined ? (
          <div className={clsx('stack gap-12', styles['no-graph'])}>
            <p>This collection has no knowledge graph. It is set up on the page of the collection.</p>
            <Link href={back.href} className="button">
              {back.name}
            </Link>
          </div>
        ) : (
          <>
            {entity === undefined ? (
              <IfMay permission="collection:write">
                <Suggestions name={name} onMerged={onChanged} />
              </IfMay>
            ) : null}
            <div className={styles['entity-columns']} data-open={entity !== undefined || undefined}>
              <EntityList name={name} shown={entity} revision={revision} isFilling={job !== undefined} />
              {entity === undefined ? null : (
                <EntityView key={entity} name={name} id={entity} isFollowed={entity !== first} onChanged={onChanged} />
              )}
            </div>
          </>
        )}
      </div>
    </main>
  );
}

function progressText(job: Parameters<typeof readingOf>[0]): string {
  const reading = readingOf(job);
  return reading === undefined
    ? 'finding entities'
    : `finding entities: ${reading.done.toLocaleString()} of ${reading.documents.toLocaleString()} documents`;
}
