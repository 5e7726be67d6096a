import type { DashboardGroup } from '@heddle/core';
import { Download } from 'lucide-react';
import type { ReactElement } from 'react';
import { formatCount, formatSums } from '../../ui/format/format-money.js';
import { Link } from '../../ui/navigation/Link.js';
import { Table } from '../../ui/tables/Table.js';
import { durationText, shareText } from './DashboardFacts.js';
import type { Grouping } from './groupings.js';

/** The figures of each group. A group by which the dashboard can be filtered links to its own figures. */
export function GroupTable({
  by,
  groups,
  hrefOf,
  onSave,
}: {
  readonly by: Grouping;
  readonly groups: readonly DashboardGroup[];
  /** The address of one group's figures; undefined if the dashboard has no such filter. */
  readonly hrefOf: (name: string) => string | undefined;
  readonly onSave: () => void;
}): ReactElement {
  const columns = ['Runs', 'Failed', 'Duration p50', 'p95', 'First token p95', 'Tokens', 'Cost', 'Good ratings'];
  return (
    <>
      <Table
        name={`Figures by ${by.title.toLowerCase()}`}
        columns={[by.title, ...columns.map((number) => ({ number }))]}
      >
        {groups.map((group) => {
          const { name, title, runs, failed } = group;
          const href = name === '' ? undefined : hrefOf(name);
          const text = title ?? (name === '' ? by.nameless : by.textOf(name));
          return (
            <tr key={name}>
              <th scope="row">{href === undefined ? text : <Link href={href}>{text}</Link>}</th>
              <td className="number">{formatCount(runs)}</td>
              <td className="number">{failed === 0 ? '' : shareText(failed, runs)}</td>
              <td className="number">{durationText(group.p50)}</td>
              <td className="number">{durationText(group.p95)}</td>
              <td className="number">{group.firstTokenP95 === null ? '' : durationText(group.firstTokenP95)}</td>
              <td className="number">{formatCount(group.inputTokens + group.outputTokens)}</td>
              <td className="number">{Object.keys(group.cost).length === 0 ? '' : formatSums(group.cost)}</td>
              <td className="number">{group.ratings === 0 ? '' : shareText(group.goodRatings, group.ratings)}</td>
            </tr>
          );
        })}
      </Table>
      <button type="button" className="button sheet-add" onClick={onSave}>
        <Download size={15} aria-hidden /> Save as CSV
      </button>
    </>
  );
}
