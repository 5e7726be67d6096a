import { type ReactElement } from 'react';
import type { SpendReply } from '@heddle/core';
import { useGet } from '../../data/queries/use-get.js';
import { formatDuration } from '../../ui/format/format-duration.js';
import { formatCount } from '../../ui/format/format-money.js';
import { Table } from '../../ui/tables/Table.js';
import { WhenLoaded } from '../../ui/states/WhenLoaded.js';
import { formatSums } from '../../ui/format/format-money.js';
import { spendLines } from './spend-series.js';

export type Grouping = Exclude<SpendReply['by'], 'day'>;

export const groupings: readonly (readonly [Grouping, string])[] = [
  ['model', 'Model'],
  ['workflow', 'Workflow'],
  ['connection', 'Connection'],
  ['key', 'Key'],
];

const nameless: Readonly<Record<Grouping, string>> = {
  model: 'Unknown',
  workflow: 'Outside of workflows',
  connection: 'This machine',
  key: 'No key: editor, command line',
};

/** The usage of models, grouped by model, workflow, connection or key. */
export function SpendTable({
  by,
  span,
  names,
}: {
  readonly by: Grouping;
  readonly span: { readonly from: number; readonly to: number };
  /** Display names of workflows and keys, by id. */
  readonly names: ReadonlyMap<string, string>;
}): ReactElement {
  const { from, to } = span;
  const loaded = useGet('/api/spend', { params: { query: { by, from, to } } });
  const columns = ['Money', 'Calls', 'Failed', 'Input tokens', 'Cached', 'Output tokens', 'Time'].map((number) => ({
    number,
  }));
  // Hides the rows of the earlier grouping until those of the new one are loaded.
  const rows = loaded.value?.by === by ? spendLines(loaded.value.rows) : undefined;
  return (
    <WhenLoaded loaded={{ ...loaded, value: rows }}>
      {(lines) => (
        <Table name={`Spend by ${by}`} columns={[groupings.find(([id]) => id === by)?.[1] ?? '', ...columns]}>
          {lines.map((line) => (
            <tr key={line.name}>
              <th scope="row" className={by === 'model' && line.name !== '' ? 'mono' : undefined}>
                {line.name === '' ? nameless[by] : (names.get(line.name) ?? line.name)}
              </th>
              <td className="number">{formatSums(line.money)}</td>
              <td className="number">{formatCount(line.calls)}</td>
              <td className="number">{line.failed === 0 ? '' : formatCount(line.failed)}</td>
              <td className="number">{formatCount(line.inputTokens)}</td>
              <td className="number">{line.cachedTokens === 0 ? '' : formatCount(line.cachedTokens)}</td>
              <td className="number">{formatCount(line.outputTokens)}</td>
              <td className="number">{formatDuration(line.seconds * 1000)}</td>
            </tr>
          ))}
        </Table>
      )}
    </WhenLoaded>
  );
}
