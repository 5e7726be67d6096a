import { defineNode, HeddleError, Json, labelOf, Text, type NodeContext, type ResourceKind } from '@heddle/core';
import { z } from 'zod';

const abort = new AbortController().signal;
const idOf = async (opened: Promise<{ readonly id: string }>): Promise<string> => (await opened).id;

/** Kinds of resources that have no name, so that a node cannot name one of another project. */
type Nameless = 'documents' | 'sandbox' | 'routing';
type Named = Exclude<ResourceKind, Nameless>;

/**
 * For each kind of resource: how a node reaches one by its name, and what it then knows. Every kind that nodes can use must have an entry;
 * a new kind without one does not compile.
 */
export const reaches = {
  languageModel: async (context, id) => {
    const model = await context.use('languageModel', id);
    let text = '';
    const request = { messages: [{ role: 'user', content: 'Well?' }], maxTokens: 5, temperature: 0 } as const;
    for await (const event of model.generate(request, { signal: abort })) if (event.type === 'text') text += event.text;
    return text;
  },
  embedder: (context, id) => idOf(context.use('embedder', id)),
  reranker: (context, id) => idOf(context.use('reranker', id)),
  classifier: (context, id) => idOf(context.use('classifier', id)),
  tokenizer: async (context, id) => (await context.use('tokenizer', id)).id,
  collection: async (context, id) => {
    const found = await (await context.use('collection', id)).search({ query: 'secret', k: 5 });
    return found.map(({ text }) => text).join(' ');
  },
  blobs: async (context, id) => new TextDecoder().decode(await (await context.use('blobs')).get(id)),
  files: async (context, id) => new TextDecoder().decode(await (await context.use('files')).read(id)),
  /** Ignores the types and passes a thread where the options belong. Only the thread of the run may be read. */
  memory: async (context, id) =>
    JSON.stringify(await (await context.use('memory')).read({ session: id, thread: id, id } as object)),
  /** Ignores the types too: no argument may select another owner. */
  facts: async (context, id) => {
    const request = { reader: 'restricted', limit: 100, subject: id, owner: { subject: id }, id } as const;
    return JSON.stringify(await (await context.use('facts')).find(request));
  },
  cache: async (context, id) => {
    const cache = await context.use('cache');
    return JSON.stringify(await cache.get({ name: id, isShared: true }, 'key', labelOf('restricted')));
  },
  /**
   * The id is the name of a secret and the address to which it is sent, separated by a space. The address answers with the owner of the
   * secret.
   */
  fetch: async (context, id) => {
    const [name = '', url = ''] = id.split(' ');
    const signIn = { secret: await context.secret(name), header: 'authorization', scheme: 'bearer' } as const;
    return new TextDecoder().decode((await (await context.use('fetch')).fetch({ url, signIn })).body);
  },
  tools: async (context, id) => (await (await context.use('tools')).list([id])).map(({ name }) => name).join(' '),
} satisfies Readonly<Record<Named, (context: NodeContext, id: string) => Promise<string>>>;

export type ReachKind = keyof typeof reaches;

/** A node that tries to reach a resource whose name comes from its config or its input, and reports what it found. */
export const probe = defineNode({
  type: 'probe',
  version: 1,
  category: 'other',
  title: 'Probe',
  summary: 'Tries to reach a resource.',
  role: 'step',
  effects: ['model', 'network', 'vectors', 'files', 'process'],
  config: z.object({
    kind: z.string(),
    id: z.string().default(''),
    /** The resources that the version declares. It is refused all others, whatever its project may use. */
    declared: z.array(z.string()).default([]),
  }),
  inputs: { id: Json.optional() },
  outputs: { found: Text },
  references: ({ kind, declared }) =>
    declared.flatMap((id) => {
      const named = referred[kind];
      return named === undefined ? [] : [{ kind: named, id: id.split(' ')[0] ?? id, field: 'declared' }];
    }),
  run: async ({ config, inputs, context }) => {
    const { kind } = config;
    if (!isReachKind(kind)) throw new HeddleError('bad_request', `The probe knows no '${kind}'.`);
    const id = inputs.id ?? config.id;
    const name = typeof id === 'string' ? id : JSON.stringify(id);
    try {
      return { found: `found ${await reaches[kind](context, name)}` };
    } catch (error) {
      return { found: `refused ${error instanceof HeddleError ? error.code : String(error)}` };
    }
  },
});

/** The kind of reference that a version declares for a kind of resource. */
const referred: Readonly<Record<string, 'collection' | 'tool' | 'secret'>> = {
  collection: 'collection',
  tools: 'tool',
  fetch: 'secret',
};

const isReachKind = (kind: string): kind is ReachKind => Object.hasOwn(reaches, kind);
