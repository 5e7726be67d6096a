import type { AlertChannelReply } from '@heddle/core';
import { Plus } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import { client } from '../../data/api/client.js';
import { useAction } from '../../data/queries/use-action.js';
import type { Loaded } from '../../data/queries/use-loaded.js';
import { Confirm } from '../../ui/dialogs/Confirm.js';
import { Notice } from '../../ui/states/Notice.js';
import { LoadedTable } from '../../ui/tables/LoadedTable.js';
import { ChannelDialog } from './ChannelDialog.js';
import { RemoveButton } from '../../ui/buttons/RemoveButton.js';

const kinds: Readonly<Record<AlertChannelReply['kind'], string>> = {
  webhook: 'Webhook',
  slack: 'Slack',
  email: 'E-mail',
};

/** The channels of alerts, each with a button that sends a test message. */
export function Channels({ loaded }: { readonly loaded: Loaded<readonly AlertChannelReply[]> }): ReactElement {
  const [isAdding, setAdding] = useState(false);
  const [removed, setRemoved] = useState<AlertChannelReply>();
  const [tested, setTested] = useState<Readonly<Record<string, string>>>({});
  const test = useAction();
  const runTest = (id: string): void =>
    test.run(async () => {
      const { isSent, error } = await client.POST('/api/alert-channels/{id}/test', { params: { path: { id } } });
      setTested((before) => ({
        ...before,
        [id]: isSent ? 'The test message was accepted.' : (error ?? 'The test message was not accepted.'),
      }));
      loaded.again();
    });
  return (
    <section className="section" aria-labelledby="channels">
      <h2 id="channels">Channels</h2>
      {test.error === undefined ? null : <Notice error={test.error} />}
      <LoadedTable
        name="Channels"
        loaded={loaded}
        empty="No channels yet. A channel is a webhook, a Slack hook or a mailbox that alerts are sent to."
        columns={['Name', 'Kind', 'Goes to', 'Last message']}
      >
        {(channel) => (
          <tr key={channel.id}>
            <th scope="row">{channel.name}</th>
            <td>{kinds[channel.kind]}</td>
            <td>
              <span className="error-message">{channel.destination}</span>
            </td>
            <td>
              <span role="status">
                {tested[channel.id] ??
                  (channel.last === undefined ? 'None' : (channel.last.error ?? channel.last.status))}
              </span>
            </td>
            <td className="cell-menu">
              <button
                type="button"
                className="button button-small"
                disabled={test.isBusy}
                aria-label={`Send a test to ${channel.name}`}
                onClick={() => runTest(channel.id)}
              >
                Test
              </button>
              <RemoveButton label={`Remove ${channel.name}`} onClick={() => setRemoved(channel)} />
            </td>
          </tr>
        )}
      </LoadedTable>
      <button type="button" className="button sheet-add" onClick={() => setAdding(true)}>
        <Plus size={15} aria-hidden /> Add channel
      </button>
      {isAdding ? <ChannelDialog onClose={() => setAdding(false)} onSaved={loaded.again} /> : null}
      {removed === undefined ? null : (
        <Confirm
          title={`Remove ${removed.name}?`}
          verb="Remove channel"
          onClose={() => setRemoved(undefined)}
          onConfirm={async () => {
            await client.DELETE('/api/alert-channels/{id}', { params: { path: { id: removed.id } } });
            loaded.again();
            setRemoved(undefined);
          }}
        >
          <p>Alerts are no longer sent there. The alerts themselves stay. This cannot be undone.</p>
        </Confirm>
      )}
    </section>
  );
}
