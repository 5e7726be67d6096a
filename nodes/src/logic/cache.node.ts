import {
  canonicalJson,
  defineNode,
  Json,
  labelOf,
  LabelLevel,
  type Cache,
  type CacheFinding,
  type CacheScope,
  type NodeContext,
} from '@heddle/core';
import { z } from 'zod';
import { listOf } from '../fields/list-of.js';

const hour = 3_600_000;
/** The scope of results that only this workflow uses. Any other scope is the name of a cache of the project. */
const ownScope = 'workflow';

const Config = z.object({
  mode: z
    .enum(['look', 'store'])
    .default('look')
    .meta({ basic: true, title: 'What to do', labels: { look: 'Look up', store: 'Store a result' } }),
  match: z
    .enum(['exact', 'similar'])
    .default('exact')
    .meta({ basic: true, title: 'Match', labels: { exact: 'Same key', similar: 'Similar text' } }),
  scope: z.string().min(1).max(200).default(ownScope).meta({
    basic: true,
    title: 'Scope',
    description: 'workflow: only this workflow. Any other name: a cache that all workflows of the project share.',
  }),
  name: z
    .string()
    .max(100)
    .default('')
    .meta({ title: 'Name', description: 'Distinguishes several caches of one workflow.' }),
  reads: LabelLevel.default('public').meta({
    title: 'Reads up to',
    description:
      'For a lookup: the highest label of the results that it reads, at least the label of its key. The outputs carry this label.',
    labels: {
      public: 'The label of the key',
      internal: 'Internal',
      confidential: 'Confidential',
      restricted: 'Restricted',
    },
  }),
  ttlHours: z.number().gt(0).max(8760).default(24).meta({ basic: true, title: 'Hours to keep' }),
  similarity: z
    .number()
    .min(0)
    .max(1)
    .default(0.95)
    .meta({ title: 'Min similarity', description: 'Cosine similarity, for similar texts.' }),
  model: z
    .string()
    .min(1)
    .max(256)
    .default('all-minilm-l6-v2')
    .meta({ title: 'Embedding model', description: 'For similar texts.', widget: 'model', modelKind: 'embed' }),
});
type Config = z.infer<typeof Config>;

export const cache = defineNode({
  type: 'cache',
  version: 1,
  category: 'logic',
  title: 'Cache',
  summary: 'Reuses a result for the same key or for a text with a similar meaning.',
  icon: 'database-zap',
  keywords: listOf(`
      caching, cached, memoise, memoize, semantic cache, reuse, speed up, save cost, deduplicate, dedupe
    `),
  role: 'step',
  effects: ['model'],
  headline: 'mode',
  help: `
Use two cache nodes with the same **scope** and **name**: one *looks up* (\`mode\` is \`look\`) before the work and sends **hit** to the end and **miss** to the work; the other *stores* the result (\`mode\` is \`store\`), with **key** and **value** (and the **usage** of the model, so that a hit shows what it saved).

A cache belongs to this workflow and to its edition: a published version finds only results of that version, and a draft only results of the same draft, so that no answer outlives its prompt. Any **scope** except \`workflow\` names a cache that all workflows of the project share; results of drafts and of published versions stay separate. The **key** must then contain everything that the result depends on.

A lookup never reads above its own label. A result from confidential passages is confidential, and a lookup with an internal key misses it; the run shows that a result with a higher label exists. Set **Reads up to** to the label of the sources of the work: the lookup then finds such results, and its outputs carry that label on a hit and on a miss. If the result depends on the user, add the user to the key.

*Similar text* compares the key by an embedding model; a high minimum similarity separates different questions.
`.trim(),
  config: Config,
  inputs: {
    key: Json.with({ title: 'Key', help: 'What the result depends on: the question, the settings, the user.' }),
    value: Json.optional().with({ title: 'Value' }),
    usage: Json.optional().with({ title: 'Usage', help: 'The usage of the model for the value.' }),
  },
  outputs: { hit: Json.with({ title: 'Hit' }), miss: Json.with({ title: 'Miss', help: 'The key.' }), value: Json },
  example: { config: {}, inputs: { key: 'What is the price?' } },
  labelOf: ({ mode, reads }) => (mode === 'look' ? reads : undefined),
  references: ({ match, model }) => (match === 'similar' ? [{ kind: 'embedder', id: model, field: 'model' }] : []),
  async run({ config, inputs, context }) {
    const store = await context.use('cache');
    const key = typeof inputs.key === 'string' ? inputs.key.trim() : canonicalJson(inputs.key);
    if (config.mode === 'store') {
      await storeResult(store, key, config, inputs, context);
      return { value: inputs.value };
    }
    // The label is raised before the lookup, because the outputs reveal whether a result exists.
    context.raise(labelOf(config.reads));
    const found = await lookup(store, key, config, context);
    const { entry } = found;
    if (entry === undefined) {
      const { above } = found;
      context.decide({
        kind: 'cache',
        summary:
          above === undefined ? 'No stored result.' : 'A stored result has a label above what this lookup reads.',
        details: { scope: config.scope, match: config.match, above },
      });
      return { miss: inputs.key };
    }
    context.raise(entry.label);
    context.decide({ kind: 'cache', summary: summaryOf(entry), details: detailsOf(entry, config) });
    return { hit: entry.value, value: entry.value };
  },
});

type Found = NonNullable<CacheFinding['entry']>;

const scopeOf = ({ scope, name }: Config): CacheScope =>
  scope === ownScope ? { name, isShared: false } : { name: name === '' ? scope : `${scope} ${name}`, isShared: true };

async function lookup(store: Cache, key: string, config: Config, context: NodeContext): Promise<CacheFinding> {
  const exact = await store.get(scopeOf(config), key, context.label);
  if (exact.entry !== undefined || config.match === 'exact') return exact;
  const { model, similarity: minSimilarity } = config;
  const vector = await vectorOf(key, config, context);
  const near = await store.nearest(scopeOf(config), { vector, model, minSimilarity }, context.label);
  return near.entry === undefined ? { ...near, ...exact } : near;
}

async function storeResult(
  store: Cache,
  key: string,
  config: Config,
  inputs: { readonly value?: unknown; readonly usage?: unknown },
  context: NodeContext,
): Promise<void> {
  const usage = z.looseObject({ cost: z.number().optional(), currency: z.string().optional() }).safeParse(inputs.usage);
  const { cost, currency } = usage.success ? usage.data : {};
  const vector = config.match === 'similar' ? await vectorOf(key, config, context) : undefined;
  await store.set(
    scopeOf(config),
    key,
    {
      value: inputs.value ?? null,
      label: context.label,
      cost,
      currency,
      vector,
      model: vector === undefined ? undefined : config.model,
    },
    config.ttlHours * hour,
  );
}

async function vectorOf(text: string, { model }: Config, context: NodeContext): Promise<Float32Array> {
  const embedder = await context.use('embedder', model);
  const [vector] = await embedder.embed([text], { kind: 'query', signal: context.signal });
  return vector ?? new Float32Array();
}

function summaryOf({ cost, currency, similarity }: Found): string {
  const near = similarity === undefined ? '' : ` for a text that is ${Math.round(similarity * 100)} % similar`;
  return `Reused${near}${cost === undefined ? '' : `; saved ${cost.toPrecision(2)} ${currency ?? ''}`.trimEnd()}.`;
}

const detailsOf = ({ cost, currency, similarity, storedAt }: Found, { scope, match }: Config) => ({
  scope,
  match,
  storedAt,
  savedCost: cost,
  currency,
  similarity,
});
