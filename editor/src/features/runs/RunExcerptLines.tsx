import type { Excerpt, RunExcerpt } from '@heddle/core';
import type { ReactElement } from 'react';
import styles from './runs.module.css';

const unread: Readonly<Partial<Record<Excerpt['kind'], string>>> = {
  empty: 'Empty',
  large: 'Too large for a list',
  restricted: 'Restricted',
};

/** The beginning of a run's question and answer, one line each. */
export function RunExcerptLines({ excerpt }: { readonly excerpt: RunExcerpt | undefined }): ReactElement | null {
  if (excerpt === undefined) return null;
  return (
    <span className={styles['run-excerpts']}>
      <Line name="Question" mark="Q" excerpt={excerpt.question} />
      {excerpt.answer === undefined ? null : <Line name="Answer" mark="A" excerpt={excerpt.answer} />}
    </span>
  );
}

function Line({
  name,
  mark,
  excerpt: { kind, text },
}: {
  readonly name: string;
  readonly mark: string;
  readonly excerpt: Excerpt;
}): ReactElement | null {
  if (kind === 'none') return null;
  const said = unread[kind];
  return (
    <span className={styles['run-excerpt']} data-tip={said ?? text}>
      <abbr data-tip={name} aria-hidden>
        {mark}
      </abbr>
      <span className="visually-hidden">{name}: </span>
      <bdi className={said === undefined ? (kind === 'data' ? 'mono' : undefined) : 'quiet'}>{said ?? text}</bdi>
    </span>
  );
}
