import { MonitorSmartphone } from 'lucide-react';
import type { ReactElement } from 'react';
import { useMe } from '../../../data/access/me-store.js';
import { client } from '../../../data/api/client.js';
import { useGet } from '../../../data/queries/use-get.js';
import { formatAgo } from '../../../ui/format/format-time.js';
import { EmptyState } from '../../../ui/states/EmptyState.js';
import { Notice } from '../../../ui/states/Notice.js';
import { ListRow } from '../../../ui/tables/ListRow.js';
import { RowButton } from '../../../ui/buttons/RowButton.js';
import { useNow } from '../../../ui/format/use-now.js';
import { useAction } from '../../../data/queries/use-action.js';
import { browserText } from './browser-text.js';

/** The user's sessions, each with a button to sign out. */
export function SessionsSection(): ReactElement {
  const me = useMe();
  if (me === undefined) return <p className="quiet">Loading sessions…</p>;
  if (me.principal?.kind !== 'user')
    return (
      <EmptyState Icon={MonitorSmartphone}>
        You work as the local user of this machine, without signing in, so there are no sessions.
      </EmptyState>
    );
  return <Sessions />;
}

function Sessions(): ReactElement {
  const { value: sessions, error, again } = useGet('/api/auth/sessions', {}, ({ sessions }) => sessions);
  const action = useAction();
  const now = useNow(false);
  const end = (work: () => Promise<void>): void =>
    action.run(async () => {
      await work();
      again();
    });
  return (
    <>
      <div className="section-bar">
        <p className="quiet">A session ends when it is not used, and gets a new secret for every hour of use.</p>
        <button
          type="button"
          className="button"
          disabled={action.isBusy || sessions === undefined || sessions.length < 2}
          onClick={() => end(() => client.DELETE('/api/auth/sessions', { params: { query: { others: 'true' } } }))}
        >
          Sign out everywhere else
        </button>
      </div>
      {[error, action.error].map((problem, index) =>
        problem === undefined ? null : <Notice key={index} error={problem} />,
      )}
      {sessions === undefined ? null : (
        <ul className="rows">
          {sessions.map(({ id, agent, createdAt, seenAt, isCurrent }) => (
            <ListRow
              key={id}
              hint={agent}
              title={
                <>
                  {browserText(agent)} {isCurrent ? <span className="badge">This browser</span> : null}
                </>
              }
              facts={`Last used ${formatAgo(seenAt, now)} · signed in ${new Date(createdAt).toLocaleString()}`}
            >
              {isCurrent ? null : (
                <RowButton
                  title="Sign out"
                  what={browserText(agent)}
                  isOff={action.isBusy}
                  run={() => end(() => client.DELETE('/api/auth/sessions/{id}', { params: { path: { id } } }))}
                />
              )}
            </ListRow>
          ))}
        </ul>
      )}
    </>
  );
}
