import { HeddleError, isTerminal, type RunAgentInput } from '@heddle/core';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { undefinedIf } from '../../common/undefined-if.js';
import { lostRight } from '../../auth/rights/reply-signals.js';
import { toRequestError } from '../../http/errors/error-reply.js';
import { AgentRuns, runContinues, type AgentCaller, type AgentRun } from '../agents/agent-runs.js';
import { AgUiEvents, questionOf, type AgUiEvent, type AgUiRun } from './ag-ui-events.js';
import { messagesOf } from './messages-of.js';

/** What the channel stores with a run. */
const StoredRequest = z.object({ output: z.string().optional(), message: z.string().optional() });

/** An event with its sequence number in the run, if it has one. */
interface SentAgUiEvent {
  readonly event: AgUiEvent;
  readonly seq: number | undefined;
}

/** Runs published workflows for AG-UI clients. */
@Injectable()
export class AgUiService {
  constructor(private readonly agents: AgentRuns) {}

  /**
   * The run of a request: the run that the caller started under the same id, the run whose interrupts the request answers, or a new run.
   * Errors: `bad_request`, `thread_not_found`, `thread_busy`, `run_not_found`, `human_input_*`, and those of every start.
   */
  async open(caller: AgentCaller, input: RunAgentInput): Promise<AgentRun> {
    const known = (await this.agents.begun(caller, input.runId)) ?? (await this.named(caller, input.runId));
    if (known !== undefined) return known;
    const resumed = await this.resumed(caller, input);
    if (resumed !== undefined) return resumed;
    const { messages, files } = messagesOf(input.messages);
    return this.agents.start(caller, {
      messages,
      files,
      values: input.state,
      thread: input.threadId,
      key: input.runId,
      stored: { message: newestOf(input) },
    });
  }

  /** The events of a run in the form of the protocol. */
  async *events(
    caller: AgentCaller,
    input: RunAgentInput,
    { runId }: AgentRun,
    options: { readonly after: number; readonly signal: AbortSignal },
  ): AsyncGenerator<SentAgUiEvent> {
    const { principal } = caller;
    const { output } = StoredRequest.catch({}).parse(await this.agents.storedOf(runId));
    const thread = await this.agents.threadOf(runId);
    const { threadId, runId: agUiRunId, messages, state } = input;
    const about: AgUiRun = { threadId, agUiRunId, runId, thread, output, messages, state };
    const fold = new AgUiEvents(about);
    const sent = (events: Iterable<AgUiEvent>, seq?: number): SentAgUiEvent[] =>
      [...events].map((event) => ({ event, seq }));
    try {
      yield* sent(fold.begin());
      for await (const event of this.agents.follow(runId, principal, options)) {
        if (event.type !== 'waiting') yield* sent(fold.eventsOf(event), 'seq' in event ? event.seq : undefined);
        else if ('questions' in event.waiting) yield* sent(fold.interrupted(event.waiting.questions));
        else yield* sent(fold.failed(runContinues(runId, event.waiting.elsewhere)));
      }
      const lost = lostRight(options.signal);
      if (lost !== undefined) yield* sent(fold.failed(lost));
    } catch (error) {
      yield* sent(fold.failed(toRequestError(error)));
    }
  }

  /** Finds a run that the caller names by this server's run id, for example after a reload of its page. */
  private named(caller: AgentCaller, runId: string): Promise<AgentRun | undefined> {
    return undefinedIf(['run_not_found'], async () => {
      await this.agents.own(caller, runId);
      return { runId, isKnown: true };
    });
  }

  /**
   * Answers the interrupts of a run, which then continues. If one of them was cancelled, the run is cancelled; a new message after that
   * starts a new run.
   */
  private async resumed(caller: AgentCaller, input: RunAgentInput): Promise<AgentRun | undefined> {
    const entries = (input.resume ?? []).map((entry) => ({ ...entry, question: questionOf(entry.interruptId) }));
    const [first] = entries;
    if (first === undefined) return undefined;
    const { question } = first;
    if (question === undefined || entries.some((entry) => entry.question?.runId !== question.runId))
      throw new HeddleError('bad_request', 'The interrupts to resume must be those of one run of this workflow.', {
        details: { field: 'resume' },
      });
    const { runId } = question;
    const { status } = await this.agents.own(caller, runId);
    if (!entries.some((entry) => entry.status === 'cancelled')) {
      for (const entry of entries)
        if (entry.question !== undefined && !isTerminal(status))
          await this.agents.answer(caller, runId, entry.question.requestId, entry.payload);
      return { runId, isKnown: true };
    }
    await this.agents.cancel(caller, runId, 'The client abandoned the question.');
    const { message } = StoredRequest.catch({}).parse(await this.agents.storedOf(runId));
    return newestOf(input) === message ? { runId, isKnown: true } : undefined;
  }
}

/** The id of the newest message of the user. */
const newestOf = ({ messages }: RunAgentInput): string | undefined =>
  messages.findLast(({ role }) => role === 'user')?.id;
