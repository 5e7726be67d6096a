import { configOf, WebhookConfig, type CreatedWebhookReply, type WebhookReply } from '@heddle/core';
import { useCallback, useState, type ReactElement } from 'react';
import { useMay } from '../../access/me-store.js';
import { triggers } from '../../api/triggers.js';
import { RowButton } from '../../kit/RowButton.js';
import { Confirm } from '../Confirm.js';
import { useLoaded } from '../home/use-loaded.js';
import { useAction } from '../use-action.js';
import { Code } from './Code.js';
import { DeliveryTable } from './DeliveryTable.js';
import { Disclosure } from './Disclosure.js';
import { DoorList } from './DoorList.js';
import { checkSnippet } from './hook-words.js';
import { SecretShown } from './SecretShown.js';
import { TriggerCard, TriggerFacts } from './TriggerCard.js';
import type { TriggerNews } from './use-trigger-states.js';
import { WebhookDialog } from './WebhookDialog.js';
import { eventWords } from './webhook-words.js';

interface Open {
  readonly act: 'new' | 'change' | 'secret' | 'delete';
  readonly webhook: WebhookReply | undefined;
}

/** Webhooks that are told of runs of a workflow. */
export function WebhooksSection({
  workflow,
  news,
}: {
  readonly workflow: string;
  readonly news: TriggerNews;
}): ReactElement {
  const mayChange = useMay('workflow:publish');
  const webhooks = useLoaded(useCallback((signal: AbortSignal) => triggers.webhooks(workflow, signal), [workflow]));
  const [open, setOpen] = useState<Open>();
  const [shown, setShown] = useState<{ readonly name: string; readonly secret: string }>();
  const action = useAction();
  const close = (): void => setOpen(undefined);
  const pause = (webhook: WebhookReply): void =>
    action.run(async () => {
      const config = { ...configOf(WebhookConfig, webhook), isPaused: !webhook.isPaused };
      await triggers.changeWebhook(workflow, webhook.id, config);
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
      <DoorList
        title="Webhooks out"
        lead="Another program is told what becomes of runs of the live version: signed, and tried again for a day and a half."
        empty="Nobody is told of runs. Make a webhook for a program that waits for results, such as a CRM or a chat: it gets a signed message when a run is done or failed, or asks a person."
        add="New webhook"
        doors={webhooks}
        mayAdd={mayChange}
        error={action.error}
        onAdd={() => setOpen({ act: 'new', webhook: undefined })}
      >
        {(one) => (
          <TriggerCard
            key={one.id}
            name={one.name}
            state={one.isPaused ? 'Paused: messages wait' : 'Sends'}
            tone={one.isPaused ? 'resting' : 'on'}
            actions={
              mayChange ? (
                <>
                  <RowButton title="Change" what={one.name} run={() => setOpen({ act: 'change', webhook: one })} />
                  <RowButton title={one.isPaused ? 'Resume' : 'Pause'} what={one.name} run={() => pause(one)} />
                  <RowButton
                    title="New secret"
                    what={`of ${one.name}`}
                    run={() => setOpen({ act: 'secret', webhook: one })}
                  />
                  <RowButton
                    title="Delete"
                    what={one.name}
                    isDanger
                    run={() => setOpen({ act: 'delete', webhook: one })}
                  />
                </>
              ) : null
            }
          >
            <TriggerFacts
              facts={[
                ['Address', <code key="url">{one.url}</code>],
                ['When', one.events.map((event) => eventWords[event]).join(', ')],
                ['May hear', `${one.ceiling} at most`],
              ]}
            />
            <Disclosure title="Deliveries" what={one.name}>
              {() => (
                <DeliveryTable
                  workflow={workflow}
                  webhook={one.id}
                  name={one.name}
                  news={news.doors.get(one.id) ?? 0}
                  maySend={mayChange}
                />
              )}
            </Disclosure>
            <Disclosure title="How to check the signature" what={one.name}>
              {() => (
                <div className="trigger-help">
                  <p>
                    Each message is signed by Standard Webhooks: <code className="mono">webhook-signature</code> is an
                    HMAC-SHA256 over <code className="mono">webhook-id</code>,{' '}
                    <code className="mono">webhook-timestamp</code> and the body.
                  </p>
                  <Code title={`the code that checks what ${one.name} is told`} text={checkSnippet} />
                </div>
              )}
            </Disclosure>
          </TriggerCard>
        )}
      </DoorList>
      {open?.act === 'new' || open?.act === 'change' ? (
        <WebhookDialog
          workflow={workflow}
          webhook={webhook}
          onCreated={created}
          onChanged={webhooks.again}
          onClose={close}
        />
      ) : null}
      {open?.act === 'secret' && webhook !== undefined ? (
        <Confirm
          title={`A new secret for ${webhook.name}?`}
          verb="Make a new secret"
          onClose={close}
          onConfirm={async () => {
            const secret = await triggers.changeSecret(workflow, 'webhooks', webhook.id);
            setShown({ name: webhook.name, secret });
            setOpen(undefined);
          }}
        >
          <p>Every message, also one that is tried again, is signed with the new one from then on.</p>
        </Confirm>
      ) : null}
      {open?.act === 'delete' && webhook !== undefined ? (
        <Confirm
          title={`Delete ${webhook.name}?`}
          verb="Delete webhook"
          onClose={close}
          onConfirm={async () => {
            await triggers.remove(workflow, 'webhooks', webhook.id);
            webhooks.again();
            setOpen(undefined);
          }}
        >
          <p>What still waits is not sent any more. To hold it back only, pause the webhook.</p>
        </Confirm>
      ) : null}
      {shown === undefined ? null : (
        <SecretShown title={shown.name} secret={shown.secret} onClose={() => setShown(undefined)}>
          <Code title="the code that checks messages" text={checkSnippet} />
        </SecretShown>
      )}
    </>
  );
}
