import type { ResourceKind, ResourceMap } from '../ports/resources.js';

/**
 * The effect of a resource method outside its node.
 *
 * - `none`: it computes, or reads data that is stored here.
 * - `model`: it calls a model, which may cost money and send data elsewhere.
 * - `write`: an effect without a result.
 * - `effect`: an effect with a result.
 */
export type EffectKind = 'none' | 'model' | 'write' | 'effect';

type Methods<Resource> = {
  readonly [
    Name in keyof Resource as NonNullable<Resource[Name]> extends (...args: never[]) => unknown ? Name : never
  ]?: EffectKind;
};

/** A method that is not listed counts as an effect, so that a forgotten one is refused. */
const table: { readonly [Kind in ResourceKind]: Methods<ResourceMap[Kind]> } = {
  languageModel: { generate: 'model', countTokens: 'none' },
  embedder: { embed: 'model' },
  reranker: { rerank: 'model' },
  classifier: { classify: 'model', tag: 'model' },
  tokenizer: { count: 'none', offsets: 'none' },
  collection: {
    info: 'none',
    search: 'none',
    documents: 'none',
    document: 'none',
    passages: 'none',
    ingest: 'effect',
    delete: 'effect',
  },
  documents: { parse: 'none', split: 'none', chunks: 'none' },
  files: { list: 'none', read: 'none' },
  fetch: { fetch: 'effect' },
  sandbox: { run: 'none' },
  // Files are named by their content and belong to the run, like its large values.
  blobs: { get: 'none', has: 'none', put: 'none' },
  memory: { read: 'none', append: 'write', summarise: 'write' },
  facts: { find: 'none', withoutVector: 'none', setVectors: 'write', remember: 'write' },
  cache: { get: 'none', nearest: 'none', set: 'write' },
  tools: { destinationOf: 'none', known: 'none', admit: 'none', list: 'effect', call: 'effect' },
  routing: { facts: 'none', policy: 'none' },
};

/** Returns the effect of a resource method outside its node. */
export function effectOf(kind: ResourceKind, method: string): EffectKind {
  const methods: Readonly<Record<string, EffectKind | undefined>> = Object.hasOwn(table, kind) ? table[kind] : {};
  return (Object.hasOwn(methods, method) ? methods[method] : undefined) ?? 'effect';
}
