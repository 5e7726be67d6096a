import {
  defaultProject,
  everyProject,
  HeddleError,
  publicLabel,
  type EvaluationScope,
  type HeaderCache,
  type HeaderModel,
  type HeaderModelInfo,
  type HeaderPrompt,
  type Headers,
  type Label,
  type LanguageModel,
  type Principal,
} from '@heddle/core';
import type { Ownership } from '../auth/rights/ownership.js';
import type { EvaluatorService } from '../evaluators/evaluator.service.js';

/** What headers are written with. */
export interface HeaderSources {
  readonly ownership: Pick<Ownership, 'projectsOf'>;
  readonly evaluators: Pick<EvaluatorService, 'open'>;
  readonly languageModel: (id: string) => Promise<LanguageModel>;
}

/** The most tokens of a reply: two sentences, and the thoughts of a small model. */
const mostTokens = 160;
/** Names the calls in the records. */
const writerName = 'headers';

/**
 * Models that write headers of passages. Their calls are those of the project that owns the collection: its grants, kill switches, budgets and
 * clearances hold, and each call is recorded as one of a judge is.
 */
export class CollectionHeaders implements Headers {
  private sources: HeaderSources | undefined;

  constructor(readonly cache: HeaderCache) {}

  /** Until then, no header is written. */
  connect(sources: HeaderSources): void {
    this.sources = sources;
  }

  async describe(id: string): Promise<HeaderModelInfo> {
    const { destination, contextTokens } = (await this.connected().languageModel(id)).info;
    return { destination, contextTokens };
  }

  async model(collection: string, id: string): Promise<HeaderModel> {
    const never = new AbortController().signal;
    const info = await this.during(collection, { label: publicLabel, signal: never }, id, ({ info: found }) =>
      Promise.resolve(found),
    );
    const { destination, contextTokens } = info;
    return {
      destination,
      contextTokens,
      write: (prompt, given) => this.during(collection, given, id, (model, signal) => textOf(model, prompt, signal)),
    };
  }

  private async during<Result>(
    collection: string,
    { label, signal }: { readonly label: Label; readonly signal: AbortSignal },
    id: string,
    work: (model: LanguageModel, signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    const { evaluators, ownership } = this.connected();
    const open = evaluators.open(writerName, label, scopeOf(collection, ownership, signal));
    try {
      return await work(await open.context.use('languageModel', id), open.context.signal);
    } finally {
      await open.close();
    }
  }

  private connected(): HeaderSources {
    if (this.sources !== undefined) return this.sources;
    throw new HeddleError('resource_unavailable', 'Headers of passages cannot be written before Heddle has started.');
  }
}

/** A collection acts for its project, as its sources do: whoever sets the model may have left. */
function scopeOf(collection: string, ownership: HeaderSources['ownership'], signal: AbortSignal): EvaluationScope {
  const [owner = defaultProject] = ownership.projectsOf('collection', collection);
  const project = owner === everyProject ? defaultProject : owner;
  const principal: Principal = { kind: 'service', id: `collection:${collection}`, name: collection, roles: new Map() };
  return { project, principal, signal };
}

async function textOf(model: LanguageModel, { system, prompt }: HeaderPrompt, signal: AbortSignal): Promise<string> {
  const messages = [
    { role: 'system', content: system },
    { role: 'user', content: prompt },
  ] as const;
  let text = '';
  for await (const event of model.generate({ messages, maxTokens: mostTokens, temperature: 0 }, { signal }))
    if (event.type === 'text') text += event.text;
  return text;
}
