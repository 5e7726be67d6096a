import { configOf, HookConfig, type CreatedHookReply, type HookReply, type PortDescription } from '@heddle/core';
import { Webhook } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import { useMay } from '../../../data/access/me-store.js';
import { client } from '../../../data/api/client.js';
import { useGet } from '../../../data/queries/use-get.js';
import { Confirm } from '../../../ui/dialogs/Confirm.js';
import { useAction } from '../../../data/queries/use-action.js';
import { Code } from '../Code.js';
import { ChannelList } from '../ChannelList.js';
import { HookCard, type HookAction } from './HookCard.js';
import { HookDialog } from './HookDialog.js';
import { addressOf, exampleBody, sendSnippet } from './hook-text.js';
import { SecretShown } from '../SecretShown.js';
import { TryHook } from './TryHook.js';
import type { TriggerNews } from '../use-trigger-states.js';
import { offerUndo } from '../../../ui/states/undo-store.js';

interface Open {
  readonly action: HookAction | 'new';
  readonly hook: HookReply | undefined;
}

/** The incoming webhooks of a workflow. */
export function HooksSection({
  workflow,
  ports,
  news,
}: {
  readonly workflow: string;
  readonly ports: readonly PortDescription[];
  readonly news: TriggerNews;
}): ReactElement {
  const mayChange = useMay('workflow:publish');
  const hooks = useGet('/api/workflows/{id}/hooks', { params: { path: { id: workflow } } }, ({ hooks }) => hooks);
  const [open, setOpen] = useState<Open>();
  const [shown, setShown] = useState<{ readonly hook: HookReply; readonly secret: string }>();
  const action = useAction();
  const close = (): void => setOpen(undefined);
  const begin = (hook: HookReply, what: HookAction): void => {
    if (what !== 'pause') {
      setOpen({ action: what, hook });
      return;
    }
    action.run(async () => {
      await client.PUT('/api/workflows/{id}/hooks/{hook}', {
        params: { path: { id: workflow, hook: hook.id } },
        body: { ...configOf(HookConfig, hook), isPaused: !hook.isPaused },
      });
      hooks.again();
    });
  };
  const created = ({ secret, ...hook }: CreatedHookReply): void => {
    close();
    hooks.again();
    setShown({ hook, secret });
  };
  const { hook } = open ?? {};
  return (
    <>
      <ChannelList
        title="Incoming webhooks"
        lead="A signed message from another program starts a run of the live version."
        Icon={Webhook}
        empty="No incoming webhooks yet. Create one for each sender, such as a shop, GitHub or Stripe: it has an address, and a secret that verifies the sender."
        add="New webhook"
        channels={hooks}
        mayAdd={mayChange}
        error={action.error}
        onAdd={() => setOpen({ action: 'new', hook: undefined })}
      >
        {(one) => (
          <HookCard
            key={one.id}
            workflow={workflow}
            hook={one}
            ports={ports}
            news={news.channels.get(one.id) ?? 0}
            mayChange={mayChange}
            onAction={(what) => begin(one, what)}
          />
        )}
      </ChannelList>
      {open?.action === 'new' || open?.action === 'change' ? (
        <HookDialog
          workflow={workflow}
          hook={hook}
          ports={ports}
          onCreated={created}
          onChanged={hooks.again}
          onClose={close}
        />
      ) : null}
      {open?.action === 'try' && hook !== undefined ? (
        <TryHook workflow={workflow} hook={hook} ports={ports} onClose={close} />
      ) : null}
      {open?.action === 'secret' && hook !== undefined ? (
        <Confirm
          title={`Replace the secret of ${hook.name}?`}
          verb="Create secret"
          onClose={close}
          onConfirm={async () => {
            const { secret } = await client.POST('/api/workflows/{id}/hooks/{hook}/secret', {
              params: { path: { id: workflow, hook: hook.id } },
              body: {},
            });
            setShown({ hook, secret });
            setOpen(undefined);
          }}
        >
          <p>Messages that are signed with the old secret are refused from then on.</p>
        </Confirm>
      ) : null}
      {open?.action === 'delete' && hook !== undefined ? (
        <Confirm
          title={`Delete ${hook.name}?`}
          verb="Delete webhook"
          onClose={close}
          onConfirm={async () => {
            const params = { path: { id: workflow, hook: hook.id } };
            await client.DELETE('/api/workflows/{id}/hooks/{hook}', { params: { ...params, query: { undo: 'true' } } });
            hooks.again();
            setOpen(undefined);
            offerUndo({
              what: `the webhook “${hook.name}”`,
              restore: () => client.POST('/api/workflows/{id}/hooks/{hook}/restore', { params }),
              onRestored: hooks.again,
            });
          }}
        >
          <p>Its address returns 404, and its list of messages is deleted. Runs that it started stay.</p>
        </Confirm>
      ) : null}
      {shown === undefined ? null : (
        <SecretShown
          title={shown.hook.name}
          address={addressOf(shown.hook)}
          secret={shown.secret}
          onClose={() => setShown(undefined)}
        >
          {shown.hook.scheme === 'standard' ? (
            <Code
              title="the code that sends a message"
              text={sendSnippet(addressOf(shown.hook), exampleBody(shown.hook.inputs, ports))}
            />
          ) : null}
        </SecretShown>
      )}
    </>
  );
}
