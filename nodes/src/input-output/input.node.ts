import {
  defineNode,
  HeddleError,
  isPlainObject,
  issueInLists,
  joinLabels,
  labelOf,
  LabelLevel,
  portOf,
  publicLabel,
  schemaOfType,
  type Port,
} from '@heddle/core';
import { z } from 'zod';
import { doubledNames, portName, portTypeField, typeText } from '../fields/field-name.js';
import { listOf } from '../fields/list-of.js';

const Field = z.object({
  name: portName.meta({ title: 'Name', description: 'The name for callers and edges.' }),
  type: portTypeField('Text'),
  title: z.string().max(200).optional().meta({ title: 'Title', description: 'The caption of the field.' }),
  help: z.string().max(2000).optional().meta({ title: 'Help', description: 'A hint below the field.' }),
  required: z.boolean().default(true).meta({ title: 'Required' }),
  default: z
    .unknown()
    .optional()
    .meta({ title: 'Default', description: 'The value if the caller sends none.', widget: 'json' }),
  options: z
    .array(z.string())
    .max(1000)
    .optional()
    .meta({ title: 'Choices', description: 'The allowed texts. Empty: any text.' }),
  maxLength: z
    .int()
    .min(1)
    .max(10_000_000)
    .default(100_000)
    .meta({ title: 'Max length', description: 'In characters. A longer text is refused.' }),
  label: z.enum(LabelLevel.options).optional().meta({
    title: 'Confidentiality',
    description: 'The label of the value; internal by default.',
  }),
});
type Field = z.infer<typeof Field>;

export const input = defineNode({
  type: 'input',
  version: 1,
  category: 'input-output',
  title: 'Input',
  summary: 'Defines the inputs of a run: the fields of its form, its API and its tool.',
  icon: 'log-in',
  keywords: listOf(`
      start, begin, entry, start node, form, parameter, argument, variable, request, question, upload, user input,
      chat input, field, source, receive
    `),
  role: 'source',
  effects: [],
  headline: 'fields.0.name',
  help: `
Each field becomes an output of this node, a field of the run form, and a parameter of the published API and of the MCP tool.

- A **required** text must not be blank (\`input_empty\`); a missing field is \`input_missing\`.
- **Max length** protects models and stores: a longer text is \`input_too_large\`.
- **Choices** turn a text into a selection.
- **Confidentiality** is the label of the value. All inputs leave this node together, so the highest label of the given fields counts for all of them; use two input nodes to separate them.
- An optional field without a value drops its output: nodes that need it are skipped.
`.trim(),
  config: z.object({
    fields: z
      .array(Field)
      .min(1)
      .max(100)
      .default([Field.parse({ name: 'text' })])
      .meta({ title: 'Fields' }),
  }),
  inputs: {},
  outputs: {},
  example: {
    config: { fields: [{ name: 'question', type: 'Text', title: 'Your question' }] },
    inputs: { question: 'How many days of leave do I have?' },
    outputs: { question: 'How many days of leave do I have?' },
  },
  ports: ({ fields }) => ({ outputs: Object.fromEntries(fields.map((field) => [field.name, portOfField(field)])) }),
  labelOf: ({ fields }) =>
    fields.reduce((label, field) => joinLabels(label, labelOf(field.label ?? 'internal')), publicLabel).level,
  check: ({ fields }) => [
    ...doubledNames(fields),
    ...fields.flatMap((field, index) => {
      if (field.default === undefined || !isRefused(field)) return [];
      return [
        {
          field: `fields.${index}.default`,
          message: `The default of '${field.name}' is not ${typeText[field.type]} that the field accepts.`,
          fix: 'Correct or remove it.',
        },
      ];
    }),
  ],
  run({ config, inputs, context }) {
    const given: Record<string, unknown> = {};
    let label = publicLabel;
    for (const field of config.fields) {
      const value =
        Object.hasOwn(inputs, field.name) && inputs[field.name] !== null
          ? (inputs[field.name] ?? field.default)
          : field.default;
      if (value === undefined) {
        if (field.required)
          throw new HeddleError(
            'input_missing',
            `The input '${field.name}' is missing: send it, or make it optional in the input node.`,
            { details: { input: field.name } },
          );
        continue;
      }
      given[field.name] = checked(field, value);
      label = joinLabels(label, labelOf(field.label ?? 'internal'));
    }
    context.raise(label);
    return given;
  },
});

function portOfField(field: Field): Port {
  const port = portOf(field.type, {
    title: field.title,
    help: field.help,
    default: field.default,
    schema: schemaOfField(field),
  });
  return field.required && field.default === undefined ? port : port.optional();
}

/** The schema of the port for forms and API documents. The node itself checks lengths and choices, so that each failure has its own code. */
function schemaOfField({ type, options, maxLength }: Pick<Field, 'type' | 'options' | 'maxLength'>): z.ZodType {
  if (type === 'Text')
    return z.string().meta(options === undefined || options.length === 0 ? { maxLength } : { enum: [...options] });
  return type === 'Text[]' ? z.array(z.string().meta({ maxLength })) : schemaOfType(type);
}

/** Whether the default of a field is not a valid value. */
function isRefused(field: Field): boolean {
  try {
    checked(field, field.default);
    return false;
  } catch {
    return true;
  }
}

function checked(field: Field, value: unknown): unknown {
  const details = { input: field.name };
  const long = longestText(value);
  if (long > field.maxLength) {
    throw new HeddleError(
      'input_too_large',
      `The input '${field.name}' has ${long} characters; the limit is ${field.maxLength}. Shorten it, or raise 'Max length' in the input node.`,
      { details: { ...details, length: long, limit: field.maxLength } },
    );
  }
  const schema = schemaOfType(field.type);
  if (issueInLists(schema, value) !== undefined || !schema.safeParse(value).success) {
    throw new HeddleError(
      'input_type',
      `The input '${field.name}' must be ${typeText[field.type]}, not ${nameOf(value)}.`,
      { details },
    );
  }
  if (field.type === 'Text' && field.required && typeof value === 'string' && value.trim() === '') {
    throw new HeddleError('input_empty', `The input '${field.name}' is empty: enter a text.`, { details });
  }
  if (
    field.options !== undefined &&
    field.options.length > 0 &&
    typeof value === 'string' &&
    !field.options.includes(value)
  ) {
    throw new HeddleError(
      'input_type',
      `The input '${field.name}' must be one of ${field.options.slice(0, 20).join(', ')}.`,
      { details: { ...details, options: field.options } },
    );
  }
  return value;
}

/** The length of the longest text inside a value. Not recursive, because callers choose the depth. */
function longestText(value: unknown): number {
  let longest = 0;
  const open: unknown[] = [value];
  while (open.length > 0) {
    const next = open.pop();
    if (typeof next === 'string') longest = Math.max(longest, next.length);
    else if (Array.isArray(next)) for (const entry of next) open.push(entry);
    else if (isPlainObject(next)) for (const entry of Object.values(next)) open.push(entry);
  }
  return longest;
}

function nameOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : typeof value === 'string' ? 'a text' : `a ${typeof value}`;
}
