import { Body, Controller, Inject, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LOG, type Log } from '../../common/log.js';
import { Access, FindsCaller } from '../../http/access.js';
import { TakesValues } from '../../http/bodies/body-bounds.js';
import { Reply } from '../../http/reply.js';
import { RunService } from '../../runs/run.service.js';
import { AnyReply } from './any-reply.js';
import { finishOf, textOf, usageOf, type ChatFinish } from './chat-reply.js';
import { ChatRequest, CompletionRequest } from './chat-request.js';
import { OpenAiService, type ChatRun } from './openai.service.js';
import { OpenCalls } from './open-call.js';
import { openStream, type OpenAiStream } from './open-stream.js';

/** The legacy completions: each prompt becomes a user message, and its answer is one choice. */
@Controller('v1')
export class CompletionsController {
  constructor(
    private readonly runs: RunService,
    @Inject(LOG) private readonly log: Log,
    private readonly service: OpenAiService,
    private readonly calls: OpenCalls,
  ) {}

  @Post('completions')
  @TakesValues('inputs')
  @Access('public')
  @FindsCaller()
  @Reply(AnyReply, 200, 'application/json, text/event-stream')
  async complete(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Body({ schema: CompletionRequest }) body: CompletionRequest,
  ): Promise<void> {
    const { principal, asked, created, signal, watch } = await this.calls.open(request, reply);
    const ask = async (prompt: string): Promise<ChatRun> => {
      const run = await this.service.chat(chatOf(body, prompt), principal, asked);
      watch(run);
      return run;
    };
    const [first = '', ...others] = typeof body.prompt === 'string' ? [body.prompt] : body.prompt;
    const run = await ask(first);
    const about = { id: `cmpl-${run.runId}`, object: 'text_completion', created, model: body.model };
    if (body.stream === true) return this.stream(run, about, body, reply, signal);
    const choices = [];
    const usage = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 };
    for (const [index, prompt] of [first, ...others].entries()) {
      const answering = index === 0 ? run : await ask(prompt);
      const outputs = await this.service.result(answering, signal);
      choices.push(choice(index, textOf(outputs[answering.output]), finishOf(outputs, [])));
      const used = usageOf(await this.runs.summary(answering.runId));
      usage.prompt_tokens += used.prompt_tokens;
      usage.completion_tokens += used.completion_tokens;
      usage.total_tokens += used.total_tokens;
    }
    await reply.status(200).send({ ...about, choices, usage });
  }

  private stream(
    run: ChatRun,
    about: object,
    body: CompletionRequest,
    reply: FastifyReply,
    signal: AbortSignal,
  ): Promise<void> {
    const work = async ({ send }: OpenAiStream): Promise<void> => {
      const outputs = await this.calls.sendText(run, signal, (text) => send({ ...about, choices: [choice(0, text)] }));
      await send({ ...about, choices: [choice(0, '', finishOf(outputs, []))] });
      if (body.stream_options?.include_usage === true)
        await send({ ...about, choices: [], usage: usageOf(await this.runs.summary(run.runId)) });
    };
    return openStream(reply, signal, work, (err) =>
      this.log.debug({ runId: run.runId, err }, 'completion stream ended early'),
    );
  }
}

const choice = (index: number, text: string, finish?: ChatFinish) => ({
  index,
  text,
  logprobs: null,
  finish_reason: finish ?? null,
});

/** Converts a prompt of the request to a chat request. */
function chatOf(body: CompletionRequest, prompt: string): ChatRequest {
  const { model, max_tokens, temperature, top_p, seed, stop, user } = body;
  const messages: ChatRequest['messages'] = [{ role: 'user', content: prompt }];
  return { model, max_tokens, temperature, top_p, seed, stop, user, messages };
}
