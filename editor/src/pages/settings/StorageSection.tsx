import type { ReactElement } from 'react';
import { portfolio } from '../../api/portfolio.js';
import { formatAgo } from '../../format/format-time.js';
import { Notice } from '../../frame/Notice.js';
import { useNow } from '../../run/use-now.js';
import { useLoaded } from '../home/use-loaded.js';
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
  const { value: health, error, again } = useLoaded(portfolio.health);
  const now = useNow(false);
  if (health === undefined)
    return error === undefined ? (
      <p className="quiet">Loading…</p>
    ) : (
      <Notice error={error} action={{ name: 'Try again', run: again }} />
    );
  const { classes, lastSweep } = health.retention;
  const removed = Object.entries(lastSweep?.removed ?? {}).filter(([, count]) => count > 0);
  return (
    <>
      <ClockNotice clock={health.clock} onConfirmed={again} />
      <section className="section" aria-labelledby="store">
        <h2 id="store">Storage</h2>
        <p>
          <span className="row-dot" data-status={health.storage.status === 'ok' ? 'done' : 'failed'} />{' '}
          {health.storage.status === 'ok'
            ? 'The database can be written.'
            : (health.storage.error?.message ?? 'The database cannot be written.')}
        </p>
      </section>
      <section className="section" aria-labelledby="kept">
        <h2 id="kept">How long things are kept</h2>
        <div className="table-frame" tabIndex={0} role="region" aria-label="How long things are kept">
          <table className="table">
            <thead>
              <tr>
                <th scope="col">What</th>
                <th scope="col">Kept for</th>
                <th scope="col">Setting</th>
              </tr>
            </thead>
            <tbody>
              {classes.map(({ name, days, setting }) => (
                <tr key={name}>
                  <th scope="row">{wordsOf(name)}</th>
                  <td className="figure">{daysWords(name, days)}</td>
                  <td className="mono">{setting ?? ''}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
        <p className="quiet">
          Documents, workflows, versions, policies, budgets and the audit record are kept until somebody deletes them.
          What is removed for its age is marked a day before; the mark is lifted where the clock goes back.
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
