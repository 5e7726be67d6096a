import { SendHorizontal, Square } from 'lucide-react';
import {
  useEffect,
  useRef,
  useState,
  type Dispatch,
  type KeyboardEvent,
  type ReactElement,
  type SetStateAction,
} from 'react';
import { Notice } from '../../../ui/states/Notice.js';
import { insideNow, navigate, workflowPath } from '../../../ui/navigation/route.js';
import { readInputs } from '../../../ui/schema-form/read-inputs.js';
import { recallInputs, trialOptions, useExecution, useRunHead } from '../../run/index.js';
import { client } from '../../../data/api/client.js';
import { OpenQuestions } from '../../human-input/index.js';
import { useDocument, useRunSession, useSession } from '../../session/index.js';
import { looksLikeMarkdown } from '../../../ui/markdown/looks-like-markdown.js';
import { Markdown } from '../../../ui/markdown/Markdown.js';
import { WrittenText } from '../../../ui/markdown/WrittenText.js';
import type { ChatPorts } from './chat-ports.js';
import { answerText, chatInput, keepChat, recallChat, type ChatMessage } from './chat-store.js';
import { startSaved } from '../start-saved.js';
import { localValues } from '../../../data/browser-storage.js';

/** A chat with a workflow: each message is a run, and the conversation stays in this browser. */
export function ChatPanel({ ports }: { readonly ports: ChatPorts }): ReactElement {
  const session = useSession();
  const workflowId = useDocument((state) => state.id) ?? '';
  const slug = useDocument((state) => state.slug);
  const others = useDocument((state) => state.compiled?.interface.inputs);
  const head = useRunHead();
  const isStarting = useRunSession((state) => state.isStarting);
  const error = useRunSession((state) => state.error);
  const [messages, setMessages] = useState(() => recallChat(workflowId, localValues()));
  const [words, setWords] = useState('');
  const [problem, setProblem] = useState<string>();
  const waiting = pendingOf(messages);
  const isBusy = isStarting || (head !== undefined && !head.isEnded);
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => keepChat(workflowId, messages, localValues()), [workflowId, messages]);
  useEffect(() => {
    // Newer browsers return a promise, which React would call as a cleanup.
    end.current?.scrollIntoView({ block: 'end' });
  }, [messages]);

  useAnswer(waiting, ports.output, setMessages);

  const send = (): void => {
    const text = words.trim();
    if (text === '' || isBusy) return;
    const rest = readInputs(
      (others ?? []).filter(({ name }) => name !== ports.input),
      recallInputs(workflowId, localValues()),
    );
    setProblem(
      rest.ok ? undefined : `${Object.values(rest.errors)[0] ?? 'An input is missing.'} Enter it in the form.`,
    );
    if (!rest.ok) return;
    const inputs = { ...rest.inputs, [ports.input]: chatInput(ports.takes, messages, text) };
    const nodes = session.documents.getState().document?.nodes ?? {};
    void startSaved(session, workflowId, inputs, trialOptions(session.runs.trials.getState(), nodes)).then((runId) => {
      if (runId === undefined) return;
      setWords('');
      setMessages((before) => [...before, { role: 'user', content: text, runId }]);
      navigate(workflowPath(slug ?? workflowId, runId, insideNow()));
    });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };

  return (
    <div className="chat stack gap-12">
      <div className="chat-messages" role="log" aria-label="Conversation" tabIndex={0}>
        {messages.length === 0 ? (
          <p className="quiet">
            Send a message to the workflow. Each message is a run{' '}
            {ports.takes === 'messages' ? 'that gets the whole conversation.' : 'that gets only your last message.'}
          </p>
        ) : null}
        {messages.map((message, index) => (
          <div
            key={index}
            className="chat-message boxed stack"
            data-role={message.role}
            data-failed={message.isFailure === true || undefined}
            dir="auto"
          >
            <span className="visually-hidden">{message.role === 'user' ? 'You: ' : 'Answer: '}</span>
            {message.role === 'assistant' && looksLikeMarkdown(message.content) ? (
              <Markdown text={message.content} />
            ) : (
              message.content
            )}
          </div>
        ))}
        {waiting !== undefined && waiting === head?.runId && !head.isEnded ? <Writing source={ports.source} /> : null}
        <div ref={end} />
      </div>
      <OpenQuestions />
      {error === undefined ? null : <Notice error={error} />}
      {problem === undefined ? null : (
        <p className="field-error" role="alert">
          {problem}
        </p>
      )}
      <div className="chat-write">
        <textarea
          aria-label="Message"
          rows={2}
          value={words}
          placeholder="Write a message"
          onChange={(event) => setWords(event.target.value)}
          onKeyDown={onKeyDown}
        />
        {isBusy ? (
          <button type="button" className="button" aria-label="Stop" onClick={() => void session.runs.stop()}>
            <Square size={14} aria-hidden />
          </button>
        ) : (
          <button
            type="button"
            className="button button-primary"
            aria-label="Send"
            disabled={words.trim() === ''}
            onClick={send}
          >
            <SendHorizontal size={14} aria-hidden />
          </button>
        )}
      </div>
      {messages.length === 0 ? null : (
        <button type="button" className="topbar-link" disabled={isBusy} onClick={() => setMessages([])}>
          New conversation
        </button>
      )}
    </div>
  );
}

/** Reads the full answer from the run itself, also when it ended while the page was closed. */
function useAnswer(
  waiting: string | undefined,
  output: string,
  setMessages: Dispatch<SetStateAction<readonly ChatMessage[]>>,
): void {
  const head = useRunHead();
  const isEnded = head?.isEnded === true;
  const shownRun = head?.runId;
  useEffect(() => {
    if (waiting === undefined || (shownRun === waiting && !isEnded)) return undefined;
    const controller = new AbortController();
    void client.GET('/api/runs/{id}', { params: { path: { id: waiting } }, signal: controller.signal }).then(
      ({ status, outputs, error }) => {
        const message = { role: 'assistant', runId: waiting } as const;
        if (status === 'done')
          setMessages((before) => answered(before, { ...message, content: answerText(outputs[output] ?? '') }));
        else if (status === 'failed' || status === 'cancelled')
          setMessages((before) =>
            answered(before, { ...message, content: error?.message ?? 'Stopped.', isFailure: true }),
          );
      },
      () => undefined,
    );
    return () => controller.abort();
  }, [waiting, shownRun, isEnded, output, setMessages]);
}

function Writing({ source }: { readonly source: ChatPorts['source'] }): ReactElement {
  const execution = useExecution(source?.node ?? '');
  const text = execution?.text[source?.port ?? ''] ?? '';
  return (
    <div className="chat-message boxed stack" data-role="assistant" dir="auto">
      {text === '' ? (
        <p>
          <span className="quiet">Running…</span>
          <span className="caret" aria-hidden />
        </p>
      ) : (
        <WrittenText text={text} isWriting />
      )}
    </div>
  );
}

/** The run whose answer is pending. */
function pendingOf(messages: readonly ChatMessage[]): string | undefined {
  const last = messages.at(-1);
  return last?.role === 'user' ? last.runId : undefined;
}

function answered(messages: readonly ChatMessage[], answer: ChatMessage): readonly ChatMessage[] {
  return pendingOf(messages) === answer.runId ? [...messages, answer] : messages;
}
