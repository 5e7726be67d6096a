import {
  HeddleError,
  namedSpans,
  publicLabel,
  type Classifier,
  type EvaluatorContext,
  type FoundEntity,
  type GraphModel,
  type GraphModelInfo,
  type Graphs,
  type GraphStore,
  type LanguageModel,
} from '@heddle/core';
import { undefinedIf } from '../common/undefined-if.js';
import { isRemote } from '../common/is-remote.js';
import { duringProjectCall, type Given, type ProjectCallSources } from './project-call.js';
import { textOf } from './text-of.js';

interface GraphSources extends ProjectCallSources {
  readonly languageModel: (id: string) => Promise<LanguageModel>;
  readonly classifier: (id: string) => Promise<Classifier>;
}

/** The most tokens of a reply, enough for a hundred names and as many relations. */
const mostTokens = 3_000;
/** The share of the context window for the reply; the passage gets as much. */
const replyShare = 0.4;
/** The name of these calls in records. */
const readerName = 'graph';
/** Below this score, a classifier's finding does not count as a name. */
const leastScore = 0.5;

/** Models that find the entities of collections, with the rights, budgets and records of the project that owns the collection. */
export class CollectionGraphs implements Graphs {
  private sources: GraphSources | undefined;

  constructor(readonly store: GraphStore) {}

  /** Before this call, no entities are found. */
  connect(sources: GraphSources): void {
    this.sources = sources;
  }

  async describe(id: string): Promise<GraphModelInfo> {
    const { languageModel, classifier } = this.connected();
    const marker = isRemote(id) ? undefined : await undefinedIf(['model_wrong_kind'], () => classifier(id));
    if (marker === undefined) return { kind: 'language', ...factsOf((await languageModel(id)).info) };
    if (marker.tag !== undefined) return { kind: 'names', destination: marker.destination, contextTokens: 0 };
    throw new HeddleError(
      'model_wrong_kind',
      `Model '${id}' marks no names: choose a model for names such as spacy-en-core-web-sm, or a language model.`,
      { details: { model: id } },
    );
  }

  async model(collection: string, id: string): Promise<GraphModel> {
    const { kind } = await this.describe(id);
    const first: Given = { label: publicLabel, signal: new AbortController().signal };
    if (kind === 'names') {
      const { destination } = await this.during(collection, first, (context) => context.use('classifier', id));
      return {
        kind,
        destination,
        contextTokens: 0,
        names: (texts, given) =>
          this.during(collection, given, async (context) =>
            namesBy(await context.use('classifier', id), texts, context.signal),
          ),
      };
    }
    const { info } = await this.during(collection, first, (context) => context.use('languageModel', id));
    const maxTokens = Math.min(
      mostTokens,
      Math.floor(info.contextTokens * replyShare),
      info.maxOutputTokens ?? Infinity,
    );
    return {
      kind,
      ...factsOf(info),
      write: ({ system, prompt, schema }, given) =>
        this.during(collection, given, async (context) => {
          const request = { system, prompt, maxTokens, ...(info.supports.schema ? { schema } : {}) };
          return textOf(await context.use('languageModel', id), request, context.signal);
        }),
    };
  }

  private during<Result>(
    collection: string,
    given: Given,
    work: (context: EvaluatorContext) => Promise<Result>,
  ): Promise<Result> {
    return duringProjectCall(this.connected(), { ...given, name: readerName, collection }, work);
  }

  private connected(): GraphSources {
    if (this.sources !== undefined) return this.sources;
    throw new HeddleError('resource_unavailable', 'Entities of collections cannot be found before Heddle has started.');
  }
}

const factsOf = ({ destination, contextTokens }: LanguageModel['info']) => ({ destination, contextTokens });

async function namesBy(
  classifier: Classifier,
  texts: readonly string[],
  signal: AbortSignal,
): Promise<readonly (readonly FoundEntity[])[]> {
  const tagged = (await classifier.tag?.(texts, { signal })) ?? [];
  return texts.map((text, at) =>
    namedSpans(tagged[at] ?? [], text, leastScore).map(({ type, start, end }) => ({
      type,
      name: text.slice(start, end),
    })),
  );
}
