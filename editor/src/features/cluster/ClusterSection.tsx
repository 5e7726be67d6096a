import type { ClusterReply } from '@heddle/core';
import { Server } from 'lucide-react';
import type { ReactElement } from 'react';
import { useReloadInterval } from '../../data/queries/use-reload-interval.js';
import { useGet } from '../../data/queries/use-get.js';
import { countOf } from '../../ui/format/count-of.js';
import { Allowed } from '../../ui/states/Allowed.js';
import { EmptyState } from '../../ui/states/EmptyState.js';
import { Table } from '../../ui/tables/Table.js';
import { WhenLoaded } from '../../ui/states/WhenLoaded.js';
import { ClassTable } from './ClassTable.js';
import { partsOfName } from './cluster-text.js';
import { ProcessTable } from './ProcessTable.js';

/** Milliseconds between two readings: processes start and end without a message to this page. */
const everyMs = 3_000;

/** The processes on the database, and the runs that wait for them. */
export function ClusterSection(): ReactElement {
  return (
    <Allowed permission="metrics:read" what="The list of processes">
      <Cluster />
    </Allowed>
  );
}

function Cluster(): ReactElement {
  const cluster = useGet('/api/cluster');
  useReloadInterval(cluster.again, everyMs);
  return (
    <WhenLoaded loaded={cluster}>
      {(reply) => (
        <>
          <Missing missing={reply.missing} />
          <section className="section" aria-labelledby="processes">
            <h2 id="processes">Processes</h2>
            <ProcessTable processes={reply.processes} isShared={reply.isShared} onChange={cluster.again} />
          </section>
          {reply.isShared ? (
            <>
              <Queues reply={reply} />
              <Leases processes={reply.processes} />
            </>
          ) : (
            <OneProcess />
          )}
        </>
      )}
    </WhenLoaded>
  );
}

function Queues({ reply: { classes, hints, queue } }: { readonly reply: ClusterReply }): ReactElement {
  return (
    <section className="section" aria-labelledby="queues">
      <h2 id="queues">Queues</h2>
      <ClassTable classes={classes} />
      <p className="quiet">
        A process that takes several classes counts in each. The last column counts all runs since the database was
        made.
      </p>
      {queue === undefined ? (
        <p className="quiet">
          {hints === 'postgres'
            ? 'The database carries hints between processes (HEDDLE_QUEUE=postgres). Without Redis, live text of other processes comes up to two seconds later.'
            : 'No Redis server is set (HEDDLE_REDIS_URL): a run begins some seconds later if its own process has no free slot.'}
        </p>
      ) : (
        <p>
          <span className="row-dot" data-status={queue.status === 'ok' ? 'done' : 'failed'} />{' '}
          {queue.status === 'ok'
            ? 'Redis carries hints and live text between processes.'
            : (queue.error?.message ?? 'Redis cannot be used: runs begin some seconds later.')}
        </p>
      )}
    </section>
  );
}

/** The work that only one process at a time does, and which process does it now. */
function Leases({ processes }: Pick<ClusterReply, 'processes'>): ReactElement {
  const leases = processes
    .flatMap(({ id, name, leases: held }) => held.map((lease) => ({ id, lease, ...partsOfName(name) })))
    .sort((a, b) => a.lease.localeCompare(b.lease));
  return (
    <section className="section" aria-labelledby="leases">
      <h2 id="leases">Leases</h2>
      <p className="quiet">
        Work that one process at a time does for all. When that process ends, another takes over within seconds.
      </p>
      <Table name="Leases" columns={['Work', 'Process', 'Data folder']} folds>
        {leases.map(({ id, lease, host, folder }) => (
          <tr key={`${id} ${lease}`}>
            <th scope="row">{lease}</th>
            <td>{host}</td>
            <td className="mono">{folder}</td>
          </tr>
        ))}
      </Table>
    </section>
  );
}

/** Runs that no process can run: what they need, and what to do. */
function Missing({ missing }: Pick<ClusterReply, 'missing'>): ReactElement | null {
  if (missing.length === 0) return null;
  return (
    <div className="failure" role="alert">
      {missing.map(({ runs, error }) => (
        <div key={error.message}>
          <p className="failure-title">{countOf(runs, 'run')} without a process</p>
          <p>{error.message}</p>
        </div>
      ))}
    </div>
  );
}

function OneProcess(): ReactElement {
  return (
    <EmptyState Icon={Server}>
      This Heddle is one process, which is enough for most teams. Several processes share their runs on a Postgres
      database: set <code>HEDDLE_DATABASE_URL</code> for each of them, and <code>HEDDLE_REDIS_URL</code> to make that
      fast. See <code>docs/scale.md</code>.
    </EmptyState>
  );
}
