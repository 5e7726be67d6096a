import { defineNode, portOf } from '@heddle/core';
import { z } from 'zod';
import { doubledNames, portName, portTypeField } from './fields/field-name.js';

const Field = z.object({
  name: portName.meta({ title: 'Name', description: 'How callers find it in the result.' }),
  type: portTypeField('Json'),
  title: z.string().max(200).optional().meta({ title: 'Title' }),
});

export const output = defineNode({
  type: 'output',
  version: 1,
  category: 'input-output',
  title: 'Output',
  summary: 'What a run gives back to whoever started it.',
  icon: 'log-out',
  role: 'sink',
  effects: [],
  headline: 'fields.0.name',
  help: `
Connect to each field what callers should get. Fields that nothing reaches are left out of the result, so several branches may end in one output node.

A text that a model is still writing streams to the caller, word by word, as long as the edge comes straight from the node that writes it.

The type \`Json\` takes anything; a narrower type documents the API and is checked when the workflow is compiled.
`.trim(),
  config: z.object({
    fields: z
      .array(Field)
      .min(1)
      .max(100)
      .default([Field.parse({ name: 'result' })])
      .meta({ title: 'Fields' }),
  }),
  inputs: {},
  outputs: {},
  example: { config: { fields: [{ name: 'answer', type: 'Text' }] }, inputs: { answer: '27 days.' }, outputs: {} },
  ports: ({ fields }) => ({
    inputs: Object.fromEntries(
      fields.map(({ name, type, title }) => [name, portOf(type, title === undefined ? {} : { title }).optional()]),
    ),
  }),
  check: ({ fields }) => doubledNames(fields),
  // The engine takes a run's outputs from what reaches its sinks.
  run: () => ({}),
});
