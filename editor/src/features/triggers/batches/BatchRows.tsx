import clsx from 'clsx';
import type { BatchReply, BatchRow } from '@heddle/core';
import { useCallback, useState, type ReactElement } from 'react';
import { client } from '../../../data/api/client.js';
import { SegmentedControl } from '../../../ui/buttons/SegmentedControl.js';
import { Table } from '../../../ui/tables/Table.js';
import { Link } from '../../../ui/navigation/Link.js';
import { runPath } from '../../../ui/navigation/route.js';
import { WhenLoaded } from '../../../ui/states/WhenLoaded.js';
import { useLoadedAnew } from '../../../data/queries/use-loaded-anew.js';
import batchesStyles from './batches.module.css';
import triggersStyles from '../triggers.module.css';

type Shown = BatchRow['status'] | 'all';
const pageSize = 50;
const labels: Readonly<Record<BatchRow['status'], string>> = {
  waiting: 'Waiting',
  running: 'Running',
  done: 'Done',
  failed: 'Failed',
  cancelled: 'Cancelled',
};

/** The rows of a batch, one page at a time. They can be filtered by status. */
export function BatchRows({
  workflow,
  batch: { id, name, rows },
}: {
  readonly workflow: string;
  readonly batch: BatchReply;
}): ReactElement {
  const [status, setStatus] = useState<Shown>(rows.failed > 0 ? 'failed' : 'all');
  const [after, setAfter] = useState(0);
  const load = useCallback(
    async (signal: AbortSignal) =>
      (
        await client.GET('/api/workflows/{id}/batches/{batch}/rows', {
          params: {
            path: { id: workflow, batch: id },
            query: { limit: pageSize, after, status: status === 'all' ? undefined : status },
          },
          signal,
        })
      ).rows,
    [workflow, id, status, after],
  );
  const loaded = useLoadedAnew(load, rows.done * 4 + rows.failed * 3 + rows.running * 2 + rows.waiting);
  const choose = (next: Shown): void => {
    setAfter(0);
    setStatus(next);
  };
  const { value } = loaded;
  const last = value?.at(-1)?.number;
  return (
    <div className={clsx(batchesStyles['batch-rows'], 'stack')}>
      <SegmentedControl
        label="Show"
        choices={(['all', 'waiting', 'running', 'done', 'failed', 'cancelled'] as const)
          .filter((one) => one === 'all' || one === status || rows[one] > 0)
          .map((one) => [one, one === 'all' ? 'All' : `${labels[one]} ${rows[one].toLocaleString('en')}`] as const)}
        value={status}
        onChange={choose}
      />
      <WhenLoaded loaded={loaded} empty="No rows with this status.">
        {(list) => (
          <Table name={`Rows of ${name}`} columns={['Row', 'Status', 'Inputs']}>
            {list.map((row) => (
              <tr key={row.number}>
                <td className="figure">{row.number}</td>
                <td>
                  <span
                    className="row-dot"
                    data-status={row.status === 'waiting' ? 'queued' : row.status}
                    aria-hidden
                  />{' '}
                  {row.runId === undefined ? (
                    labels[row.status]
                  ) : (
                    <Link href={runPath(row.runId)} className="text-link">
                      {labels[row.status]}
                      <span className="visually-hidden">: the run of row {row.number}</span>
                    </Link>
                  )}
                  {row.attempt > 1 ? <span className="quiet"> attempt {row.attempt}</span> : null}
                  {row.error === undefined ? null : (
                    <span className={triggersStyles['trigger-error']}>{row.error}</span>
                  )}
                </td>
                <td className={clsx('mono', batchesStyles['batch-inputs'])}>{JSON.stringify(row.inputs)}</td>
              </tr>
            ))}
          </Table>
        )}
      </WhenLoaded>
      <div className="flex gap-8">
        {after === 0 ? null : (
          <button type="button" className="button button-small" onClick={() => setAfter(0)}>
            First page
          </button>
        )}
        {value !== undefined && value.length === pageSize && last !== undefined ? (
          <button type="button" className="button button-small" onClick={() => setAfter(last)}>
            Next {pageSize}
          </button>
        ) : null}
      </div>
    </div>
  );
}
