import type { AlertEvent } from '@heddle/core';
import type { ReactElement } from 'react';
import { useGet } from '../../data/queries/use-get.js';
import { Link } from '../../ui/navigation/Link.js';
import { runPath } from '../../ui/navigation/route.js';
import { WhenLoaded } from '../../ui/states/WhenLoaded.js';
import styles from './alerts.module.css';

const kinds: Readonly<Record<AlertEvent['kind'], string>> = {
  fired: 'Fired',
  'still firing': 'Still firing',
  resolved: 'Resolved',
  test: 'Test',
};

/** The history of an alert, with links to runs. */
export function AlertHistory({
  alert,
  channelName,
}: {
  readonly alert: string;
  readonly channelName: (id: string) => string;
}): ReactElement {
  const loaded = useGet('/api/alerts/{id}/history', { params: { path: { id: alert } } }, ({ events }) => events);
  return (
    <WhenLoaded loaded={loaded} empty="It has not fired yet.">
      {(events) => (
        <ol className={styles['alert-history']}>
          {events.map(({ number, kind, at, text, runs, isSilenced, deliveries }) => (
            <li key={number}>
              <strong>{kinds[kind]}</strong> <span className="quiet">{new Date(at).toLocaleString()}</span>
              <span className="error-message">{text}</span>
              {isSilenced ? <span className="quiet">No one was notified, because the alert was silenced. </span> : null}
              {deliveries.map(({ channel, status, error }) => (
                <span key={channel} className="quiet">
                  {channelName(channel)}: {error ?? status}.{' '}
                </span>
              ))}
              {runs.length === 0 ? null : (
                <span>
                  Runs:{' '}
                  {runs.map((run) => (
                    <Link key={run} href={runPath(run)} className="text-link">
                      {run}
                    </Link>
                  ))}
                </span>
              )}
            </li>
          ))}
        </ol>
      )}
    </WhenLoaded>
  );
}
