import { newThread, type Citation } from '@heddle/core';
import {
  Suspense,
  useEffect,
  useMemo,
  useState,
  type Dispatch,
  type ReactElement,
  type ReactNode,
  type SetStateAction,
} from 'react';
import { ChatComposer } from '../../../ui/chat/ChatComposer.js';
import { ChatLog } from '../../../ui/chat/ChatLog.js';
import { ChatAnswer, ChatQuestion } from '../../../ui/chat/ChatMessages.js';
import { citationsAsShown } from '../../../ui/values/read/citations-as-shown.js';
import { Notice } from '../../../ui/states/Notice.js';
import { Link } from '../../../ui/navigation/Link.js';
import { insideNow, navigate, runPath, workflowPath } from '../../../ui/navigation/route.js';
import { readInputs } from '../../../ui/schema-form/read-inputs.js';
import { recallInputs, trialOptions, useExecution, useRunHead } from '../../run/index.js';
import { client } from '../../../data/api/client.js';
import { OpenQuestions } from '../../human-input/index.js';
import { useDocument, useRunSession, useSession } from '../../session/index.js';
import { citationsOf } from '../citations-of.js';
import { LazyCitationList, LazyRunFeedback } from '../late-parts.js';
import type { ChatPorts } from './chat-ports.js';
import { answerText, chatInput, type ChatMessage } from './chat-store.js';
import { LazyChatThreads } from './late-chat-threads.js';
import { useThreadMessages } from './use-thread-messages.js';
import { startSaved } from '../start-saved.js';
import { localValues } from '../../../data/browser-storage.js';
import { FieldError } from '../../../ui/fields/FieldError.js';

interface ChatPanelProps {
  readonly ports: ChatPorts;
  /** The address of one of the chat's runs. Default: the run on the canvas. */
  readonly pathOf?: (workflow: string, runId: string) => string;
  /** Shown while the conversation is empty. `send` sends a message, such as an example. */
  readonly invitation?: (send: (text: string) => void) => ReactNode;
  /** Why the user cannot send a message now. */
  readonly obstacle?: ReactNode;
  /** Whether the message field takes the focus when the chat opens. */
  readonly isFirst?: boolean;
}

const onCanvas = (workflow: string, runId: string): string => workflowPath(workflow, runId, insideNow());

/** A chat with a workflow. Each message starts a run on the same thread. */
export function ChatPanel({ ports, pathOf = onCanvas, invitation, obstacle, isFirst }: ChatPanelProps): ReactElement {
  const session = useSession();
  const workflowId = useDocument((state) => state.id) ?? '';
  const slug = useDocument((state) => state.slug);
  const others = useDocument((state) => state.compiled?.interface.inputs);
  const head = useRunHead();
  const isStarting = useRunSession((state) => state.isStarting);
  const error = useRunSession((state) => state.error);
  const { messages, setMessages, thread, setThread, open, showEarlier, earlierError } = useThreadMessages(workflowId);
  const [problem, setProblem] = useState<string>();
  // The thread was erased, so the next message starts a new one.
  const isGone = error?.code === 'thread_not_found';
  const waiting = pendingOf(messages);
  const isBusy = isStarting || (head !== undefined && !head.isEnded);

  useAnswer(waiting, ports.output, setMessages, setThread);

  const send = async (text: string): Promise<boolean> => {
    const rest = readInputs(
      (others ?? []).filter(({ name }) => name !== ports.input),
      recallInputs(workflowId, localValues()),
    );
    setProblem(
      rest.ok ? undefined : `${Object.values(rest.errors)[0] ?? 'An input is missing.'} Enter it in the form.`,
    );
    if (!rest.ok) return false;
    const inputs = { ...rest.values, [ports.input]: chatInput(ports.takes, messages, text) };
    const nodes = session.documents.getState().document?.nodes ?? {};
    const trial = trialOptions(session.runs.trials.getState(), nodes);
    const runId = await startSaved(session, workflowId, inputs, {
      ...trial,
      thread: (isGone ? undefined : thread) ?? newThread,
    });
    if (runId === undefined) return false;
    setMessages((before) => [...before, { role: 'user', content: text, runId }]);
    navigate(pathOf(slug ?? workflowId, runId));
    return true;
  };

  return (
    <div className="stack gap-12">
      <ChatLog newest={keyOf(messages.at(-1))} oldest={keyOf(messages[0])}>
        {showEarlier === undefined ? null : (
          <button type="button" className="button button-small chat-earlier" onClick={showEarlier}>
            Show earlier messages
          </button>
        )}
        {earlierError === undefined ? null : <Notice error={earlierError} />}
        {messages.length > 0 ? null : invitation !== undefined ? (
          invitation((text) => void send(text))
        ) : (
          <p className="quiet">
            Send a message to the workflow. Each message is a run{' '}
            {ports.takes === 'messages' ? 'that gets the whole conversation.' : 'that gets only your last message.'}
          </p>
        )}
        {messages.map(({ role, content, runId, isFailure, citations }, index) => {
          if (role === 'user') return <ChatQuestion key={index} text={content} />;
          if (isFailure === true) return <ChatAnswer key={index} text="" error={content} />;
          return (
            <CitedAnswer
              key={index}
              text={content}
              citations={citations}
              isLatest={index === messages.length - 1}
              runId={index < messages.length - mostRated ? undefined : runId}
              path={runId === undefined ? undefined : runPath(runId)}
            />
          );
        })}
        {waiting !== undefined && waiting === head?.runId && !head.isEnded ? <Writing source={ports.source} /> : null}
      </ChatLog>
      <OpenQuestions />
      {error === undefined ? null : <Notice error={error} />}
      <FieldError text={problem} />
      {obstacle ?? (
        <ChatComposer isBusy={isBusy} isFirst={isFirst} onSend={send} onStop={() => void session.runs.stop()} />
      )}
      {messages.length === 0 ? null : (
        <button
          type="button"
          className="topbar-link"
          disabled={isBusy}
          onClick={() => open(undefined, { messages: [], earlier: undefined })}
        >
          New conversation
        </button>
      )}
      <Suspense>
        <LazyChatThreads workflow={workflowId} shown={thread} isBusy={isBusy} onOpen={open} />
      </Suspense>
    </div>
  );
}

/** A key by which the log distinguishes messages. */
const keyOf = (message: ChatMessage | undefined): string | undefined =>
  message === undefined ? undefined : `${message.role} ${message.runId ?? message.content}`;

const none: readonly Citation[] = [];
/** How many of the latest messages can be rated in the chat. Earlier answers can be rated on the page of their run. */
const mostRated = 20;

/** An answer with its sources. Only the marks of the latest answer are links, because only one list on a page can be their target. */
function CitedAnswer({
  text,
  citations = none,
  isLatest,
  runId,
  path,
}: {
  readonly text: string;
  readonly citations?: readonly Citation[] | undefined;
  readonly isLatest: boolean;
  /** The run of the answer; undefined if the answer cannot be rated here. */
  readonly runId: string | undefined;
  readonly path: string | undefined;
}): ReactElement {
  const shown = useMemo(() => citationsAsShown(text, citations), [text, citations]);
  return (
    <ChatAnswer text={text} sources={shown} mark={isLatest ? undefined : plainMark}>
      {shown.length === 0 ? null : (
        <Suspense>
          <LazyCitationList citations={shown} isLinked={isLatest} />
        </Suspense>
      )}
      {runId === undefined ? null : (
        <Suspense>
          <LazyRunFeedback runId={runId} answer={text} />
        </Suspense>
      )}
      {path === undefined ? null : (
        <Link href={path} className="small-quiet">
          Open run
        </Link>
      )}
    </ChatAnswer>
  );
}

const plainMark = (number: number): ReactElement => (
  <span className="citation-mark centred-inline figure">
    <span className="visually-hidden">Source </span>
    {number}
  </span>
);

/** Loads the complete answer from its run, even if the run ended while the page was closed. */
function useAnswer(
  waiting: string | undefined,
  output: string,
  setMessages: Dispatch<SetStateAction<readonly ChatMessage[]>>,
  setThread: (thread: string) => void,
): void {
  const head = useRunHead();
  const isEnded = head?.isEnded === true;
  const shownRun = head?.runId;
  useEffect(() => {
    if (waiting === undefined || (shownRun === waiting && !isEnded)) return undefined;
    const controller = new AbortController();
    void client.GET('/api/runs/{id}', { params: { path: { id: waiting } }, signal: controller.signal }).then(
      ({ status, outputs, error, summary }) => {
        if (summary.caller?.thread !== undefined) setThread(summary.caller.thread);
        const message = { role: 'assistant', runId: waiting } as const;
        if (status === 'done')
          setMessages((before) =>
            answered(before, {
              ...message,
              content: answerText(outputs[output] ?? ''),
              citations: citationsOf(outputs)?.list,
            }),
          );
        else if (status === 'failed' || status === 'cancelled')
          setMessages((before) =>
            answered(before, { ...message, content: error?.message ?? 'Stopped.', isFailure: true }),
          );
      },
      () => undefined,
    );
    return () => controller.abort();
  }, [waiting, shownRun, isEnded, output, setMessages, setThread]);
}

function Writing({ source }: { readonly source: ChatPorts['source'] }): ReactElement {
  const execution = useExecution(source?.node ?? '');
  const text = execution?.text[source?.port ?? ''] ?? '';
  return <ChatAnswer text={text} isWriting />;
}

/** The run whose answer is still expected. */
function pendingOf(messages: readonly ChatMessage[]): string | undefined {
  const last = messages.at(-1);
  return last?.role === 'user' ? last.runId : undefined;
}

function answered(messages: readonly ChatMessage[], answer: ChatMessage): readonly ChatMessage[] {
  return pendingOf(messages) === answer.runId ? [...messages, answer] : messages;
}
