import type { GraphEntityReply } from '@heddle/core';
import clsx from 'clsx';
import { useId, useMemo, type ReactElement } from 'react';
import { visibleText } from '../../../ui/markdown/visible-text.js';
import { Link } from '../../../ui/navigation/Link.js';
import { collectionPath } from '../../../ui/navigation/route.js';
import { PassageText } from '../../../ui/values/PassageText.js';
import { markedExcerpt } from './marked-excerpt.js';
import styles from './graph.module.css';
import collectionStyles from '../collections.module.css';

/** The passages that mention an entity, with its name marked; each opens its document there. */
export function Mentions({
  name,
  found: { entity, mentions },
}: {
  readonly name: string;
  readonly found: GraphEntityReply;
}): ReactElement {
  const id = useId();
  const excerpts = useMemo(() => mentions.map(({ text }) => markedExcerpt(text, entity.name)), [mentions, entity]);
  return (
    <section className="section" aria-labelledby={id}>
      <h3 id={id} className={styles['part-title']}>
        Passages
      </h3>
      <ol className="grid gap-8">
        {mentions.map(({ document, title, passage }, index) => (
          <li key={passage} className="result">
            <Link
              href={collectionPath(name, document, passage)}
              className={clsx(collectionStyles['result-open'], styles['mention-open'])}
            >
              <strong dir="auto">{visibleText(title)}</strong>{' '}
              {title === document ? null : <span className="quiet">{visibleText(document)}</span>}
            </Link>
            <div className={collectionStyles['result-text']}>
              <PassageText parts={excerpts[index] ?? []} />
            </div>
          </li>
        ))}
      </ol>
      {mentions.length < entity.passages ? (
        <p className="quiet">
          The first {mentions.length.toLocaleString()} of {entity.passages.toLocaleString()} passages.
        </p>
      ) : null}
    </section>
  );
}
