import type { Effect, ResourceKind } from '@heddle/core';

/** What of a resource a custom node reaches: the effect that it must declare, facts that are read, and what is called. */
interface ResourceMembers {
  readonly effect: Effect;
  readonly facts: readonly string[];
  readonly methods: readonly string[];
  /** Methods that give an async iterable at once. */
  readonly iterables: readonly string[];
}

const of = (
  effect: Effect,
  facts: readonly string[],
  methods: readonly string[],
  iterables: readonly string[] = [],
): ResourceMembers => ({ effect, facts, methods, iterables });

const modelFiles = ['fileHash', 'manifestHash'] as const;

/** Every kind of resource (docs/writing-a-node.md has the same table): a new kind needs a row before it compiles. */
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
