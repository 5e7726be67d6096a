import type { GraphEntityReply } from '@heddle/core';
import clsx from 'clsx';
import { ArrowLeft } from 'lucide-react';
import { Suspense, useEffect, useRef, useState, type ReactElement } from 'react';
import { useGet } from '../../../data/queries/use-get.js';
import { visibleText } from '../../../ui/markdown/visible-text.js';
import { lazyPage } from '../../../ui/navigation/lazy-page.js';
import { Link } from '../../../ui/navigation/Link.js';
import { entitiesPath, navigate } from '../../../ui/navigation/route.js';
import { IfMay } from '../../../ui/states/IfMay.js';
import { Notice } from '../../../ui/states/Notice.js';
import { Mentions } from './Mentions.js';
import { MergedEntities } from './MergedEntities.js';
import { MergeEntity } from './MergeEntity.js';
import { Neighbours } from './Neighbours.js';
import { Relations } from './Relations.js';
import { mentionsText } from './graph-text.js';
import styles from './graph.module.css';

const LazyDrawing = lazyPage(() => import('./EntityDrawing.js').then(({ EntityDrawing }) => EntityDrawing));

/** One entity: the drawing of its neighbours, what the documents say about it, and the passages that mention it. */
export function EntityView({
  name,
  id,
  isFollowed,
  onChanged,
}: {
  readonly name: string;
  readonly id: string;
  /** Whether a link on the page led here. */
  readonly isFollowed: boolean;
  readonly onChanged: () => void;
}): ReactElement {
  const [isMerging, setMerging] = useState(false);
  const { value, error, again } = useGet('/api/collections/{name}/graph/entity', {
    params: { path: { name }, query: { id } },
  });
  const heading = useRef<HTMLHeadingElement>(null);
  const isLoaded = value !== undefined;
  // After a link on the previous entity is followed, that link and its focus are gone, so the heading takes the focus. A link in the list
  // keeps its focus.
  useEffect(() => {
    if (isFollowed && isLoaded && document.activeElement === document.body) heading.current?.focus();
  }, [isFollowed, isLoaded]);
  return (
    <article className={styles['entity']} aria-label="Entity" aria-busy={!isLoaded && error === undefined}>
      <Link href={entitiesPath(name)} className={clsx('text-link', styles['entity-back'])}>
        <ArrowLeft size={14} aria-hidden /> All entities
      </Link>
      {value !== undefined ? (
        <>
          <header className={styles['entity-head']}>
            <h2 ref={heading} tabIndex={-1} className={styles['entity-title']}>
              <bdi>{visibleText(value.entity.name)}</bdi>
            </h2>
            <p className="quiet figure">
              {visibleText(value.entity.type)} · {mentionsText(value.entity)}
            </p>
            <IfMay permission="collection:write">
              <button type="button" className="button button-small" onClick={() => setMerging(true)}>
                Merge…
              </button>
            </IfMay>
          </header>
          {isMerging ? (
            <MergeEntity
              name={name}
              entity={value.entity}
              onMerged={(into) => {
                setMerging(false);
                onChanged();
                navigate(entitiesPath(name, into));
              }}
              onClose={() => setMerging(false)}
            />
          ) : null}
          {value.merged.length === 0 ? null : (
            <MergedEntities
              name={name}
              merged={value.merged}
              onSeparated={() => {
                again();
                onChanged();
              }}
            />
          )}
          <Found name={name} found={value} />
        </>
      ) : error === undefined ? (
        <p className="quiet">Loading…</p>
      ) : error.code === 'graph_missing' ? (
        <p className="quiet">
          No document that you may read mentions “{visibleText(id)}”. It was removed, or the address is wrong.
        </p>
      ) : (
        <Notice error={error} action={{ name: 'Retry', run: again }} />
      )}
    </article>
  );
}

function Found({ name, found }: { readonly name: string; readonly found: GraphEntityReply }): ReactElement {
  const { neighbours, relations } = found;
  return (
    <>
      {neighbours.length === 0 ? null : (
        <Suspense fallback={<div className={styles['drawing']} aria-hidden />}>
          <LazyDrawing name={name} found={found} />
        </Suspense>
      )}
      {relations.length === 0 ? null : <Relations name={name} found={found} />}
      {neighbours.length === 0 ? null : <Neighbours name={name} neighbours={neighbours} />}
      <Mentions name={name} found={found} />
    </>
  );
}
