import { canonicalJson, defineNode, Json, type Cache, type CacheEntry, type NodeContext } from '@heddle/core';
import { z } from 'zod';

const hour = 3_600_000;

const Config = z.object({
  mode: z
    .enum(['look', 'store'])
    .default('look')
    .meta({ title: 'What to do', labels: { look: 'Look up', store: 'Keep a result' } }),
  match: z
    .enum(['exact', 'similar'])
    .default('exact')
    .meta({ title: 'Match', labels: { exact: 'The same key', similar: 'A similar text' } }),
  scope: z.string().min(1).max(200).default('workflow').meta({
    title: 'Scope',
    description:
      'Who shares results: nodes with the same scope. Name the user or team here where answers are personal.',
  }),
  ttlHours: z.number().gt(0).max(8760).default(24).meta({ title: 'Hours to keep' }),
  similarity: z
    .number()
    .min(0)
    .max(1)
    .default(0.95)
    .meta({ title: 'Least similarity', description: 'Of similar texts, as cosine.' }),
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
Use two of them with the same **scope**: one *looks up* before the work, with **hit** to the end and **miss** into the work; one *keeps* what the work gave, with **key** and **value** (and **usage** of the model, so that a hit says what it saved).

A kept result carries its label: whoever reads it gets the join. Keep answers apart by scope where they depend on who asks. *Similar* compares the key as text by an embedding model; a high least similarity keeps different questions apart.
`.trim(),
  config: Config,
  inputs: {
    key: Json.with({ title: 'Key', help: 'What the result depends on: the question, the settings, the user.' }),
    value: Json.optional().with({ title: 'Value' }),
    usage: Json.optional().with({ title: 'Usage', help: 'What making it took.' }),
  },
  outputs: { hit: Json.with({ title: 'Hit' }), miss: Json.with({ title: 'Miss', help: 'The key.' }), value: Json },
  example: { config: {}, inputs: { key: 'What is the price?' } },
  references: ({ match, model }) => (match === 'similar' ? [{ kind: 'embedder', id: model, field: 'model' }] : []),
  async run({ config, inputs, context }) {
    const store = await context.use('cache');
    const key = typeof inputs.key === 'string' ? inputs.key.trim() : canonicalJson(inputs.key);
    if (config.mode === 'store') {
      await keep(store, key, config, inputs, context);
      return { value: inputs.value };
    }
    const found = await look(store, key, config, context);
    if (found === undefined) {
      context.decide({
        kind: 'cache',
        summary: 'Not kept yet.',
        details: { scope: config.scope, match: config.match },
      });
      return { miss: inputs.key };
    }
    context.raise(found.label);
    context.decide({ kind: 'cache', summary: summaryOf(found), details: detailsOf(found, config) });
    return { hit: found.value, value: found.value };
  },
});

type Found = CacheEntry & { readonly similarity?: number };

async function look(store: Cache, key: string, config: Config, context: NodeContext): Promise<Found | undefined> {
  const exact = await store.get(config.scope, key);
  if (exact !== undefined || config.match === 'exact') return exact;
  const vector = await vectorOf(key, config, context);
  return store.nearest(config.scope, vector, config.similarity);
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
    config.scope,
    key,
    {
      value: inputs.value ?? null,
      label: context.label,
      ...(cost === undefined ? {} : { cost }),
      ...(currency === undefined ? {} : { currency }),
      ...(vector === undefined ? {} : { vector }),
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
