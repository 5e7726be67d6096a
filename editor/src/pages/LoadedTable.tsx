import type { ReactElement, ReactNode } from 'react';
import { Notice } from '../frame/Notice.js';
import type { Loaded } from './home/use-loaded.js';

/** A table of what the server tells: reading it, why not, that there is nothing, or its rows with a last column for actions. */
export function LoadedTable<Row>({
  name,
  loaded: { value, error, again },
  empty,
  columns,
  children,
}: {
  readonly name: string;
  readonly loaded: Loaded<readonly Row[]>;
  readonly empty: ReactNode;
  readonly columns: readonly string[];
  readonly children: (row: Row) => ReactNode;
}): ReactElement {
  return (
    <>
      {error === undefined ? null : <Notice error={error} action={{ name: 'Try again', run: again }} />}
      {value === undefined ? (
        error === undefined ? (
          <p className="quiet">Loading…</p>
        ) : null
      ) : value.length === 0 ? (
        <p className="section-empty quiet">{empty}</p>
      ) : (
        <div className="table-frame" tabIndex={0} role="region" aria-label={name}>
          <table className="table">
            <thead>
              <tr>
                {columns.map((column) => (
                  <th key={column} scope="col">
                    {column}
                  </th>
                ))}
                <td>
                  <span className="visually-hidden">Actions</span>
                </td>
              </tr>
            </thead>
            <tbody>{value.map(children)}</tbody>
          </table>
        </div>
      )}
    </>
  );
}
