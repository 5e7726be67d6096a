import {
  ResponseDeleted,
  ResponseItemsQuery,
  ResponseItemsReply,
  ResponseQuery,
  ResponseReply,
  ResponseRequest,
  isTerminal,
  type Principal,
} from '@heddle/core';
import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Caller } from '../../../auth/caller.js';
import { LOG, type Log } from '../../../common/log.js';
import { Access, FindsCaller } from '../../../http/access.js';
import { TakesValues } from '../../../http/bodies/body-bounds.js';
import { toRequestError } from '../../../http/errors/error-reply.js';
import { Reply } from '../../../http/reply.js';
import { RunService } from '../../../runs/run.service.js';
import { callerFactsOf } from '../caller-facts.js';
import { reasoningOutput } from '../model-document.js';
import { OpenCalls } from '../open-call.js';
import { openStream, type OpenAiStream } from '../open-stream.js';
import type { ChatRun } from '../openai.service.js';
import { ResponseEvents } from './response-events.js';
import { responseReply } from './response-reply.js';
import { ResponseService } from './responses.service.js';

/** OpenAI's Responses API. A response is a run of a workflow or of a model; its caller can read it again by its id. */
@Controller('v1/responses')
export class ResponsesController {
  constructor(
    private readonly responses: ResponseService,
    private readonly calls: OpenCalls,
    private readonly runs: RunService,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** Errors: `model_unknown`, `bad_request`, `response_not_found`, `thread_not_found`, `thread_busy`, `forbidden`, `busy`. */
  @Post()
  @TakesValues('inputs')
  @Access('public')
  @FindsCaller()
  @Reply(ResponseReply, 200, 'application/json, text/event-stream')
  async create(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Body({ schema: ResponseRequest }) body: ResponseRequest,
  ): Promise<void> {
    const { principal, asked, signal, watch } = await this.calls.open(request, reply);
    const run = await this.responses.create(body, { principal, asked });
    watch(run);
    const { caller } = await this.runs.summary(run.runId);
    if (caller?.thread !== undefined) void reply.header('heddle-thread', caller.thread);
    if (body.stream === true) return this.stream(run, body, reply, signal);
    if (run.isBackground !== true) await this.calls.sendText(run, signal, () => Promise.resolve());
    await reply.status(200).send(await this.responses.reply(body, run));
  }

  /** Errors: `response_not_found`. */
  @Get(':id')
  @Access('signed-in')
  @Reply(ResponseReply)
  get(
    @Param('id') id: string,
    @Query({ schema: ResponseQuery }) _query: ResponseQuery,
    @Caller() principal: Principal,
    @Req() request: FastifyRequest,
  ): Promise<ResponseReply> {
    return this.responses.get(id, { principal, asked: callerFactsOf(request) });
  }

  /** The items of the request, newest first. Errors: `response_not_found`. */
  @Get(':id/input_items')
  @Access('signed-in')
  @Reply(ResponseItemsReply)
  items(
    @Param('id') id: string,
    @Query({ schema: ResponseItemsQuery }) query: ResponseItemsQuery,
    @Caller() principal: Principal,
    @Req() request: FastifyRequest,
  ): Promise<ResponseItemsReply> {
    return this.responses.items(id, query, { principal, asked: callerFactsOf(request) });
  }

  /** Ends a response that runs in the background. Errors: `response_not_found`, `bad_request`. */
  @Post(':id/cancel')
  @HttpCode(200)
  @Access('signed-in')
  @Reply(ResponseReply)
  cancel(
    @Param('id') id: string,
    @Caller() principal: Principal,
    @Req() request: FastifyRequest,
  ): Promise<ResponseReply> {
    return this.responses.cancel(id, { principal, asked: callerFactsOf(request) });
  }

  /** Deletes a response that has ended. Its run stays in the project. Errors: `response_not_found`, `run_unfinished`. */
  @Delete(':id')
  @Access('signed-in')
  @Reply(ResponseDeleted)
  delete(
    @Param('id') id: string,
    @Caller() principal: Principal,
    @Req() request: FastifyRequest,
  ): Promise<ResponseDeleted> {
    return this.responses.delete(id, { principal, asked: callerFactsOf(request) });
  }

  private async stream(run: ChatRun, body: ResponseRequest, reply: FastifyReply, signal: AbortSignal): Promise<void> {
    let failure: (error: unknown) => Promise<object> = (error) => Promise.resolve({ error });
    const work = async ({ send }: OpenAiStream): Promise<void> => {
      const events = new ResponseEvents(run.runId, send);
      failure = (error) => this.failureOf(error, { run, body, events });
      const summary = await this.runs.summary(run.runId);
      await events.begin(responseReply({ request: body, summary, answer: run.output }));
      await this.calls.sendText(
        run,
        signal,
        async (text) => (text === '' ? undefined : events.write('message', text)),
        async (output, text) =>
          'model' in run.asked && output === reasoningOutput && text !== ''
            ? events.write('reasoning', text)
            : undefined,
      );
      await events.end(await this.responses.reply(body, run));
    };
    const onError = (err: unknown): void => this.log.debug({ runId: run.runId, err }, 'response stream ended early');
    const nameOf = (event: object): string => ('type' in event ? String(event.type) : 'error');
    return openStream(reply, signal, work, onError, { nameOf, failure: (error) => failure(error) });
  }

  /** The last event after an error: the failed response if the run has ended, otherwise that the caller can no longer follow it. */
  private async failureOf(
    error: unknown,
    { run, body, events }: { readonly run: ChatRun; readonly body: ResponseRequest; readonly events: ResponseEvents },
  ): Promise<object> {
    const { code, message } = toRequestError(error);
    const summary = await this.runs.summary(run.runId);
    if (!isTerminal(summary.status)) return events.lost({ code, message });
    return events.failed(responseReply({ request: body, summary, answer: run.output, error: { code, message } }));
  }
}
