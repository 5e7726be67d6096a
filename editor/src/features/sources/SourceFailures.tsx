import { useState, type ReactElement } from 'react';
import { useGet } from '../../data/queries/use-get.js';
import { countOf } from '../../ui/format/count-of.js';
import { WhenLoaded } from '../../ui/states/WhenLoaded.js';
import styles from './sources.module.css';

const mostShown = 100;

/** Documents of a source that could not be imported, with the reasons. The list loads when it is opened. */
export function SourceFailures({
  name,
  source,
  count,
  revision,
}: {
  readonly name: string;
  readonly source: string;
  readonly count: number;
  /** Changes with each sync. */
  readonly revision: number | undefined;
}): ReactElement {
  const [isOpen, setOpen] = useState(false);
  return (
    <details className={styles['synced-failures']} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{countOf(count, 'document')} could not be imported</summary>
      {isOpen ? <FailureList key={revision} name={name} source={source} count={count} /> : null}
    </details>
  );
}

function FailureList({
  name,
  source,
  count,
}: {
  readonly name: string;
  readonly source: string;
  readonly count: number;
}): ReactElement {
  const loaded = useGet(
    '/api/collections/{name}/sources/{source}/failures',
    { params: { path: { name, source }, query: { limit: mostShown } } },
    ({ failures }) => failures,
  );
  return (
    <WhenLoaded loaded={loaded}>
      {(failures) => (
        <ul className={styles['synced-failure-list']}>
          {failures.map(({ id, message, code }) => (
            <li key={id}>
              <span className="mono">{id}</span>
              <span className="field-error">
                {message} <span className="quiet mono">{code}</span>
              </span>
            </li>
          ))}
          {count > failures.length ? <li className="quiet">and {countOf(count - failures.length, 'other')}</li> : null}
        </ul>
      )}
    </WhenLoaded>
  );
}
