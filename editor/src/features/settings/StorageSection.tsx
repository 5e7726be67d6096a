import type { HealthReply } from '@heddle/core';
import type { ReactElement } from 'react';
import { useGet } from '../../data/queries/use-get.js';
import { formatAgo } from '../../ui/format/format-time.js';
import { Table } from '../../ui/tables/Table.js';
import { useNow } from '../../ui/format/use-now.js';
import { WhenLoaded } from '../../ui/states/WhenLoaded.js';
import { ClockNotice } from './ClockNotice.js';

const labels: Readonly<Record<string, string>> = {
  streams: 'Streamed text of ended nodes',
  values: 'Inputs and results of runs',
  runs: 'Runs in the list',
  jobs: 'Imports and downloads in the list',
  files: 'Stored files that no workflow or run uses',
  conversations: 'Conversations and facts, after they were last written',
};

/** How long data is kept, and what the last sweep removed. */
export function StorageSection(): ReactElement {
  const health = useGet('/api/health');
  return (
    <WhenLoaded loaded={health}>
      {({ clock, storage, queue, retention }) => (
        <>
          <ClockNotice clock={clock} onConfirmed={health.again} />
          <Kept storage={storage} queue={queue} {...retention} />
        </>
      )}
    </WhenLoaded>
  );
}

function Kept({
  storage,
  queue,
  classes,
  lastSweep,
}: Pick<HealthReply, 'storage' | 'queue'> & HealthReply['retention']): ReactElement {
  const now = useNow(false);
  const removed = Object.entries(lastSweep?.removed ?? {}).filter(([, count]) => count > 0);
  return (
    <>
      <section className="section" aria-labelledby="store">
        <h2 id="store">Storage</h2>
        <p>
          <span className="row-dot" data-status={storage.status === 'ok' ? 'done' : 'failed'} />{' '}
          {storage.status === 'ok'
            ? 'The database is writable.'
            : (storage.error?.message ?? 'The database is not writable.')}
        </p>
        {queue === undefined ? null : (
          <p>
            <span className="row-dot" data-status={queue.status === 'ok' ? 'done' : 'failed'} />{' '}
            {queue.status === 'ok'
              ? 'Redis carries hints and live text between processes.'
              : (queue.error?.message ?? 'Redis cannot be used.')}
          </p>
        )}
      </section>
      <section className="section" aria-labelledby="kept">
        <h2 id="kept">Retention</h2>
        <Table name="Retention" columns={['Data', 'Kept for', 'Setting']} folds>
          {classes.map(({ name, days, setting }) => (
            <tr key={name}>
              <th scope="row">{textOf(name)}</th>
              <td className="figure">{daysText(name, days)}</td>
              <td className="mono">{setting ?? ''}</td>
            </tr>
          ))}
        </Table>
        <p className="quiet">
          Documents, workflows, versions, policies, budgets and the audit log are kept until they are deleted. Heddle
          marks expired data a day before it deletes it, and removes the mark if the clock is set back.
        </p>
      </section>
      <section className="section" aria-labelledby="sweep">
        <h2 id="sweep">Last sweep</h2>
        <p>
          {lastSweep === undefined
            ? 'None since the server started.'
            : lastSweep.skipped === 'clock'
              ? `${formatAgo(lastSweep.at, now)}: nothing was removed, because the clock of this machine may be wrong.`
              : `${formatAgo(lastSweep.at, now)}: ${removed.length === 0 ? 'nothing had expired' : `removed ${removed.map(([name, count]) => `${count} ${name}`).join(', ')}`}.`}
        </p>
        {lastSweep?.error === undefined ? null : <p className="field-error">{lastSweep.error.message}</p>}
      </section>
    </>
  );
}

/** The display name of a kind of data. Contents of the audit log have a label too: `contents, internal`. */
function textOf(name: string): string {
  const [kind, level] = name.split(', ');
  return kind === 'contents' && level !== undefined
    ? `Prompts and answers of the audit log, ${level}`
    : (labels[name] ?? name);
}

function daysText(name: string, days: number | undefined): string {
  if (days === undefined) return name === 'values' ? 'As long as the run' : 'Forever';
  if (days === 0) return 'Not at all';
  return days === 1 ? '1 day' : `${days} days`;
}
