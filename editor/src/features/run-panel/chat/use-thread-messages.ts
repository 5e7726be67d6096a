import { useEffect, useState, type Dispatch, type SetStateAction } from 'react';
import { client } from '../../../data/api/client.js';
import { localValues } from '../../../data/browser-storage.js';
import { toApiError, type ApiError } from '../../../data/http/http.js';
import {
  storeChat,
  storeThread,
  messagesOf,
  mostKept,
  recallChat,
  recallThread,
  type ChatMessage,
} from './chat-store.js';

/** A part of a thread: its messages, and the position of the messages before them. */
export interface ThreadPart {
  readonly messages: readonly ChatMessage[];
  readonly earlier: number | undefined;
}

/** The newest messages of a thread, or those before a position. */
export async function readThread(id: string, before?: number): Promise<ThreadPart> {
  const { said, next } = await client.GET('/api/conversations/{id}', {
    params: { path: { id }, query: { limit: 200, before } },
  });
  return { messages: messagesOf(said), earlier: next };
}

/** The conversation with a workflow in this browser, and its thread at the server. */
interface ThreadMessages {
  readonly messages: readonly ChatMessage[];
  readonly setMessages: Dispatch<SetStateAction<readonly ChatMessage[]>>;
  readonly thread: string | undefined;
  readonly setThread: (thread: string | undefined) => void;
  /** Opens another thread; undefined starts a new one. */
  readonly open: (thread: string | undefined, part: ThreadPart) => void;
  /** Loads earlier messages; undefined if there are none. */
  readonly showEarlier: (() => void) | undefined;
  readonly earlierError: ApiError | undefined;
}

export function useThreadMessages(workflowId: string): ThreadMessages {
  const [messages, setMessages] = useState(() => recallChat(workflowId, localValues()));
  const [thread, setThread] = useState(() => recallThread(workflowId, localValues()));
  const [earlier, setEarlier] = useState<number>();
  const [earlierError, setEarlierError] = useState<ApiError>();
  useEffect(() => storeChat(workflowId, messages, localValues()), [workflowId, messages]);
  useEffect(() => storeThread(workflowId, thread, localValues()), [workflowId, thread]);
  // If the stored messages are as many as the browser stores, the server has more of them.
  const [cut] = useState(() => (messages.length < mostKept ? undefined : thread));
  useEffect(() => {
    if (cut === undefined) return undefined;
    let isOpen = true;
    readThread(cut).then(
      (part) => {
        if (!isOpen) return;
        setMessages((before) => [...part.messages, ...unanswered(before, part)]);
        setEarlier(part.earlier);
      },
      () => undefined, // the stored messages stay
    );
    return () => {
      isOpen = false;
    };
  }, [cut]);
  const open: ThreadMessages['open'] = (opened, part) => {
    setThread(opened);
    setMessages(part.messages);
    setEarlier(part.earlier);
    setEarlierError(undefined);
  };
  const showEarlier = (): void => {
    if (thread === undefined || earlier === undefined) return;
    setEarlier(undefined);
    setEarlierError(undefined);
    readThread(thread, earlier).then(
      (part) => {
        setMessages((shown) => [...part.messages, ...shown]);
        setEarlier(part.earlier);
      },
      (reason: unknown) => {
        setEarlier(earlier);
        setEarlierError(toApiError(reason));
      },
    );
  };
  return {
    messages,
    setMessages,
    thread,
    setThread,
    open,
    earlierError,
    showEarlier: earlier === undefined ? undefined : showEarlier,
  };
}

/** The last question, if its answer is still expected. The thread contains the question only once it is answered. */
function unanswered(messages: readonly ChatMessage[], stored: ThreadPart): readonly ChatMessage[] {
  const last = messages.at(-1);
  const isStored = stored.messages.some(({ runId }) => runId === last?.runId);
  return last?.role === 'user' && !isStored ? [last] : [];
}
