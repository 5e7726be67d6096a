import type { HealthReply } from '@heddle/core';
import type { ReactElement } from 'react';
import { portfolio } from '../../api/portfolio.js';
import { formatAgo } from '../../format/format-time.js';
import { Table } from '../../kit/Table.js';
import { useNow } from '../../run/use-now.js';
import { useLoaded } from '../home/use-loaded.js';
import { WhenLoaded } from '../WhenLoaded.js';
import { ClockNotice } from './ClockNotice.js';

const words: Readonly<Record<string, string>> = {
  streams: 'Text that was streamed by nodes that have ended',
  values: 'Inputs and results of runs',
  runs: 'Runs in the list',
  jobs: 'Ingests and downloads in the list',
  files: 'Stored files that no workflow and no run names',
  conversations: 'Conversations, after their last turn',
};

/** What is kept, for how long, and what the last sweep removed. */
export function StorageSection(): ReactElement {
  const health = useLoaded(portfolio.health);
  return (
    <WhenLoaded loaded={health}>
      {({ clock, storage, retention }) => (
        <>
          <ClockNotice clock={clock} onConfirmed={health.again} />
          <Kept storage={storage} {...retention} />
        </>
      )}
    </WhenLoaded>
  );
}

function Kept({ storage, classes, lastSweep }: Pick<HealthReply, 'storage'> & HealthReply['retention']): ReactElement {
  const now = useNow(false);
  const removed = Object.entries(lastSweep?.removed ?? {}).filter(([, count]) => count > 0);
  return (
    <>
      <section className="section" aria-labelledby="store">
        <h2 id="store">Storage</h2>
        <p>
          <span className="row-dot" data-status={storage.status === 'ok' ? 'done' : 'failed'} />{' '}
          {storage.status === 'ok'
            ? 'The database can be written.'
            : (storage.error?.message ?? 'The database cannot be written.')}
        </p>
      </section>
      <section className="section" aria-labelledby="kept">
        <h2 id="kept">How long things are kept</h2>
        <Table name="How long things are kept" columns={['What', 'Kept for', 'Setting']}>
          {classes.map(({ name, days, setting }) => (
            <tr key={name}>
              <th scope="row">{wordsOf(name)}</th>
              <td className="figure">{daysWords(name, days)}</td>
              <td className="mono">{setting ?? ''}</td>
            </tr>
          ))}
        </Table>
        <p className="quiet">
          Documents, workflows, versions, policies, budgets and the audit record are kept until somebody deletes them.
          Heddle marks what it will delete for its age a day before, and lifts the mark if the clock is set back.
        </p>
      </section>
      <section className="section" aria-labelledby="sweep">
        <h2 id="sweep">Last sweep</h2>
        <p>
          {lastSweep === undefined
            ? 'There was none since the server started.'
            : lastSweep.skipped === 'clock'
              ? `${formatAgo(lastSweep.at, now)}: nothing was removed, because the clock of this machine is in doubt.`
              : `${formatAgo(lastSweep.at, now)}: ${removed.length === 0 ? 'nothing was old enough' : `removed ${removed.map(([name, count]) => `${count} ${name}`).join(', ')}`}.`}
        </p>
        {lastSweep?.error === undefined ? null : <p className="field-error">{lastSweep.error.message}</p>}
      </section>
    </>
  );
}

/** Contents are kept by their label: `contents, internal`. */
function wordsOf(name: string): string {
  const [kind, level] = name.split(', ');
  return kind === 'contents' && level !== undefined
    ? `Prompts and answers beside the audit record, ${level}`
    : (words[name] ?? name);
}

function daysWords(name: string, days: number | undefined): string {
  if (days === undefined) return name === 'values' ? 'As long as the run' : 'For ever';
  if (days === 0) return 'Not at all';
  return days === 1 ? '1 day' : `${days} days`;
}
