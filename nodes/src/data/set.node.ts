import { defineNode, fillTemplate, HeddleError, Json, parseTemplate, portOf, templateTexts } from '@heddle/core';
import { z } from 'zod';
import { convertTo } from '../fields/convert-to.js';
import { portTypeField } from '../fields/field-name.js';
import { inputsOfTemplates } from '../fields/template-field.js';
import { listOf } from '../fields/list-of.js';

const template = z.unknown().superRefine((value, check) => {
  try {
    for (const text of templateTexts(value)) parseTemplate(text);
  } catch (error) {
    check.addIssue({ code: 'custom', message: error instanceof HeddleError ? error.message : String(error) });
  }
});

export const set = defineNode({
  type: 'set',
  version: 1,
  category: 'data',
  title: 'Transform',
  summary: 'Creates JSON, or converts a value to another type.',
  icon: 'braces',
  keywords: listOf(`
      set, json, edit json, set variable, variable assigner, assign, edit fields, convert, cast, object, mapping,
      map fields, transformer, constant, static value, variable, data mapper, parse json, to json, type, fields,
      rename
    `),
  role: 'step',
  effects: [],
  help: `
Write the value as JSON, with \`{{ name }}\` to insert values: each name becomes an input.

A text with a single placeholder keeps the type of the value: \`"{{ total }}"\` is a number if the total is a number. \`{{ note? }}\` leaves out its key or list item if it has no value. Inside a longer text, values are written as in a prompt.

**Type** converts the value: text to number, any value to text, one item to a list, a text to messages. A value that cannot be converted is \`schema_mismatch\`.
`.trim(),
  config: z.object({
    value: template
      .default('{{ value }}')
      .meta({ title: 'Value', description: 'JSON; {{ name }} inserts a value.', widget: 'json-template' }),
    type: portTypeField('Json').meta({ title: 'Type' }),
  }),
  inputs: {},
  outputs: { value: Json },
  example: {
    config: { value: { question: '{{ question }}', days: '{{ leave.days }}', note: 'for {{ name }}' } },
    inputs: { question: 'How many?', leave: { days: 27 }, name: 'Ada' },
    outputs: { value: { question: 'How many?', days: 27, note: 'for Ada' } },
  },
  ports: ({ value, type }) => ({ inputs: inputsOfTemplates(templateTexts(value)), outputs: { value: portOf(type) } }),
  run({ config, inputs }) {
    const value = fillTemplate(config.value, inputs);
    if (value === undefined) return {};
    return { value: convertTo(config.type, value) };
  },
});
