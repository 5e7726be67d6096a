import {
  isPlainObject,
  withoutUndefined,
  type AgentMessage,
  type OpenRequest,
  type PublishedEvent,
  type PublishedReply,
} from '@heddle/core';
import type { Event, Message } from '@ag-ui/core';
import { answerSchemaOf, textOfQuestion } from '../agents/open-questions.js';
import { textOf } from '../openai/chat-reply.js';

/** An event as it is sent: its type is a string, not a member of the library's enum. */
type AsSent<Of> = Of extends { readonly type: infer Type extends string }
  ? Omit<Of, 'type'> & { type: `${Type}` }
  : never;
export type AgUiEvent = AsSent<Event>;

/** The run that is followed, and its ids as the caller knows them. */
export interface AgUiRun {
  readonly threadId: string;
  /** The run id that the client chose. */
  readonly agUiRunId: string;
  /** The run id of this server. */
  readonly runId: string;
  readonly thread: string | undefined;
  /** The output that becomes the message of the assistant. */
  readonly output: string | undefined;
  readonly messages: readonly AgentMessage[];
  readonly state: unknown;
}

const protocolVersion = '1.0';
/** The id of an interrupt: run and question, separated by `/`. */
const interruptIdOf = ({ runId, requestId }: OpenRequest): string => `${runId}/${requestId}`;

/** The run and the question of an interrupt; undefined if this server did not create its id. */
export function questionOf(interruptId: string): { readonly runId: string; readonly requestId: string } | undefined {
  const [runId, requestId, ...more] = interruptId.split('/');
  return runId === undefined || requestId === undefined || more.length > 0 ? undefined : { runId, requestId };
}

/**
 * Creates the protocol's events from the public events of a run. The protocol can only append text. If a client has an outdated text of
 * this answer, from before a disconnect or a retry, its messages are first sent again without it. Steps and messages are closed before the
 * run ends.
 */
export class AgUiEvents {
  private readonly steps = new Set<string>();
  /** The text of the present attempt. */
  private written = '';
  /** The text that the client has. */
  private sent = '';
  private attempt = 1;
  private isMessageOpen = false;

  constructor(private readonly run: AgUiRun) {}

  *begin(): Generator<AgUiEvent> {
    const { threadId, agUiRunId, runId, thread } = this.run;
    const metadata = { heddle: withoutUndefined({ runId, thread }) };
    yield { type: 'RUN_STARTED', threadId, runId: agUiRunId, protocolVersion, metadata };
    if (this.run.messages.some((message) => this.isOurs(message))) yield this.messagesBefore();
  }

  *eventsOf(event: PublishedEvent): Generator<AgUiEvent> {
    switch (event.type) {
      case 'delta':
        if (event.output === this.run.output) yield* this.grow(event.offset, event.text);
        return;
      case 'node':
        yield* this.step(event.node, event.status);
        return;
      case 'citation':
        // The result contains all citations.
        return;
      case 'result':
        yield* this.finish(event.reply);
        return;
      case 'error':
        yield* event.code === 'run_cancelled' ? this.cancelled() : this.failed(event);
    }
  }

  /** Ends the stream because the run waits for answers that its client may give. */
  *interrupted(questions: readonly OpenRequest[]): Generator<AgUiEvent> {
    yield* this.close();
    const interrupts = questions.map((request) => {
      const { dueAt } = request.question;
      return withoutUndefined({
        id: interruptIdOf(request),
        reason: 'human_input',
        message: textOfQuestion(request.question),
        responseSchema: { ...answerSchemaOf(request.question) },
        expiresAt: dueAt === undefined ? undefined : new Date(dueAt).toISOString(),
      });
    });
    yield { ...this.finished(), outcome: { type: 'interrupt', interrupts } };
  }

  *cancelled(): Generator<AgUiEvent> {
    yield* this.close();
    yield { ...this.finished(), outcome: { type: 'cancelled' } };
  }

  *failed(error: { readonly code: string; readonly message: string }): Generator<AgUiEvent> {
    const { code, message } = error;
    yield { type: 'RUN_ERROR', code, message, metadata: { heddle: { runId: this.run.runId } } };
  }

  private *step(node: string, status: Extract<PublishedEvent, { type: 'node' }>['status']): Generator<AgUiEvent> {
    const isRunning = this.steps.has(node);
    if (status === 'running' && !isRunning) {
      this.steps.add(node);
      yield { type: 'STEP_STARTED', stepName: node };
    } else if (isRunning && (status === 'done' || status === 'skipped' || status === 'failed')) {
      this.steps.delete(node);
      yield { type: 'STEP_FINISHED', stepName: node };
    }
  }

  /** Adds a delta. It replaces the text from its offset on, because a retried node writes its text again. */
  private *grow(offset: number, piece: string): Generator<AgUiEvent> {
    if (offset > this.written.length) return;
    this.written = this.written.slice(0, offset) + piece;
    if (this.sent.startsWith(this.written)) return;
    yield* this.write(this.written);
  }

  /** Sends what the client needs to have this text. */
  private *write(text: string): Generator<AgUiEvent> {
    if (!text.startsWith(this.sent)) {
      yield* this.closeMessage();
      yield this.messagesBefore();
      this.attempt += 1;
      this.sent = '';
    }
    const delta = text.slice(this.sent.length);
    if (delta === '') return;
    const messageId = this.messageId();
    if (!this.isMessageOpen) yield { type: 'TEXT_MESSAGE_START', messageId, role: 'assistant' };
    this.isMessageOpen = true;
    this.sent = text;
    yield { type: 'TEXT_MESSAGE_CONTENT', messageId, delta };
  }

  private *finish({ outputs, citations, usage }: PublishedReply): Generator<AgUiEvent> {
    const { output } = this.run;
    if (output !== undefined) yield* this.write(textOf(outputs[output]));
    yield* this.close();
    yield* this.stateAfter(Object.entries(outputs).filter(([name]) => name !== output));
    if (citations !== undefined) yield { type: 'CUSTOM', name: 'heddle.citations', value: citations };
    const { inputTokens, outputTokens } = usage;
    const used = { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens };
    yield { ...this.finished(), result: outputs, outcome: { type: 'success' }, usage: [used] };
  }

  /** Makes the outputs other than the answer members of the state. */
  private *stateAfter(others: readonly (readonly [string, unknown])[]): Generator<AgUiEvent> {
    if (others.length === 0) return;
    if (!isPlainObject(this.run.state)) {
      yield { type: 'STATE_SNAPSHOT', snapshot: Object.fromEntries(others) };
      return;
    }
    const path = (name: string): string => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    // `add` replaces a member that exists.
    const delta = others.map(([name, value]) => ({ op: 'add' as const, path: path(name), value }));
    yield { type: 'STATE_DELTA', delta };
  }

  private *close(): Generator<AgUiEvent> {
    yield* this.closeMessage();
    for (const stepName of this.steps) yield { type: 'STEP_FINISHED', stepName };
    this.steps.clear();
  }

  private *closeMessage(): Generator<AgUiEvent> {
    if (this.isMessageOpen) yield { type: 'TEXT_MESSAGE_END', messageId: this.messageId() };
    this.isMessageOpen = false;
  }

  private finished() {
    return { type: 'RUN_FINISHED', threadId: this.run.threadId, runId: this.run.agUiRunId } as const;
  }

  private messageId(): string {
    return `${this.run.runId}-${this.attempt}`;
  }

  private isOurs({ id }: AgentMessage): boolean {
    return id.startsWith(`${this.run.runId}-`);
  }

  /** The messages of the client, without an outdated text of this answer. */
  private messagesBefore(): AgUiEvent {
    const messages = this.run.messages.filter((message) => !this.isOurs(message));
    // The messages are returned as the client sent them.
    return { type: 'MESSAGES_SNAPSHOT', messages: messages as unknown as Message[] };
  }
}
