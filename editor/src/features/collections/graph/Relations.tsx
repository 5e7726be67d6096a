import type { GraphEntityReply } from '@heddle/core';
import { useId, useState, type ReactElement } from 'react';
import { visibleText } from '../../../ui/markdown/visible-text.js';
import { Link } from '../../../ui/navigation/Link.js';
import { collectionPath, entitiesPath } from '../../../ui/navigation/route.js';
import { statedRelations, type StatedRelation } from './graph-text.js';
import styles from './graph.module.css';

const firstRelations = 15;

/** What the documents say about an entity, as source and as target of relations, each with the passages that say it. */
export function Relations({ name, found }: { readonly name: string; readonly found: GraphEntityReply }): ReactElement {
  const { entity, neighbours, mentions } = found;
  const id = useId();
  const [isWhole, setWhole] = useState(false);
  const relations = statedRelations(found.relations);
  const shown = isWhole ? relations : relations.slice(0, firstRelations);
  const names = new Map([entity, ...neighbours].map((one) => [one.id, one.name]));
  const titles = new Map(mentions.map(({ document, title }) => [document, title]));
  const end = (end: string): ReactElement => {
    const text = <bdi>{visibleText(names.get(end) ?? end)}</bdi>;
    return end === entity.id ? (
      <strong>{text}</strong>
    ) : (
      <Link href={entitiesPath(name, end)} className="text-link">
        {text}
      </Link>
    );
  };
  return (
    <section className="section" aria-labelledby={id}>
      <h3 id={id} className={styles['part-title']}>
        What the documents say
      </h3>
      <ul className="rows">
        {shown.map((relation) => (
          <li key={`${relation.source} ${relation.text} ${relation.target}`} className={styles['relation']}>
            <span>
              {end(relation.source)} <span>{visibleText(relation.text)}</span> {end(relation.target)}
            </span>
            <Sources name={name} relation={relation} titles={titles} />
          </li>
        ))}
      </ul>
      {relations.length > shown.length ? (
        <button type="button" className="button button-small show-more" onClick={() => setWhole(true)}>
          Show all {relations.length}
        </button>
      ) : null}
    </section>
  );
}

/** Links to the passages that state a relation. If a document has several such passages, they are numbered. */
function Sources({
  name,
  relation: { stated },
  titles,
}: {
  readonly name: string;
  readonly relation: StatedRelation;
  readonly titles: ReadonlyMap<string, string>;
}): ReactElement {
  return (
    <span className={styles['relation-sources']}>
      {stated.map(({ document, passage }, index) => {
        const title = visibleText(titles.get(document) ?? document);
        const before = stated.slice(0, index).filter((one) => one.document === document).length;
        return (
          <Link key={passage} href={collectionPath(name, document, passage)} className="text-link" data-tip={document}>
            <bdi>{title}</bdi>
            {before === 0 ? '' : ` (${before + 1})`}
          </Link>
        );
      })}
    </span>
  );
}
