import type { DataFlow } from '@heddle/core';
import type { ReactElement } from 'react';
import { Table } from '../kit/Table.js';

const kinds: Readonly<Record<DataFlow['kind'], string>> = {
  model: 'Model',
  network: 'Network',
  tool: 'Tool',
  collection: 'Collection',
  reply: 'Reply',
  webhook: 'Webhook',
  share: 'Share page',
  download: 'Download',
};

/** Where the data of a workflow goes: each way out, what may travel it, and what lowered it on the way. */
export function DataMap({ flows }: { readonly flows: readonly DataFlow[] }): ReactElement {
  if (flows.length === 0) return <p className="quiet">No data leaves this workflow.</p>;
  return (
    <Table name="Data map" columns={['From', 'To', 'Where', 'At most', 'Allowed']}>
      {flows.map((flow, index) => (
        <tr key={index}>
          <td className="mono">{flow.node}</td>
          <td>
            {/* The server's own name for models of this machine. */}
            {flow.kind === 'model' && flow.destination === 'local' ? (
              'Models of this machine'
            ) : (
              <>
                {kinds[flow.kind]}{' '}
                {flow.destination === flow.node ? null : <span className="mono">{flow.destination}</span>}
              </>
            )}
          </td>
          <td>{flow.kind === 'reply' ? 'The caller' : flow.isLocal ? 'This machine' : <strong>Outside</strong>}</td>
          <td>
            {[flow.level, ...flow.marks].join(', ')}
            {flow.loweredBy.length === 0 ? null : (
              <span className="quiet"> lowered by {flow.loweredBy.join(', ')}</span>
            )}
          </td>
          <td>{flow.ceiling ?? <span className="quiet">anything</span>}</td>
        </tr>
      ))}
    </Table>
  );
}
