import type { ErrorGroup } from '@heddle/core';
import type { ReactElement } from 'react';
import { timeText } from './time-text.js';
import { Link } from '../../ui/navigation/Link.js';
import { runPath } from '../../ui/navigation/route.js';
import { Table } from '../../ui/tables/Table.js';
import styles from './dashboard.module.css';

const hiddenText: Readonly<Record<NonNullable<ErrorGroup['hidden']>, string>> = {
  right: 'Reading the message needs a role that may read values.',
  label: 'The label of the message keeps it off this page: open the run to read it.',
  removed: 'The newest run of this cause was removed.',
};

/** Failures grouped by cause. Each links to its newest run on the canvas. */
export function ErrorGroups({
  errors,
  nameOf,
}: {
  readonly errors: readonly ErrorGroup[];
  readonly nameOf: (workflow: string) => string;
}): ReactElement {
  if (errors.length === 0) return <p className="section-empty quiet">No run failed in this time.</p>;
  return (
    <Table name="Causes of failures" columns={['Cause', 'Workflow', { number: 'Runs' }, 'Newest']} hasActions>
      {errors.map(({ cause, code, node, message, hidden, label, workflow, runs, lastAt, run }) => (
        <tr key={cause}>
          <th scope="row" className={styles['error-cause']}>
            <span className="mono">{code}</span>
            {node === '' ? null : <span className="quiet"> in {node}</span>}
            <span className={hidden === undefined ? 'error-message' : 'error-message quiet'}>
              {hidden === undefined ? message : hiddenText[hidden]}
              {label === undefined || hidden !== 'label' ? null : ` (${label})`}
            </span>
          </th>
          <td>{workflow === '' ? 'Not stored' : nameOf(workflow)}</td>
          <td className="number">{runs}</td>
          <td>{timeText(lastAt)}</td>
          <td>
            {run === undefined ? null : (
              <Link href={runPath(run)} className="button" aria-label={`Open the newest run that failed with ${code}`}>
                Open run
              </Link>
            )}
          </td>
        </tr>
      ))}
    </Table>
  );
}
