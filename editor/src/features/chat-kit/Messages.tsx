import type { ReactElement, ReactNode } from 'react';
import { ChatLog } from '../../ui/chat/ChatLog.js';
import { FieldError } from '../../ui/fields/FieldError.js';
import { TurnView } from './TurnView.js';
import { useChat } from './use-chat.js';

/** The conversation: questions, answers with their sources, and what belongs to them. */
export function Messages({
  empty,
}: {
  /** Shown before the first message. */
  readonly empty?: ReactNode;
}): ReactElement {
  const { turns, hasEarlier, earlierProblem, said, chat } = useChat();
  return (
    <>
      <ChatLog newest={turns.at(-1)?.id} oldest={turns[0]?.id}>
        {turns.length === 0 ? empty : null}
        {hasEarlier ? (
          <button type="button" className="button button-small chat-earlier" onClick={() => chat.showEarlier()}>
            Show earlier messages
          </button>
        ) : null}
        <FieldError text={earlierProblem} />
        {turns.map((turn, index) => (
          <TurnView key={turn.id} turn={turn} isLast={index === turns.length - 1} chat={chat} />
        ))}
      </ChatLog>
      <p className="visually-hidden" role="status">
        {said}
      </p>
    </>
  );
}
