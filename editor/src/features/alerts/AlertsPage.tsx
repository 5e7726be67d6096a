import type { AlertChannelReply, AlertReply } from '@heddle/core';
import { BellRing, Plus } from 'lucide-react';
import { useCallback, useState, type ReactElement } from 'react';
import { useKnownMay } from '../../data/access/me-store.js';
import { client } from '../../data/api/client.js';
import { useReloadInterval } from '../../data/queries/use-reload-interval.js';
import { useGet } from '../../data/queries/use-get.js';
import { useLoaded } from '../../data/queries/use-loaded.js';
import { useWorkflows } from '../../data/queries/use-workflows.js';
import { useTitle } from '../../ui/navigation/use-title.js';
import { IfMay } from '../../ui/states/IfMay.js';
import { EmptyState } from '../../ui/states/EmptyState.js';
import { PageLayout } from '../../ui/states/PageLayout.js';
import { WhenLoaded } from '../../ui/states/WhenLoaded.js';
import { Confirm } from '../../ui/dialogs/Confirm.js';
import { AlertDialog } from './AlertDialog.js';
import { AlertRow } from './AlertRow.js';
import { Channels } from './Channels.js';

const everyMs = 15_000;
const noChannels = (): Promise<readonly AlertChannelReply[]> => Promise.resolve([]);
const readChannels = (signal: AbortSignal): Promise<readonly AlertChannelReply[]> =>
  client.GET('/api/alert-channels', { signal }).then(({ channels }) => channels);

/** The alerts of the project and their channels. `shown` is the alert in the address; its history is open. */
export function AlertsPage({
  shown,
  tabs,
}: {
  readonly shown: string | undefined;
  readonly tabs: ReactElement;
}): ReactElement {
  useTitle(['Alerts', 'Dashboard']);
  const loaded = useGet('/api/alerts', {}, ({ alerts }) => alerts);
  useReloadInterval(loaded.again, everyMs);
  const mayChange = useKnownMay('workflow:publish') === true;
  const channels = useLoaded(mayChange ? readChannels : noChannels);
  const workflows = useWorkflows();
  const [edited, setEdited] = useState<AlertReply | 'new'>();
  const [removed, setRemoved] = useState<AlertReply>();
  const nameOfChannel = useCallback(
    (id: string) => channels.value?.find((channel) => channel.id === id)?.name ?? id,
    [channels.value],
  );
  const add = (
    <IfMay permission="workflow:publish">
      <button type="button" className="button button-primary" onClick={() => setEdited('new')}>
        <Plus size={15} aria-hidden /> New alert
      </button>
    </IfMay>
  );
  return (
    <PageLayout title="Alerts" actions={loaded.value === undefined || loaded.value.length === 0 ? undefined : add}>
      {tabs}
      <WhenLoaded
        loaded={loaded}
        empty={
          <EmptyState Icon={BellRing} action={add}>
            No alerts yet. An alert watches a figure of the dashboard, such as the share of failed runs, and notifies a
            webhook, a Slack room or a mailbox when the figure passes a limit and when that is over.
          </EmptyState>
        }
      >
        {(alerts) => (
          <ul className="rows">
            {alerts.map((alert) => (
              <AlertRow
                key={alert.id}
                alert={alert}
                isShown={alert.id === shown}
                workflow={alert.filter.workflow === undefined ? undefined : workflows.nameOf(alert.filter.workflow)}
                channelName={nameOfChannel}
                onEdit={() => setEdited(alert)}
                onRemove={() => setRemoved(alert)}
                onChanged={loaded.again}
              />
            ))}
          </ul>
        )}
      </WhenLoaded>
      {mayChange ? <Channels loaded={channels} /> : null}
      {edited === undefined ? null : (
        <AlertDialog
          alert={edited === 'new' ? undefined : edited}
          channels={channels.value ?? []}
          workflows={workflows.choices}
          onClose={() => setEdited(undefined)}
          onSaved={loaded.again}
        />
      )}
      {removed === undefined ? null : (
        <Confirm
          title={`Remove ${removed.name}?`}
          verb="Remove alert"
          onClose={() => setRemoved(undefined)}
          onConfirm={async () => {
            await client.DELETE('/api/alerts/{id}', { params: { path: { id: removed.id } } });
            loaded.again();
            setRemoved(undefined);
          }}
        >
          <p>The figure is no longer watched, and the history of the alert is deleted. This cannot be undone.</p>
        </Confirm>
      )}
    </PageLayout>
  );
}
