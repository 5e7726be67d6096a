import type { ReactElement } from 'react';
import { ChatComposer } from '../../ui/chat/ChatComposer.js';
import { useChat } from './use-chat.js';

/** The message field of a chat. While an answer streams, its button stops the answer. */
export function Composer({
  isFirst = false,
}: {
  /** Whether the field takes the focus when it appears. */
  readonly isFirst?: boolean | undefined;
}): ReactElement {
  const { chat, isBusy } = useChat();
  return (
    <ChatComposer
      isBusy={isBusy}
      isFirst={isFirst}
      files={chat.ports.files}
      onSend={(text, files) => {
        chat.send(text, files);
        return true;
      }}
      onStop={() => chat.stop()}
    />
  );
}
