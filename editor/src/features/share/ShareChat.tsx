import type { SharedChat, SharedPage } from '@heddle/core';
import { Copy, RotateCcw, type LucideIcon } from 'lucide-react';
import { memo, useMemo, useState, type ReactElement } from 'react';
import { useStore } from 'zustand';
import { ChatComposer } from '../../ui/chat/ChatComposer.js';
import { ChatLog } from '../../ui/chat/ChatLog.js';
import { ChatAnswer, ChatQuestion } from '../../ui/chat/ChatMessages.js';
import { FeedbackBar } from '../../ui/feedback/FeedbackBar.js';
import { isPending, type Conversation } from './conversation.js';
import type { Turn } from './kept.js';
import { SaveFile } from './SaveFile.js';
import { citationsAsShown } from '../../ui/values/read/citations-as-shown.js';
import { useSources } from './use-sources.js';

/** A conversation with a shared workflow. */
export function ShareChat({
  page,
  chat,
  conversation,
}: {
  readonly page: SharedPage;
  readonly chat: SharedChat;
  readonly conversation: Conversation;
}): ReactElement {
  const { turns, said } = useStore(conversation.store);
  const ask = (text: string, files: readonly File[]): boolean => {
    conversation.ask(text, files);
    return true;
  };
  return (
    <>
      <ChatLog count={turns.length}>
        {turns.length === 0 ? <Start page={page} onAsk={(text) => ask(text, [])} /> : null}
        {turns.map((turn, index) => (
          <TurnView key={turn.id} turn={turn} isLast={index === turns.length - 1} conversation={conversation} />
        ))}
      </ChatLog>
      <div className="below">
        <ChatComposer
          isBusy={turns.some(isPending)}
          files={chat.files === undefined ? undefined : { ...chat.files, maxBytes: page.maxFileBytes }}
          onSend={ask}
          onStop={() => conversation.stop()}
        />
        <p className="note-line small-quiet">Answers are written by an AI system and can be wrong.</p>
      </div>
      <p className="visually-hidden" role="status">
        {said}
      </p>
    </>
  );
}

function Start({
  page: { greeting = '', examples },
  onAsk,
}: {
  readonly page: SharedPage;
  readonly onAsk: (text: string) => void;
}): ReactElement {
  return (
    <div className="start stack">
      <p className="greeting">{greeting === '' ? 'Write a message to start.' : greeting}</p>
      {examples.length === 0 ? null : (
        <ul className="wrapped gap-8" aria-label="Examples">
          {examples.map((example) => (
            <li key={example}>
              <button type="button" className="button" onClick={() => onAsk(example)}>
                {example}
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

const states: Partial<Record<Turn['status'], string>> = {
  waiting: 'Waiting for a person. The answer continues automatically after the decision.',
  paused: 'Paused. The answer continues automatically later.',
  stopped: 'Stopped.',
};

const TurnView = memo(function TurnView({
  turn,
  isLast,
  conversation,
}: {
  readonly turn: Turn;
  readonly isLast: boolean;
  readonly conversation: Conversation;
}): ReactElement {
  const { question, files, answer, status, given, runId, error } = turn;
  const sources = useMemo(() => citationsAsShown(answer, turn.sources), [answer, turn.sources]);
  const { mark, list } = useSources(sources);
  const state = states[status];
  return (
    <article className="chat-turn stack">
      <ChatQuestion text={question} files={files} />
      <ChatAnswer text={answer} isWriting={status === 'running'} sources={sources} mark={mark} error={error}>
        {given.map((file) => (
          <SaveFile key={file.id} file={file} read={(id) => conversation.client().file(runId ?? '', id)} />
        ))}
        {list}
        {state === undefined ? null : (
          <p className="state" data-state={status}>
            {state}
          </p>
        )}
      </ChatAnswer>
      {isPending(turn) ? null : <AnswerButtons turn={turn} isLast={isLast} conversation={conversation} />}
    </article>
  );
});

/** Only the last question can be asked again, as later ones build on its answer. */
function AnswerButtons({
  turn,
  isLast,
  conversation,
}: {
  readonly turn: Turn;
  readonly isLast: boolean;
  readonly conversation: Conversation;
}): ReactElement {
  const [copied, setCopied] = useState<string>();
  const isAnswer = turn.status === 'done';
  const copy = (): void =>
    void navigator.clipboard.writeText(turn.answer).then(
      () => setCopied('Copied'),
      () => setCopied('This browser does not allow copying'),
    );
  return (
    <div className="answer-buttons">
      {isAnswer ? <IconButton text={copied ?? 'Copy'} Icon={Copy} onClick={copy} /> : null}
      {isLast ? <IconButton text="Try again" Icon={RotateCcw} onClick={() => conversation.again(turn.id)} /> : null}
      {isAnswer && turn.runId !== undefined ? (
        <FeedbackBar
          said={turn.said}
          answer={turn.answer}
          isBusy={false}
          status={turn.ratingProblem}
          onGive={(said) => conversation.rate(turn, said)}
          onRemove={() => conversation.rate(turn, undefined)}
        />
      ) : null}
    </div>
  );
}

function IconButton({
  text: caption,
  Icon,
  onClick,
}: {
  readonly text: string;
  readonly Icon: LucideIcon;
  readonly onClick: () => void;
}): ReactElement {
  return (
    <button type="button" className="icon-button" data-tip={caption} aria-label={caption} onClick={onClick}>
      <Icon size={17} aria-hidden />
    </button>
  );
}
