import {
  HeddleError,
  publicLabel,
  type EvaluatorContext,
  type HeaderCache,
  type HeaderModel,
  type HeaderModelInfo,
  type Headers,
  type LanguageModel,
} from '@heddle/core';
import { duringProjectCall, type Given, type ProjectCallSources } from './project-call.js';
import { textOf } from './text-of.js';

interface HeaderSources extends ProjectCallSources {
  readonly languageModel: (id: string) => Promise<LanguageModel>;
}

/** The most tokens of a reply: two sentences, and the reasoning of a small model. */
const mostTokens = 160;
/** The name of these calls in records. */
const writerName = 'headers';

/**
 * Models that write passage headers. Their calls belong to the project that owns the collection: its grants, kill switches, budgets and
 * clearances apply, and each call is recorded like a judge's.
 */
export class CollectionHeaders implements Headers {
  private sources: HeaderSources | undefined;

  constructor(readonly cache: HeaderCache) {}

  /** Before this call, no headers are written. */
  connect(sources: HeaderSources): void {
    this.sources = sources;
  }

  async describe(id: string): Promise<HeaderModelInfo> {
    const { destination, contextTokens } = (await this.connected().languageModel(id)).info;
    return { destination, contextTokens };
  }

  async model(collection: string, id: string): Promise<HeaderModel> {
    const never = new AbortController().signal;
    const { destination, contextTokens } = await this.during(
      collection,
      { label: publicLabel, signal: never },
      async (context) => (await context.use('languageModel', id)).info,
    );
    return {
      destination,
      contextTokens,
      write: (prompt, given) =>
        this.during(collection, given, async (context) =>
          textOf(await context.use('languageModel', id), { ...prompt, maxTokens: mostTokens }, context.signal),
        ),
    };
  }

  private during<Result>(
    collection: string,
    given: Given,
    work: (context: EvaluatorContext) => Promise<Result>,
  ): Promise<Result> {
    return duringProjectCall(this.connected(), { ...given, name: writerName, collection }, work);
  }

  private connected(): HeaderSources {
    if (this.sources !== undefined) return this.sources;
    throw new HeddleError('resource_unavailable', 'Headers of passages cannot be written before Heddle has started.');
  }
}
