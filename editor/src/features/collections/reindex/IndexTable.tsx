import type { ShownCollectionInfo } from '@heddle/core';
import type { ReactElement } from 'react';
import { Table } from '../../../ui/tables/Table.js';
import { indexFacts } from './reindex-text.js';

/** Two indexes of a collection side by side, with their differences marked. */
export function IndexTable({
  serving,
  other,
  title,
}: {
  readonly serving: ShownCollectionInfo;
  readonly other: ShownCollectionInfo;
  /** The title of the other index. */
  readonly title: string;
}): ReactElement {
  return (
    <Table name="Both indexes" columns={['Index', 'Serving', title]}>
      {indexFacts.map(([name, text]) => {
        const now = text(serving);
        const then = text(other);
        return (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td className="figure">{now}</td>
            <td className="figure">{now === then ? <span className="quiet">{then}</span> : <strong>{then}</strong>}</td>
          </tr>
        );
      })}
    </Table>
  );
}
