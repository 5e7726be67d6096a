import type { ReactElement, ReactNode } from 'react';
import { Composer } from './Composer.js';
import { Messages } from './Messages.js';
import type { Chat } from './types.js';
import { ChatProvider } from './use-chat.js';

/**
 * A whole chat: the messages with the message field below them, or the children if there are any. It fills the height of its container.
 *
 * @example <ChatView chat={chat} theme="dark" />
 */
export function ChatView({
  chat,
  theme,
  empty = <p className="greeting">Write a message to start.</p>,
  children,
}: {
  readonly chat: Chat;
  /** Default: the setting of the user's system. */
  readonly theme?: 'light' | 'dark' | undefined;
  /** Shown before the first message. */
  readonly empty?: ReactNode;
  readonly children?: ReactNode;
}): ReactElement {
  return (
    <div className="heddle-chat" data-theme={theme}>
      <ChatProvider chat={chat}>
        {children ?? (
          <>
            <Messages empty={empty} />
            <div className="below">
              <Composer />
              <p className="note-line small-quiet">Answers are written by an AI system and can be wrong.</p>
            </div>
          </>
        )}
      </ChatProvider>
    </div>
  );
}
