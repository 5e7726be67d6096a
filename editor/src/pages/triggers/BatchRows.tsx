import type { BatchReply, BatchRow } from '@heddle/core';
import { useCallback, useState, type ReactElement } from 'react';
import { triggers } from '../../api/triggers.js';
import { Notice } from '../../frame/Notice.js';
import { Link } from '../Link.js';
import { runPath } from '../route.js';
import { useLoadedAnew } from './use-loaded-anew.js';

type Shown = BatchRow['status'] | 'all';
const pageSize = 50;
const words: Readonly<Record<BatchRow['status'], string>> = {
  waiting: 'Waiting',
  running: 'Running',
  done: 'Done',
  failed: 'Failed',
  cancelled: 'Cancelled',
};

/** The rows of a batch, a page at a time: all of them, or those of a status. */
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
    (signal: AbortSignal) => triggers.rows(workflow, id, { after, ...(status === 'all' ? {} : { status }) }, signal),
    [workflow, id, status, after],
  );
  const { value, error, again } = useLoadedAnew(
    load,
    rows.done * 4 + rows.failed * 3 + rows.running * 2 + rows.waiting,
  );
  const choose = (next: Shown): void => {
    setAfter(0);
    setStatus(next);
  };
  const last = value?.at(-1)?.number;
  return (
    <div className="batch-rows">
      <div className="panel-switch" role="group" aria-label="Which rows">
        {(['all', 'waiting', 'running', 'done', 'failed', 'cancelled'] as const)
          .filter((one) => one === 'all' || one === status || rows[one] > 0)
          .map((one) => (
            <button key={one} type="button" aria-pressed={one === status} onClick={() => choose(one)}>
              {one === 'all' ? 'All' : `${words[one]} ${rows[one].toLocaleString('en')}`}
            </button>
          ))}
      </div>
      {error === undefined ? null : <Notice error={error} action={{ name: 'Try again', run: again }} />}
      {value === undefined ? (
        <p className="quiet">Loading…</p>
      ) : value.length === 0 ? (
        <p className="quiet">There is no such row.</p>
      ) : (
        <div className="table-frame" tabIndex={0} role="region" aria-label={`Rows of ${name}`}>
          <table className="table">
            <thead>
              <tr>
                <th scope="col">Row</th>
                <th scope="col">How it stands</th>
                <th scope="col">Inputs</th>
              </tr>
            </thead>
            <tbody>
              {value.map((row) => (
                <tr key={row.number}>
                  <td className="figure">{row.number}</td>
                  <td>
                    <span
                      className="row-dot"
                      data-status={row.status === 'waiting' ? 'queued' : row.status}
                      aria-hidden
                    />{' '}
                    {row.runId === undefined ? (
                      words[row.status]
                    ) : (
                      <Link href={runPath(row.runId)} className="text-link">
                        {words[row.status]}
                        <span className="visually-hidden">: the run of row {row.number}</span>
                      </Link>
                    )}
                    {row.attempt > 1 ? <span className="quiet"> attempt {row.attempt}</span> : null}
                    {row.error === undefined ? null : <span className="trigger-error">{row.error}</span>}
                  </td>
                  <td className="mono batch-inputs">{JSON.stringify(row.inputs)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <div className="batch-pages">
        {after === 0 ? null : (
          <button type="button" className="button button-small" onClick={() => setAfter(0)}>
            From the first
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
