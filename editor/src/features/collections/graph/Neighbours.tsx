import type { GraphEntityReply } from '@heddle/core';
import { useId, useState, type ReactElement } from 'react';
import { countOf } from '../../../ui/format/count-of.js';
import { visibleText } from '../../../ui/markdown/visible-text.js';
import { Link } from '../../../ui/navigation/Link.js';
import { entitiesPath } from '../../../ui/navigation/route.js';
import styles from './graph.module.css';

const firstNeighbours = 16;

/** Links to the entities that the same passages mention. */
export function Neighbours({
  name,
  neighbours,
}: {
  readonly name: string;
  readonly neighbours: GraphEntityReply['neighbours'];
}): ReactElement {
  const id = useId();
  const [isWhole, setWhole] = useState(false);
  const shown = isWhole ? neighbours : neighbours.slice(0, firstNeighbours);
  return (
    <section className="section" aria-labelledby={id}>
      <h3 id={id} className={styles['part-title']}>
        Mentioned together
      </h3>
      <ul className="wrapped gap-6">
        {shown.map(({ id: neighbour, name: title, type, shared }) => (
          <li key={neighbour}>
            <Link
              href={entitiesPath(name, neighbour)}
              className={styles['neighbour']}
              data-tip={`${type} · ${shared === 0 ? 'by a relation' : `${countOf(shared, 'passage')} with both`}`}
            >
              <bdi>{visibleText(title)}</bdi>
              {shared === 0 ? null : <span className="quiet figure">{shared.toLocaleString()}</span>}
            </Link>
          </li>
        ))}
      </ul>
      {neighbours.length > shown.length ? (
        <button type="button" className="button button-small show-more" onClick={() => setWhole(true)}>
          Show all {neighbours.length}
        </button>
      ) : null}
    </section>
  );
}
