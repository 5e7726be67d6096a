import type { CollectionReply } from '@heddle/core';
import type { ReactElement } from 'react';
import { Link } from '../../ui/navigation/Link.js';
import { collectionPath } from '../../ui/navigation/route.js';
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
              <span>{info.documents === 1 ? '1 document' : `${info.documents.toLocaleString()} documents`}</span>
              <span className="quiet">
                {info.passages === 1 ? '1 passage' : `${info.passages.toLocaleString()} passages`}
              </span>
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
