import {
  canonicalJson,
  defineNode,
  Json,
  labelOf,
  LabelLevel,
  type Cache,
  type CacheFinding,
  type CachePlace,
  type NodeContext,
} from '@heddle/core';
import { z } from 'zod';

const hour = 3_600_000;
/** The scope that means this workflow; any other is the name of a cache of the project. */
const ownScope = 'workflow';

const Config = z.object({
  mode: z
    .enum(['look', 'store'])
    .default('look')
    .meta({ title: 'What to do', labels: { look: 'Look up', store: 'Keep a result' } }),
  match: z
    .enum(['exact', 'similar'])
    .default('exact')
    .meta({ title: 'Match', labels: { exact: 'The same key', similar: 'A similar text' } }),
  scope: z.string().min(1).max(200).default(ownScope).meta({
    title: 'Scope',
    description: 'workflow: this workflow only. Any other name is a cache that the workflows of the project share.',
  }),
  name: z
    .string()
    .max(100)
    .default('')
    .meta({ title: 'Name', description: 'Tells several caches of one workflow apart.' }),
  reads: LabelLevel.default('public').meta({
    title: 'Reads up to',
    description:
      'Of a look-up: it reads results up to this label, or up to the label of its key. What follows carries it.',
    labels: {
      public: 'The label of the key',
      internal: 'Internal',
      confidential: 'Confidential',
      restricted: 'Restricted',
    },
  }),
  ttlHours: z.number().gt(0).max(8760).default(24).meta({ title: 'Hours to keep' }),
  similarity: z
    .number()
    .min(0)
    .max(1)
    .default(0.95)
    .meta({ title: 'Min similarity', description: 'Of similar texts, as cosine.' }),
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
  summary: 'Uses a result again: for the same key, or for a text that means the same.',
  icon: 'database-zap',
  role: 'step',
  effects: ['model'],
  headline: 'mode',
  help: `
Use two of them with the same **scope** and **name**: one *looks up* before the work, with **hit** to the end and **miss** into the work; one *keeps* what the work gave, with **key** and **value** (and **usage** of the model, so that a hit says what it saved).

A cache belongs to this workflow, and to what runs: a published version finds what that version kept, a draft what the same draft kept, so that no answer outlives the prompt that made it. Any **scope** but \`workflow\` names a cache that all workflows of the project share; it keeps what drafts made apart from what published versions made. There the **key** must hold everything that the result depends on.

A look-up never reads above its own label. A result that was made from confidential passages is confidential, and a look-up whose key is internal misses it: the run says that one is kept above. Set **Reads up to** to the label of the sources that the work reads: the look-up then finds such results, and everything after it carries that label, whether it hits or not. Where the key depends on who asks, put that into the key.

*Similar* compares the key as text by an embedding model; a high least similarity keeps different questions apart.
`.trim(),
  config: Config,
  inputs: {
    key: Json.with({ title: 'Key', help: 'What the result depends on: the question, the settings, the user.' }),
    value: Json.optional().with({ title: 'Value' }),
    usage: Json.optional().with({ title: 'Usage', help: 'What making it took.' }),
  },
  outputs: { hit: Json.with({ title: 'Hit' }), miss: Json.with({ title: 'Miss', help: 'The key.' }), value: Json },
  example: { config: {}, inputs: { key: 'What is the price?' } },
  labelOf: ({ mode, reads }) => (mode === 'look' ? reads : undefined),
  references: ({ match, model }) => (match === 'similar' ? [{ kind: 'embedder', id: model, field: 'model' }] : []),
  async run({ config, inputs, context }) {
    const store = await context.use('cache');
    const key = typeof inputs.key === 'string' ? inputs.key.trim() : canonicalJson(inputs.key);
    if (config.mode === 'store') {
      await keep(store, key, config, inputs, context);
      return { value: inputs.value };
    }
    // Before the look-up: what follows tells whether something was there.
    context.raise(labelOf(config.reads));
    const found = await look(store, key, config, context);
    const { entry } = found;
    if (entry === undefined) {
      const { above } = found;
      context.decide({
        kind: 'cache',
        summary: above === undefined ? 'Not kept yet.' : 'Kept, but above what this run reads.',
        details: { scope: config.scope, match: config.match, ...(above === undefined ? {} : { above }) },
      });
      return { miss: inputs.key };
    }
    context.raise(entry.label);
    context.decide({ kind: 'cache', summary: summaryOf(entry), details: detailsOf(entry, config) });
    return { hit: entry.value, value: entry.value };
  },
});

type Found = NonNullable<CacheFinding['entry']>;

const placeOf = ({ scope, name }: Config): CachePlace =>
  scope === ownScope ? { name, isShared: false } : { name: name === '' ? scope : `${scope} ${name}`, isShared: true };

async function look(store: Cache, key: string, config: Config, context: NodeContext): Promise<CacheFinding> {
  const exact = await store.get(placeOf(config), key, context.label);
  if (exact.entry !== undefined || config.match === 'exact') return exact;
  const { model, similarity: minSimilarity } = config;
  const vector = await vectorOf(key, config, context);
  const near = await store.nearest(placeOf(config), { vector, model, minSimilarity }, context.label);
  return near.entry === undefined ? { ...near, ...exact } : near;
}

async function keep(
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
    placeOf(config),
    key,
    {
      value: inputs.value ?? null,
      label: context.label,
      ...(cost === undefined ? {} : { cost }),
      ...(currency === undefined ? {} : { currency }),
      ...(vector === undefined ? {} : { vector, model: config.model }),
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
  return `Used again${near}${cost === undefined ? '' : `; saved ${cost.toPrecision(2)} ${currency ?? ''}`.trimEnd()}.`;
}

const detailsOf = ({ cost, currency, similarity, storedAt }: Found, { scope, match }: Config) => ({
  ...{ scope, match, storedAt },
  ...(cost === undefined ? {} : { savedCost: cost }),
  ...(currency === undefined ? {} : { currency }),
  ...(similarity === undefined ? {} : { similarity }),
});
