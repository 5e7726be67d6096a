import {
  HeddleError,
  isTerminal,
  joinLabels,
  Message,
  newThread,
  responseNotFound,
  toHeddleError,
  type ResponseDeleted,
  type ResponseInputItem,
  type ResponseItemsQuery,
  type ResponseItemsReply,
  type ResponseReply,
  type ResponseRequest,
  type RunSummary,
} from '@heddle/core';
import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import { RunRemoval } from '../../../runs/state/run-removal.js';
import { RunService } from '../../../runs/run.service.js';
import { ThreadService } from '../../threads/thread.service.js';
import { callsOf, textOf } from '../chat-reply.js';
import { callsOutput } from '../model-document.js';
import { onlyWorkflows, OpenAiService, type ChatRun, type ChatStart, type ChatTarget } from '../openai.service.js';
import { chatOf, hasInstructions, itemsOf } from './chat-of-items.js';
import { checkForWorkflow, checkTogether, conversationOf, refuse } from './check-request.js';
import { requestToStore } from './stored-request.js';
import { inputIdOf, runOfItem } from './response-ids.js';
import { outputItems, responseReply } from './response-reply.js';
import { StoredResponses, type ResponseCaller, type StoredResponse } from './stored-responses.js';
import { USES_THREAD, type UsesThread } from './uses-thread-token.js';

/** Runs responses. The acceptance of the run stores the request; the output of the run is the answer. */
@Injectable()
export class ResponseService {
  constructor(
    private readonly openai: OpenAiService,
    private readonly threads: ThreadService,
    private readonly runs: RunService,
    private readonly removal: RunRemoval,
    private readonly stored: StoredResponses,
    @Inject(USES_THREAD) private readonly usesThread: UsesThread,
  ) {}

  /** Starts the run of a request. Errors: `bad_request`, `response_not_found`, `thread_not_found`, `thread_busy`, and those of a chat. */
  async create(body: ResponseRequest, caller: ResponseCaller): Promise<ChatRun> {
    checkTogether(body);
    const { previous_response_id: previousId } = body;
    const previous =
      previousId == null ? undefined : await this.stored.require(previousId, caller, 'previous_response_id');
    const items = await this.resolved(itemsOf(body), caller);
    const thread = conversationOf(body) ?? previous?.acceptance.caller?.thread;
    const isStored = body.store !== false;
    const begun = thread ?? (isStored ? newThread : undefined);
    const chat = { ...chatOf(body, items), thread: begun };
    const target = await this.openai.target(chat, caller.principal, caller.asked);
    const start =
      target.workflow === undefined
        ? await this.onModel(body, previous)
        : await this.onWorkflow(body, { target, thread, previous }, caller);
    const run = await this.openai.begin(
      { ...target, request: { ...target.request, thread: target.workflow === undefined ? thread : begun } },
      {
        ...start,
        channel: 'responses',
        givesReasoning: true,
        ...(isStored ? { toStore: (answer) => requestToStore(body, items, answer) } : {}),
      },
    );
    return { ...run, isBackground: body.background === true };
  }

  /** The present response of a run that this caller has just started. */
  async reply(body: ResponseRequest, { runId, output, replyClearance }: ChatRun): Promise<ResponseReply> {
    const summary = await this.runs.summary(runId);
    const answer = await this.stored.answerOf(summary, replyClearance);
    return responseReply({ request: body, summary, answer: output, ...answer });
  }

  /** Errors: `response_not_found`. */
  async get(id: string, caller: ResponseCaller): Promise<ResponseReply> {
    const { summary, kept } = await this.stored.require(id, caller);
    const answer = await this.stored.answerOf(summary, kept.clearance);
    return responseReply({ request: kept.response, summary, answer: kept.output, ...answer });
  }

  /** Errors: `response_not_found`. */
  async items(
    id: string,
    { limit, order, after }: ResponseItemsQuery,
    caller: ResponseCaller,
  ): Promise<ResponseItemsReply> {
    const { summary, kept } = await this.stored.require(id, caller);
    const items = itemsOf(kept.response).map((item, index) => ({
      ...item,
      type: item.type ?? 'message',
      id: inputIdOf(summary.runId, index),
    }));
    const ordered = order === 'asc' ? items : items.toReversed();
    const from = after === undefined ? 0 : ordered.findIndex((item) => item.id === after) + 1;
    const data = ordered.slice(from, from + limit);
    return {
      object: 'list',
      data,
      first_id: data[0]?.id ?? null,
      last_id: data.at(-1)?.id ?? null,
      has_more: from + limit < ordered.length,
    };
  }

  /** Cancels the run of a response in the background. Errors: `response_not_found`, `bad_request`. */
  async cancel(id: string, caller: ResponseCaller): Promise<ResponseReply> {
    const { summary, kept } = await this.stored.require(id, caller);
    if (kept.response.background !== true)
      throw new HeddleError(
        'bad_request',
        'Only a response with background: true can be cancelled. To end another one, close its connection.',
      );
    try {
      await this.runs.cancel(summary.runId, caller.principal.id, 'The caller cancelled the response.');
    } catch (error) {
      if (toHeddleError(error).code !== 'run_terminal') throw error;
    }
    return this.get(id, caller);
  }

  /** Deletes a response that has ended. Its run stays in the project. Errors: `response_not_found`, `run_unfinished`. */
  async delete(id: string, caller: ResponseCaller): Promise<ResponseDeleted> {
    const { summary } = await this.stored.require(id, caller);
    const by = { who: caller.principal.id, project: summary.caller?.project };
    await this.removal.forgetAsked(summary.runId, by);
    return { id, object: 'response', deleted: true };
  }

  /** Prepares a call of a model. The model gets the whole history, which is in the inputs and outputs of the previous run. */
  private async onModel(
    body: ResponseRequest,
    previous: StoredResponse | undefined,
  ): Promise<Omit<ChatStart, 'channel'>> {
    if (conversationOf(body) !== undefined) throw onlyWorkflows('conversation');
    const instructions = instructionsOf(body);
    if (previous === undefined) return { history: instructions };
    const { acceptance, summary, kept } = previous;
    if (acceptance.workflowId !== undefined)
      throw refuse(
        'previous_response_id',
        `It is a response of the workflow '${kept.response.model}': continue it with that model.`,
      );
    const { outputs, label } = await this.stored.answerOf(summary, kept.clearance);
    if (outputs === undefined || label === undefined) throw notAnswered(summary);
    const asked = acceptance.inputs['messages'];
    const messages = z.array(Message).parse(asked?.value);
    const before = hasInstructions(kept.response) ? messages.slice(1) : messages;
    const toolCalls = callsOf(outputs[callsOutput]).map(({ id, function: call }) => ({ id, ...call }));
    const said: Message = {
      role: 'assistant',
      content: textOf(outputs[kept.output]),
      ...(toolCalls.length === 0 ? {} : { toolCalls }),
    };
    return {
      history: [...instructions, ...before, said],
      label: asked === undefined ? label : joinLabels(asked.label, label),
    };
  }

  /**
   * Prepares a call of a workflow, which continues a thread. If the workflow takes messages and has no memory of its own, it gets the
   * messages of the thread.
   */
  private async onWorkflow(
    body: ResponseRequest,
    on: {
      readonly target: ChatTarget;
      readonly thread: string | undefined;
      readonly previous: StoredResponse | undefined;
    },
    caller: ResponseCaller,
  ): Promise<Omit<ChatStart, 'channel'>> {
    const { target, thread, previous } = on;
    const { workflow } = target;
    const takesMessages = workflow?.chat.input.kind === 'messages';
    checkForWorkflow(body, takesMessages);
    const instructions = instructionsOf(body);
    if (previous !== undefined && thread === undefined)
      throw refuse('previous_response_id', 'It is a response of a model: continue it with that model.');
    if (thread === undefined || thread === newThread) return { history: instructions };
    const said = await this.saidOn(thread, previous === undefined ? 'conversation' : 'previous_response_id', caller);
    if (previous !== undefined && said.run !== previous.summary.runId)
      throw new HeddleError(
        'conflict',
        'This response was continued already. A workflow continues only the newest response of a thread: name that one.',
        { details: { input: 'previous_response_id' } },
      );
    const hasHistory = takesMessages && workflow !== undefined && !this.usesThread(workflow.bundle);
    return hasHistory ? { history: [...instructions, ...said.messages], label: said.label } : { history: instructions };
  }

  private async saidOn(thread: string, input: string, caller: ResponseCaller) {
    try {
      return await this.threads.history(await this.stored.viewerOf(caller), thread);
    } catch (error) {
      const { code, message } = toHeddleError(error);
      if (code !== 'thread_not_found') throw error;
      throw new HeddleError(code, message, { cause: error, details: { input } });
    }
  }

  /** Replaces references by the items that they name. Errors: `response_not_found`. */
  private async resolved(
    items: readonly ResponseInputItem[],
    caller: ResponseCaller,
  ): Promise<readonly ResponseInputItem[]> {
    const found: ResponseInputItem[] = [];
    // Several references may name items of the same run, which is read once.
    const known = new Map<string, readonly ResponseInputItem[]>();
    for (const item of items) {
      if (item.type !== 'item_reference' && (item.type != null || 'role' in item)) {
        found.push(item);
        continue;
      }
      const runId = runOfItem(item.id) ?? '';
      const answer = known.get(runId) ?? (await this.answered(runId, caller));
      known.set(runId, answer);
      const named = answer.find(({ id }) => id === item.id);
      if (named === undefined) throw responseNotFound('input');
      found.push(named);
    }
    return found;
  }

  private async answered(runId: string, caller: ResponseCaller): Promise<readonly ResponseInputItem[]> {
    const { summary, kept } = await this.stored.require(`resp_${runId}`, caller, 'input');
    const { outputs } = await this.stored.answerOf(summary, kept.clearance);
    return outputs === undefined ? [] : outputItems({ summary, answer: kept.output, outputs });
  }
}

/** The system message of a request, if it has instructions. */
const instructionsOf = (body: ResponseRequest): readonly Message[] =>
  hasInstructions(body) ? [{ role: 'system', content: body.instructions ?? '' }] : [];

const notAnswered = ({ status }: RunSummary): HeddleError =>
  isTerminal(status)
    ? refuse('previous_response_id', 'This response ended without an answer: continue one that has an answer.')
    : new HeddleError('run_unfinished', 'This response has no answer yet: wait until it is completed.', {
        details: { input: 'previous_response_id' },
      });
