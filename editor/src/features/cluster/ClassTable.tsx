import type { ClusterClass } from '@heddle/core';
import type { ReactElement } from 'react';
import { formatDuration } from '../../ui/format/format-duration.js';
import { formatCount } from '../../ui/format/format-money.js';
import { Table } from '../../ui/tables/Table.js';
import { beganWithin, classText } from './cluster-text.js';

/** The queue of each class: free slots, runs that wait, and for how long. */
export function ClassTable({ classes }: { readonly classes: readonly ClusterClass[] }): ReactElement {
  return (
    <Table
      name="Queues"
      columns={[
        'Class of runs',
        { number: 'Free slots' },
        { number: 'Waiting' },
        { number: 'Longest wait now' },
        { number: '95 % began within' },
      ]}
      folds
    >
      {classes.map((one) => {
        const { class: name, slots, waiting, oldestSeconds, waits } = one;
        return (
          <tr key={name}>
            <th scope="row">{classText(name)}</th>
            <td className="number">{slots.all === 0 ? 'None' : `${slots.free} of ${slots.all}`}</td>
            <td className="number">{formatCount(waiting)}</td>
            <td className="number">{oldestSeconds === 0 ? '' : formatDuration(oldestSeconds * 1_000)}</td>
            <td className="number">{beganWithin(waits, 0.95) ?? ''}</td>
          </tr>
        );
      })}
    </Table>
  );
}
