import { configOf, WebhookConfig, type CreatedWebhookReply, type WebhookReply } from '@heddle/core';
import { Send } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import { useMay } from '../../../data/access/me-store.js';
import { client } from '../../../data/api/client.js';
import { useGet } from '../../../data/queries/use-get.js';
import { RowButton } from '../../../ui/buttons/RowButton.js';
import { Confirm } from '../../../ui/dialogs/Confirm.js';
import { useAction } from '../../../data/queries/use-action.js';
import { Code } from '../Code.js';
import { DeliveryTable } from './DeliveryTable.js';
import { Disclosure } from '../Disclosure.js';
import { ChannelList } from '../ChannelList.js';
import { checkSnippet } from '../hooks/hook-text.js';
import { SecretShown } from '../SecretShown.js';
import { TriggerCard, TriggerFacts } from '../TriggerCard.js';
import type { TriggerNews } from '../use-trigger-states.js';
import { WebhookDialog } from './WebhookDialog.js';
import { eventLabels } from './webhook-text.js';
import { offerUndo } from '../../../ui/states/undo-store.js';
import styles from '../triggers.module.css';

interface Open {
  readonly action: 'new' | 'change' | 'secret' | 'delete';
  readonly webhook: WebhookReply | undefined;
}

/** The outgoing webhooks of a workflow. */
export function WebhooksSection({
  workflow,
  news,
}: {
  readonly workflow: string;
  readonly news: TriggerNews;
}): ReactElement {
  const mayChange = useMay('workflow:publish');
  const webhooks = useGet(
    '/api/workflows/{id}/webhooks',
    { params: { path: { id: workflow } } },
    ({ webhooks }) => webhooks,
  );
  const [open, setOpen] = useState<Open>();
  const [shown, setShown] = useState<{ readonly name: string; readonly secret: string }>();
  const action = useAction();
  const close = (): void => setOpen(undefined);
  const pause = (webhook: WebhookReply): void =>
    action.run(async () => {
      const config = { ...configOf(WebhookConfig, webhook), isPaused: !webhook.isPaused };
      await client.PUT('/api/workflows/{id}/webhooks/{webhook}', {
        params: { path: { id: workflow, webhook: webhook.id } },
        body: config,
      });
      webhooks.again();
    });
  const created = ({ name, secret }: CreatedWebhookReply): void => {
    close();
    webhooks.again();
    setShown({ name, secret });
  };
  const { webhook } = open ?? {};
  return (
    <>
      <ChannelList
        title="Outgoing webhooks"
        lead="Sends a signed message to another program when a run of the live version ends or needs human input. Failed messages are retried for a day and a half."
        Icon={Send}
        empty="No outgoing webhooks yet. Create one for a program that waits for results, such as a CRM or a chat: it gets a signed message when a run is done, fails or needs human input."
        add="New webhook"
        channels={webhooks}
        mayAdd={mayChange}
        error={action.error}
        onAdd={() => setOpen({ action: 'new', webhook: undefined })}
      >
        {(one) => (
          <TriggerCard
            key={one.id}
            name={one.name}
            state={one.isPaused ? 'Paused: messages wait' : 'Active'}
            tone={one.isPaused ? 'resting' : 'on'}
            actions={
              mayChange ? (
                <>
                  <RowButton title="Edit" what={one.name} run={() => setOpen({ action: 'change', webhook: one })} />
                  <RowButton title={one.isPaused ? 'Resume' : 'Pause'} what={one.name} run={() => pause(one)} />
                  <RowButton
                    title="New secret"
                    what={`of ${one.name}`}
                    run={() => setOpen({ action: 'secret', webhook: one })}
                  />
                  <RowButton
                    title="Delete"
                    what={one.name}
                    isDanger
                    run={() => setOpen({ action: 'delete', webhook: one })}
                  />
                </>
              ) : null
            }
          >
            <TriggerFacts
              facts={[
                ['Address', <code key="url">{one.url}</code>],
                ['Events', one.events.map((event) => eventLabels[event]).join(', ')],
                ['Clearance', one.clearance],
              ]}
            />
            <Disclosure title="Deliveries" what={one.name}>
              {() => (
                <DeliveryTable
                  workflow={workflow}
                  webhook={one.id}
                  name={one.name}
                  news={news.channels.get(one.id) ?? 0}
                  maySend={mayChange}
                />
              )}
            </Disclosure>
            <Disclosure title="How to verify the signature" what={one.name}>
              {() => (
                <div className={styles['trigger-help']}>
                  <p>
                    Messages are signed by Standard Webhooks: <code className="mono">webhook-signature</code> is an
                    HMAC-SHA256 of <code className="mono">webhook-id</code>,{' '}
                    <code className="mono">webhook-timestamp</code> and the body.
                  </p>
                  <Code title={`the code that verifies messages of ${one.name}`} text={checkSnippet} />
                </div>
              )}
            </Disclosure>
          </TriggerCard>
        )}
      </ChannelList>
      {open?.action === 'new' || open?.action === 'change' ? (
        <WebhookDialog
          workflow={workflow}
          webhook={webhook}
          onCreated={created}
          onChanged={webhooks.again}
          onClose={close}
        />
      ) : null}
      {open?.action === 'secret' && webhook !== undefined ? (
        <Confirm
          title={`Replace the secret of ${webhook.name}?`}
          verb="Create secret"
          onClose={close}
          onConfirm={async () => {
            const { secret } = await client.POST('/api/workflows/{id}/webhooks/{webhook}/secret', {
              params: { path: { id: workflow, webhook: webhook.id } },
              body: {},
            });
            setShown({ name: webhook.name, secret });
            setOpen(undefined);
          }}
        >
          <p>All messages from then on, including retried ones, are signed with the new secret.</p>
        </Confirm>
      ) : null}
      {open?.action === 'delete' && webhook !== undefined ? (
        <Confirm
          title={`Delete ${webhook.name}?`}
          verb="Delete webhook"
          onClose={close}
          onConfirm={async () => {
            const params = { path: { id: workflow, webhook: webhook.id } };
            await client.DELETE('/api/workflows/{id}/webhooks/{webhook}', {
              params: { ...params, query: { undo: 'true' } },
            });
            webhooks.again();
            setOpen(undefined);
            offerUndo({
              what: `the webhook “${webhook.name}”`,
              restore: () => client.POST('/api/workflows/{id}/webhooks/{webhook}/restore', { params }),
              onRestored: webhooks.again,
            });
          }}
        >
          <p>Waiting messages are not sent. Pause the webhook to keep them waiting.</p>
        </Confirm>
      ) : null}
      {shown === undefined ? null : (
        <SecretShown title={shown.name} secret={shown.secret} onClose={() => setShown(undefined)}>
          <Code title="the code that verifies messages" text={checkSnippet} />
        </SecretShown>
      )}
    </>
  );
}
