import type { CollectionReply } from '@heddle/core';
import type { ReactElement } from 'react';
import { Link } from '../../ui/navigation/Link.js';
import { collectionPath } from '../../ui/navigation/route.js';
import { countOf } from '../../ui/format/count-of.js';
import { storeTitles } from './settings/store-titles.js';

/** Collections with their sizes. */
export function CollectionList({ collections }: { readonly collections: readonly CollectionReply[] }): ReactElement {
  return (
    <ul className="rows">
      {collections.map((info) => (
        <li key={info.name}>
          <Link href={collectionPath(info.name)} className="row">
            <span className="row-main">
              <span className="row-title" dir="auto" data-tip={info.title}>
                {info.title}
              </span>
              <span className="quiet">
                {info.title === info.name ? null : `${info.name} · `}
                {info.embedding} · {info.label.level}
                {info.store === 'embedded' ? null : ` · ${storeTitles[info.store]}`}
              </span>
            </span>
            <span className="row-figures figure">
              {info.documents === undefined ? null : <span>{countOf(info.documents, 'document')}</span>}
              {info.passages === undefined ? null : <span className="quiet">{countOf(info.passages, 'passage')}</span>}
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
