import type {
  AgentCard,
  CancelTaskRequest,
  GetTaskRequest,
  SendMessageRequest,
  StreamResponse,
  SubscribeToTaskRequest,
  Task,
} from '@a2a-js/sdk';
import {
  PushNotificationNotSupportedError,
  RequestMalformedError,
  TaskNotCancelableError,
  UnsupportedOperationError,
} from '@a2a-js/sdk/errors';
import type { A2ARequestHandler } from '@a2a-js/sdk/server';
import { isTerminal } from '@heddle/core';
import { z } from 'zod';
import { lostRight } from '../../auth/rights/reply-signals.js';
import type { AgentCaller, AgentRun, AgentRuns } from '../agents/agent-runs.js';
import { a2aError } from './a2a-error.js';
import { answerOf, requireMessage, contentOf } from './message-of.js';
import { begunTask, taskOf, type TaskName } from './task-of.js';
import { TaskUpdates } from './task-updates.js';

/** What the channel stores with a run. */
const StoredRequest = z.object({ contextId: z.string().optional() });

/** Handles the tasks of one caller on one workflow: a task is a run, and its context is the thread of the run. */
export class TaskHandler implements A2ARequestHandler {
  constructor(
    private readonly agents: AgentRuns,
    private readonly caller: AgentCaller,
    private readonly card: () => Promise<AgentCard>,
    private readonly signal: AbortSignal,
    /** Called with the run that a message started. */
    private readonly onRun: (runId: string) => void,
  ) {}

  getAgentCard(): Promise<AgentCard> {
    return this.card();
  }

  /** The card is shown only to known callers, and is the same for all of them. */
  getAuthenticatedExtendedAgentCard(): Promise<AgentCard> {
    return this.card();
  }

  /** Waits until the task has ended or needs an answer, unless `returnImmediately` is set. */
  sendMessage(params: SendMessageRequest): Promise<Task> {
    return asA2a(async () => {
      const { runId } = await this.begin(params);
      if (params.configuration?.returnImmediately !== true)
        for await (const _event of this.agents.follow(runId, this.caller.principal, { after: 0, signal: this.signal }));
      return this.task(runId);
    });
  }

  async *sendMessageStream(params: SendMessageRequest): AsyncGenerator<StreamResponse, void, undefined> {
    const { runId } = await asA2a(() => this.begin(params));
    yield* this.updates(runId);
  }

  getTask({ id }: GetTaskRequest): Promise<Task> {
    return asA2a(() => this.task(id));
  }

  /** Errors: `TaskNotFoundError`, `TaskNotCancelableError`. */
  cancelTask({ id }: CancelTaskRequest): Promise<Task> {
    return asA2a(async () => {
      const { status } = await this.agents.own(this.caller, id);
      if (isTerminal(status)) throw new TaskNotCancelableError(`The task ${id} has ended already.`);
      await this.agents.cancel(this.caller, id, 'The caller cancelled the task.');
      await this.agents.settled(id, this.signal);
      return this.task(id);
    });
  }

  /** Errors: `TaskNotFoundError`, `UnsupportedOperationError` if the task has ended. */
  async *resubscribe({ id }: SubscribeToTaskRequest): AsyncGenerator<StreamResponse, void, undefined> {
    const { status } = await asA2a(() => this.agents.own(this.caller, id));
    if (isTerminal(status)) throw new UnsupportedOperationError(`The task ${id} has ended: get it instead.`);
    yield* this.updates(id);
  }

  listTasks(): Promise<never> {
    return Promise.reject(
      new UnsupportedOperationError('Tasks are not listed: a client keeps the ids of its tasks and gets each.'),
    );
  }

  createTaskPushNotificationConfig(): Promise<never> {
    return noPush();
  }

  getTaskPushNotificationConfig(): Promise<never> {
    return noPush();
  }

  listTaskPushNotificationConfigs(): Promise<never> {
    return noPush();
  }

  deleteTaskPushNotificationConfig(): Promise<never> {
    return noPush();
  }

  /**
   * The run of a message: a new run, the run of an earlier request with the same message, or the run whose question the message answers.
   */
  private async begin({ message: given, configuration }: SendMessageRequest): Promise<AgentRun> {
    if (configuration?.taskPushNotificationConfig !== undefined) return noPush();
    const message = requireMessage(given);
    const { messageId, contextId, taskId } = message;
    if (taskId !== '') return this.answerTask(taskId, message);
    const known = await this.agents.begun(this.caller, messageId);
    const run =
      known ??
      (await this.agents.start(this.caller, {
        ...contentOf(message),
        thread: contextId === '' ? undefined : contextId,
        isNewestOnly: true,
        key: messageId,
        stored: { contextId: contextId === '' ? undefined : contextId },
      }));
    this.onRun(run.runId);
    return run;
  }

  /** Handles a message to an existing task, which answers its question. */
  private async answerTask(runId: string, message: NonNullable<SendMessageRequest['message']>): Promise<AgentRun> {
    const { status } = await this.agents.own(this.caller, runId);
    const { contextId } = await this.name(runId);
    if (message.contextId !== '' && message.contextId !== contextId)
      throw new RequestMalformedError(`The task ${runId} belongs to another context.`);
    if (isTerminal(status))
      throw new UnsupportedOperationError(`The task ${runId} has ended: send the message without a taskId.`);
    const waiting = await this.agents.waiting(runId, this.caller.principal);
    const question = waiting !== undefined && 'questions' in waiting ? waiting.questions[0] : undefined;
    if (question === undefined)
      throw new UnsupportedOperationError(`The task ${runId} does not wait for an answer of this caller.`);
    await this.agents.answer(this.caller, runId, question.requestId, answerOf(message, question));
    return { runId, isKnown: true };
  }

  private async *updates(runId: string): AsyncGenerator<StreamResponse, void, undefined> {
    const { signal } = this;
    try {
      const name = await this.name(runId);
      // All updates follow this one, even if the run has ended meanwhile.
      yield { payload: { $case: 'task', value: begunTask(name) } };
      const updates = new TaskUpdates(name);
      for await (const event of this.agents.follow(runId, this.caller.principal, { after: 0, signal }))
        if (event.type === 'waiting') yield updates.waiting(event.waiting);
        else yield* updates.updatesOf(event);
    } catch (error) {
      throw a2aError(error);
    }
    const lost = lostRight(signal);
    if (lost !== undefined) throw a2aError(lost);
  }

  private async task(runId: string): Promise<Task> {
    const summary = await this.agents.own(this.caller, runId);
    const { principal } = this.caller;
    const reply = () => this.agents.reply(runId, principal);
    const waiting = () => this.agents.waiting(runId, principal);
    return taskOf(await this.name(runId), summary, reply, waiting);
  }

  /** The ids of a task, with the context id that its client chose. */
  private async name(runId: string): Promise<TaskName> {
    const { contextId } = StoredRequest.catch({}).parse(await this.agents.storedOf(runId));
    return { taskId: runId, contextId: contextId ?? (await this.agents.threadOf(runId)) ?? runId };
  }
}

const noPush = (): Promise<never> =>
  Promise.reject(
    new PushNotificationNotSupportedError(
      'Subscribe to the task, or create a webhook of the workflow, which reports its runs.',
    ),
  );

async function asA2a<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw a2aError(error);
  }
}
