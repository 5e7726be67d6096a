import clsx from 'clsx';
import { Sparkles } from 'lucide-react';
import { useCallback, useState, type ReactElement } from 'react';
import { client } from '../../data/api/client.js';
import { useLoaded } from '../../data/queries/use-loaded.js';
import { ChatComposer } from '../../ui/chat/ChatComposer.js';
import { ChatLog } from '../../ui/chat/ChatLog.js';
import { ComboboxField } from '../../ui/fields/ComboboxField.js';
import { buildPath, navigate } from '../../ui/navigation/route.js';
import { useTitle } from '../../ui/navigation/use-title.js';
import { Markdown } from '../../ui/markdown/Markdown.js';
import { Notice } from '../../ui/states/Notice.js';
import { IfMay } from '../../ui/states/IfMay.js';
import { useModelItems } from '../models/index.js';
import { ProposalReview } from './ProposalReview.js';
import { useBuildChat, type ChatExchange } from './use-build-chat.js';
import styles from './building.module.css';

const modelKey = 'heddle-build-model';

/** The page on which a model builds a workflow from a description. The chat is on one side, the draft and its changes on the other. */
export function BuildPage({
  workflow,
  proposal: id,
}: {
  readonly workflow: string | undefined;
  readonly proposal: string | undefined;
}): ReactElement {
  const load = useCallback(
    (signal: AbortSignal) =>
      id === undefined
        ? Promise.resolve(undefined)
        : client.GET('/api/proposals/{id}', { params: { path: { id } }, signal }),
    [id],
  );
  const { value: proposal, error, again } = useLoaded(load);
  const chat = useBuildChat({ workflow, proposal: id, run: proposal?.run }, again);
  const [model, setModel] = useState(() => localStorage.getItem(modelKey) ?? '');
  useTitle(['Build with a model']);
  const send = async (text: string): Promise<boolean> => {
    const made = await chat.send(text, model);
    if (made === undefined) return false;
    localStorage.setItem(modelKey, model);
    navigate(buildPath({ workflow, proposal: made }));
    return true;
  };
  const isDecided = proposal !== undefined && (proposal.state === 'accepted' || proposal.state === 'rejected');
  return (
    <main className="workflow-page">
      <header className="topbar aligned">
        <Sparkles size={16} aria-hidden />
        <h1 className="topbar-name truncate">Build with a model</h1>
      </header>
      <div className={styles['build']}>
        <section className={styles['build-chat']} aria-label="Chat">
          <ModelChoice model={model} onChange={setModel} />
          <ChatLog newest={chat.exchanges.at(-1)?.runId} oldest={chat.exchanges[0]?.runId}>
            {chat.exchanges.length === 0 ? <Invitation isChange={workflow !== undefined} /> : null}
            {chat.exchanges.map((exchange) => (
              <Exchange key={exchange.runId} exchange={exchange} />
            ))}
          </ChatLog>
          <div className="stack gap-8">
            {chat.error === undefined ? null : <Notice error={chat.error} />}
            <IfMay permission="workflow:build" otherwise={<p className="quiet">You may not edit workflows here.</p>}>
              {isDecided ? (
                <p className="quiet">This proposal has been decided. Start a new chat to continue.</p>
              ) : (
                <ChatComposer isFirst isBusy={chat.isWorking} onSend={send} onStop={chat.stop} />
              )}
            </IfMay>
          </div>
        </section>
        <section className={styles['build-draft']} aria-label="Proposed draft">
          {error === undefined ? null : <Notice error={error} action={{ name: 'Retry', run: again }} />}
          {proposal === undefined ? (
            <p className="quiet">
              The draft appears here while the model works, with what changes and where its data goes. Nothing is saved
              until you accept it.
            </p>
          ) : (
            <ProposalReview proposal={proposal} again={again} />
          )}
        </section>
      </div>
    </main>
  );
}

function ModelChoice({
  model,
  onChange,
}: {
  readonly model: string;
  readonly onChange: (model: string) => void;
}): ReactElement {
  const items = useModelItems('generate');
  return (
    <ComboboxField
      title="Model"
      value={model}
      items={items}
      empty="No model has this name. For a model of a connection, enter connection/model."
      help="The model must be able to call tools. What it reads, up to its clearance, is sent to its provider."
      onChange={onChange}
    />
  );
}

function Invitation({ isChange }: { readonly isChange: boolean }): ReactElement {
  return (
    <p className="quiet">
      {isChange
        ? 'Describe the change that you need. The model works on a copy of the draft.'
        : 'Describe what you need, for example: answer questions about our handbook with sources, and ask a person when nothing is found.'}
    </p>
  );
}

function Exchange({
  exchange: { message, text, steps, state, error },
}: {
  readonly exchange: ChatExchange;
}): ReactElement {
  return (
    <article className={clsx(styles['build-exchange'], 'stack')}>
      <p className="chat-question">{message}</p>
      {steps.length === 0 ? null : (
        <ol className={clsx(styles['build-steps'], 'quiet')} aria-label="Steps">
          {steps.map((step, index) => (
            <li key={index}>
              {step.title}
              {step.error === undefined ? null : <span>: {step.error}</span>}
            </li>
          ))}
        </ol>
      )}
      <div className="chat-answer" aria-busy={state === 'working'}>
        {text === '' ? null : <Markdown text={text} />}
        {state === 'working' ? (
          <p className="quiet" role="status">
            Works…
          </p>
        ) : null}
        {state === 'cancelled' ? <p className="quiet">Stopped.</p> : null}
        {state === 'failed' ? (
          <p className="failure" role="alert">
            {error ?? 'The run failed.'}
          </p>
        ) : null}
      </div>
    </article>
  );
}
