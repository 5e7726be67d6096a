import type { DataFlow } from '@heddle/core';
import type { ReactElement } from 'react';
import { Table } from '../../ui/tables/Table.js';

const kinds: Readonly<Record<DataFlow['kind'], string>> = {
  model: 'Model',
  network: 'Network',
  tool: 'Tool',
  collection: 'Collection',
  thread: 'Conversation',
  facts: 'Facts',
  reply: 'Reply',
  webhook: 'Webhook',
  share: 'Share page',
  download: 'Download',
};

/** The data flows of a workflow: each destination, the strictest label that can reach it, and what declassified it. */
export function DataMap({ flows }: { readonly flows: readonly DataFlow[] }): ReactElement {
  if (flows.length === 0) return <p className="quiet">No data leaves this workflow.</p>;
  return (
    <Table name="Data map" columns={['From', 'To', 'Location', 'Highest label', 'Clearance']}>
      {flows.map((flow, index) => (
        <tr key={index}>
          <td className="mono">{flow.node}</td>
          <td>
            {/* `local` is the server's name for models of this machine. */}
            {flow.kind === 'model' && flow.destination === 'local' ? (
              'Local models'
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
            {flow.declassifiedBy.length === 0 ? null : (
              <span className="quiet"> declassified by {flow.declassifiedBy.join(', ')}</span>
            )}
          </td>
          <td>{flow.clearance ?? <span className="quiet">any label</span>}</td>
        </tr>
      ))}
    </Table>
  );
}
