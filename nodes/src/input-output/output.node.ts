import { defineNode, portOf } from '@heddle/core';
import { z } from 'zod';
import { doubledNames, portName, portTypeField } from '../fields/field-name.js';
import { listOf } from '../fields/list-of.js';

const Field = z.object({
  name: portName.meta({ title: 'Name', description: 'The name in the result for callers.' }),
  type: portTypeField('Json'),
  title: z.string().max(200).optional().meta({ title: 'Title' }),
});

export const output = defineNode({
  type: 'output',
  version: 1,
  category: 'input-output',
  title: 'Output',
  summary: 'Defines the outputs of a run for its caller.',
  icon: 'log-out',
  keywords: listOf(`
      end, end node, finish, stop, result, return, response, respond, answer, reply, final answer, chat output,
      display, print
    `),
  role: 'sink',
  effects: [],
  headline: 'fields.0.name',
  help: `
Connect a value to each field. A field without a value is left out of the result, so several branches can end in one output node.

The text of a running model streams to the caller if the edge comes directly from its node.

The type \`Json\` takes any value; a narrower type documents the API and is checked when the workflow is compiled.
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
  // The outputs of a run are the inputs of its sinks, so there is nothing to do.
  run: () => ({}),
});
