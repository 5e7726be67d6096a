import {
  HeddleError,
  toErrorValue,
  type CallScope,
  type ErrorValue,
  type Classifier,
  type Collection,
  type Embedder,
  type LanguageModel,
  type Reranker,
  type ResourceArguments,
  type ResourceKind,
  type ResourceMap,
  type Resources,
  type SafeFetch,
  type Tools,
  type WrapModels,
} from '@heddle/core';
import type { AuthorisedResources } from '../authority/authorised-resources.js';
import type { Authorities } from '../authority/authority.js';
import { withTraceparent } from '../tracing/with-traceparent.js';
import { admitCall } from './admit-call.js';
import { mostSearches } from './most-searches.js';
import { filesOf, observeCall } from './observe-call.js';
import type { CallObserver } from './call-observer.js';
import { observeLanguageModel } from './observe-language-model.js';
import { sampleModel } from './sample-model.js';

/**
 * The resources of one execution, looked up with the authority of its run. Guards admit every model call and every request to an external
 * address first; model calls are recorded in the run. Without an execution there is no authority, and nothing is found.
 */
export function scopedResources(
  resources: AuthorisedResources,
  authorities: Authorities,
  observer: CallObserver,
): Resources {
  return {
    use: (...[kind]) => Promise.reject(withoutAuthority(kind)),
    scoped: (scope) => ({
      use: async (kind, ...args) => {
        const known = authorities.of(scope.run);
        const authority = known instanceof Promise ? await known : known;
        const resource = await resources.use(authority, kind, ...args);
        // The table has the same kind as its key; TypeScript cannot follow that through an index.
        return kind === 'routing'
          ? ((observer.routingOf?.(scope, authority) ?? resource) as typeof resource)
          : observe(kind, args, resource, scope, observer, (id) => resources.use(authority, 'languageModel', id));
      },
    }),
  };
}

function withoutAuthority(kind: ResourceKind): HeddleError {
  return new HeddleError('internal', `Something asked for '${kind}' outside of a run.`);
}

type OpenModel = (id: string) => Promise<LanguageModel>;

type Observe<Kind extends ResourceKind> = (
  id: string,
  resource: ResourceMap[Kind],
  scope: CallScope,
  observer: CallObserver,
  /** Opens a model with the authority of the run. */
  openModel: OpenModel,
) => ResourceMap[Kind];

const observers: { readonly [Kind in ResourceKind]?: Observe<Kind> } = {
  collection: observeCollection,
  languageModel: (id, model, scope, observer) => observeLanguageModel(id, model, scope, observer),
  embedder: observeEmbedder,
  reranker: observeReranker,
  classifier: observeClassifier,
  fetch: (_id, fetch, scope, observer) => observeFetch(fetch, scope, observer),
  tools: (_id, tools, scope, observer, openModel) => observeTools(tools, scope, observer, openModel),
};

function observe<Kind extends ResourceKind>(
  kind: Kind,
  args: ResourceArguments<Kind>,
  resource: ResourceMap[Kind],
  scope: CallScope,
  observer: CallObserver,
  openModel: OpenModel,
): ResourceMap[Kind] {
  // The table has the same kind as its key; TypeScript cannot follow that through an index.
  const wrap = observers[kind];
  return wrap === undefined ? resource : wrap(args[0] ?? '', resource, scope, observer, openModel);
}

/** Embedding queries and documents, and reranking passages, are model calls too: guards admit them, and they are recorded in the run. */
function observeCollection(
  _name: string,
  collection: Collection,
  scope: CallScope,
  observer: CallObserver,
): Collection {
  const wrap: WrapModels = {
    embedder: (embedder) => observeEmbedder(embedder.id, embedder, scope, observer),
    reranker: (reranker) => observeReranker(reranker.id, reranker, scope, observer),
  };
  return collection.through?.(wrap) ?? collection;
}

function observeEmbedder(id: string, embedder: Embedder, scope: CallScope, observer: CallObserver): Embedder {
  const { destination, dimensions, maxTokens } = embedder;
  const files = filesOf(embedder);
  return {
    id: embedder.id,
    destination,
    ...files,
    dimensions,
    maxTokens,
    embed: (texts, options) =>
      observeCall(
        { kind: 'embed', id, destination, files, texts, parameters: { kind: options.kind } },
        scope,
        observer,
        (count) =>
          embedder.embed(texts, {
            ...options,
            traceparent: observer.traceparentOf?.(scope),
            onUsage: (usage) => {
              count(usage);
              options.onUsage?.(usage);
            },
          }),
      ),
  };
}

function observeReranker(id: string, reranker: Reranker, scope: CallScope, observer: CallObserver): Reranker {
  const { destination } = reranker;
  const files = filesOf(reranker);
  return {
    id: reranker.id,
    destination,
    ...files,
    rerank: (query, texts, options) =>
      observeCall(
        {
          kind: 'rerank',
          id,
          destination,
          files,
          texts: [query, ...texts],
          parameters: {},
          searches: mostSearches(query, texts),
        },
        scope,
        observer,
        (count) =>
          reranker.rerank(query, texts, {
            ...options,
            traceparent: observer.traceparentOf?.(scope),
            onUsage: (usage) => {
              count(usage);
              options.onUsage?.(usage);
            },
          }),
      ),
  };
}

function observeClassifier(id: string, classifier: Classifier, scope: CallScope, observer: CallObserver): Classifier {
  const { destination, labels } = classifier;
  const files = filesOf(classifier);
  const tag = classifier.tag?.bind(classifier);
  const pairs = classifier.classifyPairs?.bind(classifier);
  return {
    id: classifier.id,
    destination,
    labels,
    ...files,
    tag:
      tag &&
      ((texts, options) =>
        observeCall({ kind: 'classify', id, destination, files, texts, parameters: {} }, scope, observer, () =>
          tag(texts, options),
        )),
    classifyPairs:
      pairs &&
      ((premise, hypotheses, options) =>
        observeCall(
          { kind: 'classify', id, destination, files, texts: [premise, ...hypotheses], parameters: {} },
          scope,
          observer,
          () => pairs(premise, hypotheses, options),
        )),
    classify: (texts, options) =>
      observeCall({ kind: 'classify', id, destination, files, texts, parameters: {} }, scope, observer, () =>
        classifier.classify(texts, { ...options, traceparent: observer.traceparentOf?.(scope) }),
      ),
  };
}

/** Guards calls of tool servers. The agent records these calls in the run, with their approval. */
function observeTools(tools: Tools, scope: CallScope, observer: CallObserver, openModel: OpenModel): Tools {
  const { guards, clock, traceparentOf } = observer;
  return {
    destinationOf: (name) => tools.destinationOf(name),
    list: (servers) => tools.list(servers),
    known: (servers) => tools.known?.(servers) ?? Promise.resolve([]),
    admit: async (name) => {
      await tools.admit?.(name);
      const planned = { kind: 'tool', subject: name, connection: undefined, isLocal: true } as const;
      const settle = await admitCall(guards, { ...planned, inputTokens: 0, outputTokens: 0, price: undefined }, scope);
      await settle({ usage: undefined, ms: 0, error: undefined });
    },
    call: async (name, args, options) => {
      const destination = await tools.destinationOf(name);
      const planned = {
        kind: 'tool',
        subject: name,
        connection: destination?.name,
        isLocal: destination?.isLocal ?? false,
      } as const;
      const settle = await admitCall(guards, { ...planned, inputTokens: 0, outputTokens: 0, price: undefined }, scope);
      const started = clock.now();
      let error: ErrorValue | undefined;
      try {
        const sample = sampleModel(name, openModel, scope, observer);
        return await tools.call(name, args, { ...options, sample, traceparent: traceparentOf?.(scope) });
      } catch (cause) {
        error = toErrorValue(cause, 'tool_failed', scope.path);
        throw cause;
      } finally {
        await settle({ usage: undefined, ms: clock.now() - started, error });
      }
    },
  };
}

function observeFetch(fetch: SafeFetch, scope: CallScope, { guards, clock, traceparentOf }: CallObserver): SafeFetch {
  return {
    destination: fetch.destination,
    fetch: async (request) => {
      const subject = URL.canParse(request.url) ? new URL(request.url).hostname : request.url.slice(0, 200);
      const planned = { kind: 'network', subject, connection: undefined, isLocal: false } as const;
      const settle = await admitCall(guards, { ...planned, inputTokens: 0, outputTokens: 0, price: undefined }, scope);
      const started = clock.now();
      let error: ErrorValue | undefined;
      try {
        return await fetch.fetch(withTraceparent(request, traceparentOf?.(scope)));
      } catch (cause) {
        error = toErrorValue(cause, 'fetch_failed', scope.path);
        throw cause;
      } finally {
        await settle({ usage: undefined, ms: clock.now() - started, error });
      }
    },
  };
}
