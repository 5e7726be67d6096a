import { HeddleError, ModerationReply, ModerationRequest, type ModelHub, type WorkflowDocument } from '@heddle/core';
import { Body, Controller, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Lazy } from '../../common/lazy.js';
import { Access, FindsCaller } from '../../http/access.js';
import { TakesValues } from '../../http/bodies/body-bounds.js';
import { Reply } from '../../http/reply.js';
import { MODEL_HUB } from '../../models/model-hub-token.js';
import { moderateDocument } from './model-document.js';
import { OpenCalls } from './open-call.js';
import { OpenAiService } from './openai.service.js';

const Verdict = z.object({
  found: z.array(z.object({ category: z.string() })),
  scores: z.record(z.string(), z.number()),
});

/** A category of a classifier is flagged from this score on. A workflow has its own minimum scores. */
const flaggedFrom = 0.5;

/** OpenAI's moderations: each text is judged by a run of a workflow, a classifier or a guard model. */
@Controller('v1')
export class ModerationsController {
  constructor(
    private readonly service: OpenAiService,
    private readonly calls: OpenCalls,
    @Inject(MODEL_HUB) private readonly localModels: Lazy<ModelHub>,
  ) {}

  /** Errors: `model_unknown`, `bad_request`, `moderation_blocked`, `forbidden`, `busy`. */
  @Post('moderations')
  @HttpCode(200)
  @TakesValues('inputs')
  @Access('public')
  @FindsCaller()
  @Reply(ModerationReply)
  async moderate(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Body({ schema: ModerationRequest }) body: ModerationRequest,
  ): Promise<ModerationReply> {
    const { principal, asked, signal, watch } = await this.calls.open(request, reply);
    const results: ModerationReply['results'] = [];
    let id = '';
    for (const text of textsOf(body)) {
      const messages = [{ role: 'user' as const, content: text }];
      const target = await this.service.target({ model: body.model, messages }, principal, asked);
      const ofText = target.workflow === undefined ? await this.documentOf(body.model) : undefined;
      const run = await this.service.begin(target, { channel: 'moderation', ...(ofText && { ofText }) });
      watch(run);
      if (id === '') id = `modr-${run.runId}`;
      results.push(resultOf(await this.service.result(run, signal), body.model, ofText !== undefined));
    }
    return { id, model: body.model, results };
  }

  /** The document that judges with a model: a classifier returns scores, and a language model acts as a guard that says safe or unsafe. */
  private async documentOf(model: string): Promise<WorkflowDocument> {
    // The name of a provider's model says whether it is a moderation model.
    if (model.includes('/')) return moderateDocument(model, model.includes('moderation') ? 'classifier' : 'guard');
    const { kind } = (await this.localModels.get()).card(model);
    if (kind === 'classify') return moderateDocument(model, 'classifier');
    if (kind === 'generate') return moderateDocument(model, 'guard');
    throw new HeddleError(
      'model_wrong_kind',
      `'${model}' cannot judge texts: name a classifier, a guard model, or a workflow with a moderate node.`,
      { details: { input: 'model' } },
    );
  }
}

/** The texts to judge. A list of content parts is one text. */
function textsOf({ input }: ModerationRequest): readonly string[] {
  if (typeof input === 'string') return [input];
  const parts = input.map((part) => (typeof part === 'string' ? part : part.text));
  return input.some((part) => typeof part !== 'string') ? [parts.join('\n')] : parts;
}

function resultOf(
  outputs: Readonly<Record<string, unknown>>,
  model: string,
  isModel: boolean,
): ModerationReply['results'][number] {
  const verdict = Object.values(outputs)
    .map((value) => Verdict.safeParse(value).data)
    .find((found) => found !== undefined);
  if (verdict === undefined)
    throw new HeddleError(
      'bad_request',
      `The workflow '${model}' gives no verdict: connect the verdict of a moderate node to an output.`,
      { details: { input: 'model' } },
    );
  const { found, scores } = verdict;
  const names = [...new Set([...Object.keys(scores), ...found.map(({ category }) => category)])];
  const isFlagged = (name: string): boolean =>
    isModel ? (scores[name] ?? 0) >= flaggedFrom : found.some(({ category }) => category === name);
  return {
    flagged: names.some(isFlagged),
    categories: Object.fromEntries(names.map((name) => [name, isFlagged(name)])),
    category_scores: Object.fromEntries(names.map((name) => [name, scores[name] ?? 1])),
    category_applied_input_types: Object.fromEntries(names.map((name) => [name, ['text' as const]])),
  };
}
