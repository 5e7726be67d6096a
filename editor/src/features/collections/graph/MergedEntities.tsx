import type { GraphEntityReply } from '@heddle/core';
import { useId, type ReactElement } from 'react';
import { client } from '../../../data/api/client.js';
import { useAction } from '../../../data/queries/use-action.js';
import { visibleText } from '../../../ui/markdown/visible-text.js';
import { IfMay } from '../../../ui/states/IfMay.js';
import { Notice } from '../../../ui/states/Notice.js';
import styles from './graph.module.css';

/** The entities that were merged into this one. Each can be separated again. */
export function MergedEntities({
  name,
  merged,
  onSeparated,
}: {
  readonly name: string;
  readonly merged: GraphEntityReply['merged'];
  readonly onSeparated: () => void;
}): ReactElement {
  const heading = useId();
  const action = useAction();
  const separate = (id: string): void =>
    action.run(async () => {
      await client.DELETE('/api/collections/{name}/graph/merges', { params: { path: { name }, query: { id } } });
      onSeparated();
    });
  return (
    <section className="section" aria-labelledby={heading}>
      <h3 id={heading} className={styles['part-title']}>
        Merged into it
      </h3>
      {action.error === undefined ? null : <Notice error={action.error} />}
      <ul className="rows">
        {merged.map(({ id, name: title }) => (
          <li key={id} className={styles['merged']}>
            <bdi>{visibleText(title)}</bdi>
            <IfMay permission="collection:write">
              <button
                type="button"
                className="button button-small"
                aria-label={`Separate ${visibleText(title)}`}
                disabled={action.isBusy}
                onClick={() => separate(id)}
              >
                Separate
              </button>
            </IfMay>
          </li>
        ))}
      </ul>
    </section>
  );
}
