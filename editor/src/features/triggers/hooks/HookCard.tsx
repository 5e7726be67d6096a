import type { HookReply, PortDescription } from '@heddle/core';
import { useCallback, type ReactElement } from 'react';
import { client } from '../../../data/api/client.js';
import { CopyText } from '../../../ui/buttons/CopyText.js';
import { RowButton } from '../../../ui/buttons/RowButton.js';
import { ArrivalTable } from '../ArrivalTable.js';
import { Code } from '../Code.js';
import { Disclosure } from '../Disclosure.js';
import { addressOf, exampleBody, schemeChoices, schemeHelp, sendSnippet } from './hook-text.js';
import { Templates } from '../Templates.js';
import { TriggerCard, TriggerFacts, TriggerProblems } from '../TriggerCard.js';
import { useLoadedAnew } from '../../../data/queries/use-loaded-anew.js';
import styles from '../triggers.module.css';

export type HookAction = 'try' | 'change' | 'pause' | 'secret' | 'delete';

/** An incoming webhook. */
export function HookCard({
  workflow,
  hook,
  ports,
  news,
  mayChange,
  onAction,
}: {
  readonly workflow: string;
  readonly hook: HookReply;
  readonly ports: readonly PortDescription[];
  readonly news: number;
  readonly mayChange: boolean;
  readonly onAction: (action: HookAction) => void;
}): ReactElement {
  const { name, scheme, inputs, isPaused, problems } = hook;
  const address = addressOf(hook);
  return (
    <TriggerCard
      name={name}
      state={isPaused ? 'Paused' : problems.length > 0 ? 'Starts no runs' : 'Active'}
      tone={isPaused ? 'resting' : problems.length > 0 ? 'bad' : 'on'}
      actions={
        mayChange ? (
          <>
            <RowButton title="Try" what={name} isOff={isPaused} run={() => onAction('try')} />
            <RowButton title="Edit" what={name} run={() => onAction('change')} />
            <RowButton title={isPaused ? 'Resume' : 'Pause'} what={name} run={() => onAction('pause')} />
            <RowButton title="New secret" what={`of ${name}`} run={() => onAction('secret')} />
            <RowButton title="Delete" what={name} isDanger run={() => onAction('delete')} />
          </>
        ) : null
      }
    >
      <TriggerProblems problems={problems} />
      <CopyText text={address} what={`the address of ${name}`} />
      <TriggerFacts
        facts={[
          ['Signature', schemeChoices.find(([id]) => id === scheme)?.[1] ?? scheme],
          [
            'Inputs',
            inputs === undefined ? (
              'fields of the body with the same names'
            ) : (
              <Templates key="inputs" inputs={inputs} />
            ),
          ],
          ['Limit', `${hook.ratePerMinute.toLocaleString('en')} messages per minute`],
        ]}
      />
      <Disclosure title="Last messages" what={name}>
        {() => <Arrivals workflow={workflow} hook={hook} news={news} />}
      </Disclosure>
      <Disclosure title="How to sign" what={name}>
        {() => (
          <div className={styles['trigger-help']}>
            <p>{schemeHelp[scheme]} The signature is an HMAC-SHA256 with the secret.</p>
            {scheme === 'standard' ? (
              <Code title={`the code that sends to ${name}`} text={sendSnippet(address, exampleBody(inputs, ports))} />
            ) : (
              <p className="quiet">
                Enter the address and the secret in the settings of the sender, which then signs by itself.
              </p>
            )}
          </div>
        )}
      </Disclosure>
    </TriggerCard>
  );
}

function Arrivals({
  workflow,
  hook: { id, name },
  news,
}: {
  readonly workflow: string;
  readonly hook: HookReply;
  readonly news: number;
}): ReactElement {
  const load = useCallback(
    (signal: AbortSignal) =>
      client
        .GET('/api/workflows/{id}/hooks/{hook}/arrivals', { params: { path: { id: workflow, hook: id } }, signal })
        .then(({ arrivals }) => arrivals),
    [workflow, id],
  );
  const arrivals = useLoadedAnew(load, news);
  return (
    <ArrivalTable
      arrivals={arrivals}
      title={`Messages of ${name}`}
      empty="No messages yet. Try the webhook, or send a message from its sender."
      what={{ head: 'Message', text: (key) => (key === '' ? 'not verified' : key) }}
    />
  );
}
