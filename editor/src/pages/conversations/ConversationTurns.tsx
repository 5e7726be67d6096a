import type { ConversationReply } from '@heddle/core';
import { useCallback, useState, type ReactElement } from 'react';
import { conversations } from '../../api/conversations.js';
import { toApiError, type ApiError } from '../../api/http.js';
import { Notice } from '../../frame/Notice.js';
import { ChatView } from '../../values/ChatView.js';
import { LabelMark } from '../../values/LabelMark.js';
import { useLoaded } from '../home/use-loaded.js';

/** What was said in a conversation, the newest turns first read, each with its label. */
export function ConversationTurns({ id }: { readonly id: string }): ReactElement {
  const load = useCallback((signal: AbortSignal) => conversations.read(id, undefined, signal), [id]);
  const { value, error, again } = useLoaded(load);
  const [older, setOlder] = useState<readonly ConversationReply[]>([]);
  const [olderError, setOlderError] = useState<ApiError>();
  if (value === undefined)
    return error === undefined ? (
      <p className="quiet">Reading the conversation…</p>
    ) : (
      <Notice error={error} action={{ name: 'Try again', run: again }} />
    );
  const first = older[0] ?? value;
  const said = [...older, value].flatMap((page) => page.said);
  const readOlder = (): void => {
    conversations.read(id, first.next).then(
      (page) => setOlder((before) => [page, ...before]),
      (reason: unknown) => setOlderError(toApiError(reason)),
    );
  };
  return (
    <div className="turns">
      {first.next === undefined ? null : (
        <button type="button" className="button button-small" onClick={readOlder}>
          Show older turns
        </button>
      )}
      {olderError === undefined ? null : <Notice error={olderError} />}
      {value.summary === undefined ? null : (
        <p>
          <LabelMark level={value.summary.label.level} marks={value.summary.label.marks} /> A model reads this in place
          of the first {value.summary.turns} turns: {value.summary.text}
        </p>
      )}
      {said.map(({ message, label, time }, index) => (
        <div key={said.length - index} className="turn">
          <p className="quiet">
            <LabelMark level={label.level} marks={label.marks} title="Label of this turn" />{' '}
            {new Date(time).toLocaleString()}
          </p>
          <ChatView messages={[message]} />
        </div>
      ))}
    </div>
  );
}
