import type { Effect, ResourceKind } from '@heddle/core';

/** What a custom node can use of a resource: the effect that it must declare, the facts that it reads, and the methods that it calls. */
interface ResourceMembers {
  readonly effect: Effect;
  readonly facts: readonly string[];
  readonly methods: readonly string[];
  /** Methods that return an async iterable directly. */
  readonly iterables: readonly string[];
}

const of = (
  effect: Effect,
  facts: readonly string[],
  methods: readonly string[],
  iterables: readonly string[] = [],
): ResourceMembers => ({ effect, facts, methods, iterables });

const modelFiles = ['fileHash', 'manifestHash'] as const;

/** The members of every kind of resource; docs/writing-a-node.md has the same table. A new kind does not compile without a row. */
export const resourceMembers: Readonly<Record<ResourceKind, ResourceMembers>> = {
  languageModel: of('model', ['info'], ['countTokens'], ['generate']),
  embedder: of('model', ['id', 'dimensions', 'maxTokens', 'destination', ...modelFiles], ['embed']),
  reranker: of('model', ['id', 'destination', ...modelFiles], ['rerank']),
  classifier: of('model', ['id', 'labels', 'destination', ...modelFiles], ['classify', 'tag']),
  tokenizer: of('model', ['id'], ['count', 'offsets']),
  routing: of('model', [], ['facts', 'policy']),
  collection: of(
    'vectors',
    ['name', 'destination', 'embedding', 'reranking'],
    ['info', 'search', 'ingest', 'delete', 'documents', 'passages'],
  ),
  memory: of('vectors', [], ['read', 'append', 'summarise', 'clear']),
  facts: of('vectors', [], ['find', 'withoutVector', 'setVectors', 'remember']),
  cache: of('vectors', [], ['get', 'nearest', 'set', 'clear']),
  fetch: of('network', ['destination'], ['fetch']),
  files: of('files', [], ['list', 'read']),
  documents: of('files', [], ['parse', 'split'], ['chunks']),
  blobs: of('files', [], ['put', 'get', 'has']),
  sandbox: of('process', [], ['run']),
  tools: of('process', [], ['destinationOf', 'list', 'admit', 'call']),
};
