import { Waypoints } from 'lucide-react';
import { useDeferredValue, useEffect, useMemo, useState, type ReactElement } from 'react';
import { usePages } from '../../../data/queries/use-pages.js';
import { SearchField } from '../../../ui/fields/SearchField.js';
import { visibleText } from '../../../ui/markdown/visible-text.js';
import { Link } from '../../../ui/navigation/Link.js';
import { entitiesPath } from '../../../ui/navigation/route.js';
import { EmptyState } from '../../../ui/states/EmptyState.js';
import { WhenLoaded } from '../../../ui/states/WhenLoaded.js';
import { entityPages } from './entity-pages.js';
import { mentionsText } from './graph-text.js';
import styles from './graph.module.css';

/** The entities of a collection with a search field. Entities that most passages mention come first. */
export function EntityList({
  name,
  shown,
  revision,
  isFilling,
}: {
  readonly name: string;
  /** The id of the open entity. */
  readonly shown: string | undefined;
  /** Changes when a job has found entities. */
  readonly revision: string;
  readonly isFilling: boolean;
}): ReactElement {
  const [search, setSearch] = useState('');
  const query = useDeferredValue(search.trim());
  const filter = useMemo(() => ({ name, query: query || undefined }), [name, query]);
  const pages = usePages(entityPages, filter);
  const { again } = pages;
  useEffect(() => again(), [revision, again]);
  return (
    <section className={styles['entity-list']} aria-label="Entities">
      <SearchField label="Search the entities" placeholder="Search entities" value={search} onChange={setSearch} />
      <WhenLoaded
        loaded={{ ...pages, value: pages.value?.entities }}
        empty={
          query === '' ? (
            <EmptyState Icon={Waypoints}>
              {isFilling ? 'Entities appear here when they are found.' : 'No entity was found in the documents.'}
            </EmptyState>
          ) : (
            `No entity has “${query}” in its name.`
          )
        }
      >
        {(entities) => (
          <ul className="rows">
            {entities.map((entity) => (
              <li key={entity.id} className={styles['entity-row']} data-selected={entity.id === shown || undefined}>
                <Link
                  href={entitiesPath(name, entity.id)}
                  className="row"
                  aria-current={entity.id === shown ? 'true' : undefined}
                >
                  <span className="row-main">
                    <bdi className="row-title">{visibleText(entity.name)}</bdi>
                    <span className="quiet">{visibleText(entity.type)}</span>
                  </span>
                  <span className="row-figures quiet figure" data-tip={mentionsText(entity)}>
                    {mentionsText(entity).replace(' in ', '\n')}
                  </span>
                </Link>
              </li>
            ))}
          </ul>
        )}
      </WhenLoaded>
      {pages.hasMore ? (
        <button type="button" className="button button-small" disabled={pages.isLoading} onClick={pages.more}>
          {pages.isLoading ? 'Loading…' : 'Show more'}
        </button>
      ) : null}
    </section>
  );
}
