import type { Arrival } from '@heddle/core';
import type { ReactElement } from 'react';
import { formatAgo } from '../../ui/format/format-time.js';
import { Table } from '../../ui/tables/Table.js';
import { useNow } from '../../ui/format/use-now.js';
import type { Loaded } from '../../data/queries/use-loaded.js';
import { Link } from '../../ui/navigation/Link.js';
import { runPath } from '../../ui/navigation/route.js';
import { WhenLoaded } from '../../ui/states/WhenLoaded.js';
import styles from './triggers.module.css';

/** The messages that a webhook received, or the times of a schedule. Each shows the run that it started, or why it started none. */
export function ArrivalTable({
  arrivals,
  title,
  empty,
  what,
}: {
  readonly arrivals: Loaded<readonly Arrival[]>;
  readonly title: string;
  readonly empty: string;
  /** The column for the key of an entry: its title, and the text of a key. */
  readonly what: { readonly head: string; readonly text: (key: string) => string };
}): ReactElement {
  const now = useNow(false);
  return (
    <WhenLoaded loaded={arrivals} empty={empty}>
      {(list) => (
        <Table name={title} columns={['When', what.head, 'Result']}>
          {list.map(({ number, at, key, runId, error }) => (
            <tr key={number}>
              <td className="figure" data-tip={new Date(at).toLocaleString()}>
                {formatAgo(at, now)}
              </td>
              <td className={styles['trigger-key']}>{what.text(key)}</td>
              <td>
                {runId === undefined ? null : (
                  <Link href={runPath(runId)} className="text-link">
                    Open run
                  </Link>
                )}
                {error === undefined ? null : <span className={styles['trigger-error']}>{error.message}</span>}
              </td>
            </tr>
          ))}
        </Table>
      )}
    </WhenLoaded>
  );
}
