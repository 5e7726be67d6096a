import type { Arrival } from '@heddle/core';
import type { ReactElement } from 'react';
import { formatAgo } from '../../format/format-time.js';
import { Table } from '../../kit/Table.js';
import { useNow } from '../../run/use-now.js';
import type { Loaded } from '../home/use-loaded.js';
import { Link } from '../Link.js';
import { runPath } from '../route.js';
import { WhenLoaded } from '../WhenLoaded.js';

/** What came in by a webhook or schedule: the run that it began, or why there is none. */
export function ArrivalTable({
  arrivals,
  title,
  empty,
  what,
}: {
  readonly arrivals: Loaded<readonly Arrival[]>;
  readonly title: string;
  readonly empty: string;
  /** How the key of one is called. */
  readonly what: { readonly head: string; readonly words: (key: string) => string };
}): ReactElement {
  const now = useNow(false);
  return (
    <WhenLoaded loaded={arrivals} empty={empty}>
      {(list) => (
        <Table name={title} columns={['When', what.head, 'What came of it']}>
          {list.map(({ number, at, key, runId, error }) => (
            <tr key={number}>
              <td className="figure" title={new Date(at).toLocaleString()}>
                {formatAgo(at, now)}
              </td>
              <td className="trigger-key">{what.words(key)}</td>
              <td>
                {runId === undefined ? null : (
                  <Link href={runPath(runId)} className="text-link">
                    Open its run
                  </Link>
                )}
                {error === undefined ? null : <span className="trigger-error">{error.message}</span>}
              </td>
            </tr>
          ))}
        </Table>
      )}
    </WhenLoaded>
  );
}
