import type { SharedPage } from '@heddle/core';
import type { ReactElement } from 'react';
import { ChatProvider, Composer, Messages, type Chat } from '../chat-kit/index.js';

/** A conversation with a shared workflow. */
export function ShareChat({ page, chat }: { readonly page: SharedPage; readonly chat: Chat }): ReactElement {
  return (
    <ChatProvider chat={chat}>
      <Messages empty={<Start page={page} onAsk={(text) => chat.send(text)} />} />
      <div className="below">
        <Composer />
        <p className="note-line small-quiet">Answers are written by an AI system and can be wrong.</p>
      </div>
    </ChatProvider>
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
