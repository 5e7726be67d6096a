import { HeddleError, withoutUndefined, type Principal, type TraceContext } from '@heddle/core';
import { Body, Controller, Get, Inject, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { TrustedClock } from '../../common/trusted-clock.js';
import { ChannelCallers } from '../channel-callers.js';
import { LOG, type Log } from '../../common/log.js';
import { RunService } from '../../runs/run.service.js';
import { Access } from '../../http/access.js';
import { TakesValues } from '../../http/bodies/body-bounds.js';
import { closeSignal } from '../../http/close-signal.js';
import { ReplySignals } from '../../auth/rights/reply-signals.js';
import { Reply } from '../../http/reply.js';
import { securityHeaders } from '../../http/security-headers.js';
import { parseTraceparent } from '../../tracing/trace-context.js';
import { endUserOf } from '../../auth/end-user.js';
import {
  callsOf,
  chunk,
  usageChunk,
  usageOf,
  wholeReply,
  type ChatCall,
  type ChatFinish,
  type Completion,
} from './chat-reply.js';
import { openAiError } from '../../http/errors/openai-error.js';
import { ChatRequest, EmbeddingsRequest } from './chat-request.js';
import { callsOutput } from './model-document.js';
import { OpenAiService, type Asked, type ChatRun, type ListedModel } from './openai.service.js';

const AnyReply = z.looseObject({ object: z.string() }).meta({ id: 'OpenAiReply' });

/** The OpenAI-compatible routes. The body names the model, so each route calls `authorise` itself after reading it. */
@Controller('v1')
export class OpenAiController {
  constructor(
    private readonly runs: RunService,
    private readonly clock: TrustedClock,
    @Inject(LOG) private readonly log: Log,
    private readonly service: OpenAiService,
    private readonly callers: ChannelCallers,
    private readonly signals: ReplySignals,
  ) {}

  @Get('models')
  @Access('public')
  @Reply(AnyReply)
  async models(@Req() request: FastifyRequest): Promise<z.infer<typeof AnyReply>> {
    const models = await this.service.models(await this.callers.callerOf(request));
    return { object: 'list', data: models.map(modelReply) };
  }

  @Get('models/:model')
  @Access('public')
  @Reply(AnyReply)
  async model(@Req() request: FastifyRequest, @Param('model') id: string): Promise<z.infer<typeof AnyReply>> {
    const models = await this.service.models(await this.callers.callerOf(request));
    const model = models.find((candidate) => candidate.id === id);
    if (model === undefined)
      throw new HeddleError(
        'model_unknown',
        `There is no model '${id.slice(0, 256)}' here: GET /v1/models lists them.`,
      );
    return modelReply(model);
  }

  @Post('embeddings')
  @Access('public')
  @Reply(AnyReply)
  async embeddings(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Body({ schema: EmbeddingsRequest }) body: EmbeddingsRequest,
  ): Promise<z.infer<typeof AnyReply>> {
    const caller = await this.callers.callerOf(request);
    const { runId, vectors } = await this.service.embed(body, caller, closeSignal(reply), askedOf(request));
    const encode = (vector: readonly number[]): string | readonly number[] =>
      body.encoding_format === 'base64' ? Buffer.from(Float32Array.from(vector).buffer).toString('base64') : vector;
    const { prompt_tokens, total_tokens } = usageOf(await this.runs.summary(runId));
    return {
      object: 'list',
      model: body.model,
      data: vectors.map((vector, index) => ({ object: 'embedding', index, embedding: encode(vector) })),
      usage: { prompt_tokens, total_tokens },
    };
  }

  @Post('chat/completions')
  @TakesValues('inputs')
  @Access('public')
  @Reply(AnyReply)
  async chat(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Body({ schema: ChatRequest }) body: ChatRequest,
  ): Promise<void> {
    const principal = await this.callers.callerOf(request);
    let check = (_now: Principal): Promise<void> => Promise.resolve();
    const signal = this.signals.open(reply, { principal, check: (now) => check(now) });
    const run = await this.service.chat(body, principal, askedOf(request));
    check = (now) => this.service.checkMayReceive(run, now);
    const completion: Completion = {
      runId: run.runId,
      model: body.model,
      created: Math.floor(this.clock.now() / 1000),
    };
    const { caller } = await this.runs.summary(run.runId);
    if (caller?.thread !== undefined) void reply.header('heddle-thread', caller.thread);
    if (body.stream === true) return this.stream(run, completion, body, reply, signal);
    const outputs = await this.service.result(run, signal);
    const summary = await this.runs.summary(run.runId);
    const calls = 'model' in run.asked ? callsOf(outputs[callsOutput]) : [];
    const said = { content: textOf(outputs[run.output]), calls };
    await reply.status(200).send(wholeReply(completion, said, finishOf(body, summary.outputTokens, calls), summary));
  }

  private async stream(
    run: ChatRun,
    completion: Completion,
    body: ChatRequest,
    reply: FastifyReply,
    signal: AbortSignal,
  ): Promise<void> {
    const head = reply.getHeaders();
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, {
      ...securityHeaders,
      ...withoutUndefined({ 'heddle-thread': head['heddle-thread'] }),
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    });
    const send = async (data: object): Promise<void> => {
      if (raw.write(`data: ${JSON.stringify(data)}\n\n`) || signal.aborted) return;
      await new Promise<void>((resolve) => {
        raw.once('drain', resolve);
        raw.once('close', resolve);
      });
    };
    try {
      await send(chunk(completion, { role: 'assistant', content: '' }));
      let hasText = false;
      let calls: readonly ChatCall[] = [];
      for await (const part of this.service.follow(run, signal)) {
        if (part.type === 'delta' && part.output === run.output) {
          hasText = true;
          await send(chunk(completion, { content: part.delta }));
        } else if (part.type === 'result') {
          if (!hasText) await send(chunk(completion, { content: textOf(part.outputs[run.output]) }));
          calls = 'model' in run.asked ? callsOf(part.outputs[callsOutput]) : [];
        }
      }
      const summary = await this.runs.summary(run.runId);
      // A function call is sent in one chunk, because it is known only when it is whole.
      if (calls.length > 0)
        await send(chunk(completion, { tool_calls: calls.map((call, index) => ({ index, ...call })) }));
      await send(chunk(completion, {}, finishOf(body, summary.outputTokens, calls)));
      if (body.stream_options?.include_usage === true) await send(usageChunk(completion, summary));
      raw.write('data: [DONE]\n\n');
    } catch (error) {
      this.log.debug({ runId: run.runId, err: error }, 'chat stream ended early');
      await send(openAiError(error));
    } finally {
      raw.end();
    }
  }
}

const modelReply = ({ id, created, owner }: ListedModel) => ({
  id,
  object: 'model',
  created: Math.floor(created / 1000),
  owned_by: owner,
});

/** Outputs other than text are sent as JSON. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
}

function finishOf(body: ChatRequest, outputTokens: number, calls: readonly ChatCall[]): ChatFinish {
  if (calls.length > 0) return 'tool_calls';
  const most = body.max_completion_tokens ?? body.max_tokens;
  return most != null && outputTokens >= most ? 'length' : 'stop';
}

/** The trace of a caller whose key was checked before. */
const traceOf = ({ headers }: FastifyRequest): TraceContext | undefined => parseTraceparent(headers['traceparent']);

const askedOf = (request: FastifyRequest): Asked => ({
  trace: traceOf(request),
  onBehalfOf: endUserOf(request.headers),
});
