import { Body, Controller, Get, Inject, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { ChannelCallers } from '../channel-callers.js';
import { LOG, type Log } from '../../common/log.js';
import { RunService } from '../../runs/run.service.js';
import { Access, FindsCaller } from '../../http/access.js';
import { TakesValues } from '../../http/bodies/body-bounds.js';
import { closeSignal } from '../../http/connections/close-signal.js';
import { Reply } from '../../http/reply.js';
import { callsOf, chunk, finishOf, textOf, usageChunk, usageOf, wholeReply, type Completion } from './chat-reply.js';
import { ChatRequest, EmbeddingsRequest } from './chat-request.js';
import { callsOutput } from './model-document.js';
import { AnyReply } from './any-reply.js';
import { callerFactsOf } from './caller-facts.js';
import { OpenCalls } from './open-call.js';
import { openStream, type OpenAiStream } from './open-stream.js';
import { OpenAiService, type ChatRun, type ListedModel } from './openai.service.js';

/** The OpenAI-compatible routes. The body names the model, so each route checks rights itself after reading it. */
@Controller('v1')
export class OpenAiController {
  constructor(
    private readonly runs: RunService,
    @Inject(LOG) private readonly log: Log,
    private readonly service: OpenAiService,
    private readonly callers: ChannelCallers,
    private readonly calls: OpenCalls,
  ) {}

  @Get('models')
  @Access('public')
  @FindsCaller()
  @Reply(AnyReply)
  async models(@Req() request: FastifyRequest): Promise<z.infer<typeof AnyReply>> {
    const models = await this.service.models(await this.callers.callerOf(request));
    return { object: 'list', data: models.map(modelReply) };
  }

  /** The name of a model of a connection contains a slash, and with some providers a second one. */
  @Get(['models/:model', 'models/:connection/:model', 'models/:connection/:maker/:model'])
  @Access('public')
  @FindsCaller()
  @Reply(AnyReply)
  async model(
    @Req() request: FastifyRequest,
    @Param() parts: Readonly<Record<string, string>>,
  ): Promise<z.infer<typeof AnyReply>> {
    const id = [parts['connection'], parts['maker'], parts['model']].filter((part) => part !== undefined).join('/');
    return modelReply(await this.service.model(id, await this.callers.callerOf(request)));
  }

  @Post('embeddings')
  @Access('public')
  @FindsCaller()
  @Reply(AnyReply)
  async embeddings(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Body({ schema: EmbeddingsRequest }) body: EmbeddingsRequest,
  ): Promise<z.infer<typeof AnyReply>> {
    const caller = await this.callers.callerOf(request);
    const { runId, vectors } = await this.service.embed(body, caller, closeSignal(reply), callerFactsOf(request));
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
  @FindsCaller()
  @Reply(AnyReply, 200, 'application/json, text/event-stream')
  async chat(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Body({ schema: ChatRequest }) given: ChatRequest,
  ): Promise<void> {
    const body = onThread(given, request.headers['heddle-thread']);
    const { principal, asked, created, signal, watch } = await this.calls.open(request, reply);
    const run = await this.service.chat(body, principal, asked);
    watch(run);
    const completion: Completion = { runId: run.runId, model: body.model, created };
    const { caller } = await this.runs.summary(run.runId);
    if (caller?.thread !== undefined) void reply.header('heddle-thread', caller.thread);
    if (body.stream === true) return this.stream(run, completion, body, reply, signal);
    const outputs = await this.service.result(run, signal);
    const summary = await this.runs.summary(run.runId);
    const calls = 'model' in run.asked ? callsOf(outputs[callsOutput]) : [];
    const said = { content: textOf(outputs[run.output]), calls };
    await reply.status(200).send(wholeReply(completion, said, finishOf(outputs, calls), summary));
  }

  private stream(
    run: ChatRun,
    completion: Completion,
    body: ChatRequest,
    reply: FastifyReply,
    signal: AbortSignal,
  ): Promise<void> {
    const work = async ({ send }: OpenAiStream): Promise<void> => {
      await send(chunk(completion, { role: 'assistant', content: '' }));
      const outputs = await this.calls.sendText(run, signal, (content) => send(chunk(completion, { content })));
      const calls = 'model' in run.asked ? callsOf(outputs[callsOutput]) : [];
      // A function call is sent in one chunk, because it is known only when it is complete.
      if (calls.length > 0)
        await send(chunk(completion, { tool_calls: calls.map((call, index) => ({ index, ...call })) }));
      await send(chunk(completion, {}, finishOf(outputs, calls)));
      if (body.stream_options?.include_usage === true)
        await send(usageChunk(completion, await this.runs.summary(run.runId)));
    };
    return openStream(reply, signal, work, (err) =>
      this.log.debug({ runId: run.runId, err }, 'chat stream ended early'),
    );
  }
}

/** The thread may also come from a header, because some clients can add headers but no fields. */
const onThread = (body: ChatRequest, header: string | readonly string[] | undefined): ChatRequest =>
  header === undefined ? body : { ...body, thread: body.thread ?? String(header).slice(0, 64) };

const modelReply = ({ id, created, owner }: ListedModel) => ({
  id,
  object: 'model',
  created: Math.floor(created / 1000),
  owned_by: owner,
});
