// Workflows whose nodes only pass on their value, so that only the engine is measured.
import { z } from 'zod';
import { compilePlan, createCatalog, defineNode, parseDocument, Text, Json, many } from '@heddle/core';

/** `atIteration` is called for each iteration of a loop. */
export const watch = { atIteration: (_index) => undefined };

const base = { version: 1, category: 'other', summary: 'For the bench.', effects: [], config: z.object({}) };
/** Nodes that do nothing. */
export const catalog = createCatalog([
  defineNode({
    ...base,
    type: 'source',
    title: 'Source',
    role: 'source',
    inputs: {},
    outputs: { value: Text },
    run: ({ inputs }) => ({ value: inputs.value }),
  }),
  defineNode({
    ...base,
    type: 'step',
    title: 'Step',
    role: 'step',
    inputs: { value: Text.optional() },
    outputs: { value: Text },
    run: ({ inputs }) => ({ value: inputs.value }),
  }),
  defineNode({
    ...base,
    type: 'join',
    title: 'Join',
    role: 'step',
    inputs: { values: many(Text) },
    outputs: { value: Json },
    run: ({ inputs }) => ({ value: inputs.values.length }),
  }),
  defineNode({
    ...base,
    type: 'again',
    title: 'Again',
    role: 'step',
    inputs: { value: Text.optional() },
    outputs: { again: Text, done: Text },
    run: ({ inputs, context }) => {
      watch.atIteration(context.iteration?.index);
      return context.iteration?.last === true ? { done: inputs.value } : { again: inputs.value };
    },
  }),
  defineNode({
    ...base,
    type: 'sink',
    title: 'Sink',
    role: 'sink',
    inputs: { value: Json.optional() },
    outputs: {},
    run: () => ({}),
  }),
]);

export const node = (type) => ({ type, version: 1 });

function planOf(nodes, edges) {
  const { plan, issues } = compilePlan(parseDocument({ heddle: 2, name: 'Bench', nodes, edges }), catalog);
  if (plan === undefined) throw new Error(JSON.stringify(issues));
  return plan;
}

/** Makes the plan of `length` nodes in a row. */
export function chain(length) {
  const nodes = { source: node('source'), sink: node('sink') };
  const edges = [
    { from: 'source.value', to: 'n0.value' },
    { from: `n${length - 1}.value`, to: 'sink.value' },
  ];
  for (let index = 0; index < length; index += 1) {
    nodes[`n${index}`] = node('step');
    if (index > 0) edges.push({ from: `n${index - 1}.value`, to: `n${index}.value` });
  }
  return planOf(nodes, edges);
}

/** Makes the plan of `width` branches and a join. */
export function fanOut(width) {
  const nodes = { source: node('source'), join: node('join'), sink: node('sink') };
  const edges = [{ from: 'join.value', to: 'sink.value' }];
  for (let index = 0; index < width; index += 1) {
    nodes[`n${index}`] = node('step');
    edges.push({ from: 'source.value', to: `n${index}.value` }, { from: `n${index}.value`, to: 'join.values' });
  }
  return planOf(nodes, edges);
}

/** Makes the plan of a loop of three nodes. */
export function loop(iterations) {
  const nodes = { source: node('source'), a: node('step'), b: node('step'), c: node('again'), sink: node('sink') };
  return planOf(nodes, [
    { from: 'source.value', to: 'a.value' },
    { from: 'a.value', to: 'b.value' },
    { from: 'b.value', to: 'c.value' },
    { from: 'c.again', to: 'a.value', loop: { max: iterations, atLimit: 'leave' } },
    { from: 'c.done', to: 'sink.value' },
  ]);
}
