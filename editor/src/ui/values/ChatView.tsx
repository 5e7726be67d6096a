import type { Message, MessagePart } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { FileView } from './FileView.js';
import { JsonText } from './JsonText.js';
import { LongText } from './LongText.js';
import { isLikelyMarkdown } from '../markdown/is-likely-markdown.js';
import { Markdown } from '../markdown/Markdown.js';
import { MoreEntries } from './MoreEntries.js';
import { visibleText } from '../markdown/visible-text.js';

const roles: Readonly<Record<Message['role'], string>> = {
  system: 'System',
  user: 'User',
  assistant: 'Assistant',
  tool: 'Tool',
};
const firstMessages = 30;

/** Messages as a conversation, with tool calls. */
export function ChatView({ messages }: { readonly messages: readonly Message[] }): ReactElement {
  const [most, setMost] = useState(firstMessages);
  return (
    <>
      <ol className="chat stack gap-12">
        {messages.slice(0, most).map((message, index) => (
          <li key={index} className="chat-message boxed stack" data-role={message.role}>
            <p className="chat-role small-quiet strong-text">
              {roles[message.role]}
              {message.name === undefined ? null : <span className="quiet mono"> {visibleText(message.name)}</span>}
            </p>
            {partsOf(message).map((part, position) => (
              <Part key={position} part={part} />
            ))}
            {(message.toolCalls ?? []).map((call) => (
              <details key={call.id} className="chat-call">
                <summary>
                  Calls <span className="mono">{visibleText(call.name)}</span>
                </summary>
                <JsonText value={call.arguments} />
              </details>
            ))}
          </li>
        ))}
      </ol>
      <MoreEntries
        shown={most}
        all={messages.length}
        what="messages"
        onMore={() => setMost((before) => before + firstMessages)}
      />
    </>
  );
}

function partsOf({ content }: Message): readonly MessagePart[] {
  return typeof content === 'string' ? (content === '' ? [] : [{ type: 'text', text: content }]) : content;
}

function Part({ part }: { readonly part: MessagePart }): ReactElement {
  if (part.type !== 'text') return <FileView files={[part.file]} />;
  return isLikelyMarkdown(part.text) ? <Markdown text={part.text} /> : <LongText text={part.text} />;
}
