import type { ReactElement, ReactNode } from 'react';
import { Table, type Column } from './Table.js';
import type { Loaded } from '../../data/queries/use-loaded.js';
import { WhenLoaded } from '../states/WhenLoaded.js';

/** A table of loaded data: the loading state, the error, the empty state, or the rows. Its last column holds the actions. */
export function LoadedTable<Row>({
  name,
  loaded,
  empty,
  columns,
  children,
}: {
  readonly name: string;
  readonly loaded: Loaded<readonly Row[]>;
  readonly empty: ReactNode;
  readonly columns: readonly Column[];
  readonly children: (row: Row) => ReactNode;
}): ReactElement {
  return (
    <WhenLoaded loaded={loaded} empty={empty}>
      {(rows) => (
        <Table name={name} columns={columns} hasActions folds>
          {rows.map(children)}
        </Table>
      )}
    </WhenLoaded>
  );
}
