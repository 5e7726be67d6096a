import { compilePlan, createCatalog, defineNode, Json, parseDocument, Text } from '@heddle/core';
import { z } from 'zod';

const base = { version: 1, category: 'other', summary: 'For the test.', effects: [], config: z.object({}) };
const through = { inputs: { value: Text.optional() }, outputs: { value: Text } };

/** The nodes of the cluster tests. An effect is a request to the ledger, which answers each request with a new value. */
export const catalogOf = (ledger) =>
  createCatalog([
    defineNode({
      ...{ ...base, type: 'source', title: 'Source', role: 'source', inputs: {}, outputs: { value: Text } },
      run: () => ({ value: 'x' }),
    }),
    defineNode({
      ...{ ...base, ...through, type: 'effect', title: 'Effect', role: 'step' },
      run: async ({ context }) => ({
        value: await context.step('call', async ({ idempotencyKey, signal }) => {
          const execution = encodeURIComponent(`${context.runId} ${context.path}`);
          const reply = await fetch(`${ledger}/${execution}?key=${encodeURIComponent(idempotencyKey)}`, { signal });
          return reply.text();
        }),
      }),
    }),
    defineNode({
      ...{ ...base, ...through, type: 'nap', title: 'Nap', role: 'step' },
      async run({ inputs, context }) {
        const until = await context.step('until', () => Promise.resolve(context.now() + 400));
        if (until > context.now()) await context.sleep(until);
        return { value: inputs.value ?? '' };
      },
    }),
    defineNode({
      ...{ ...base, type: 'sink', title: 'Sink', role: 'sink', inputs: { value: Json.optional() }, outputs: {} },
      run: () => ({}),
    }),
  ]);

const types = ['effect', 'effect', 'nap', 'effect', 'effect', 'nap', 'effect'];
/** The number of effects in each run. */
export const effectsARun = types.filter((type) => type === 'effect').length;

const names = ['source', ...types.map((type, at) => `${type}${at}`), 'sink'];
export const bundle = {
  workflows: {},
  document: parseDocument({
    ...{ heddle: 2, name: 'Cluster' },
    nodes: Object.fromEntries(names.map((name) => [name, { type: name.replace(/\d+$/, ''), version: 1 }])),
    edges: names.slice(1).map((name, at) => ({ from: `${names[at]}.value`, to: `${name}.value` })),
  }),
};

export function compileWith(catalog) {
  return ({ document }) => {
    const { plan, issues } = compilePlan(document, catalog);
    if (plan === undefined) throw new Error(JSON.stringify(issues));
    return plan;
  };
}
