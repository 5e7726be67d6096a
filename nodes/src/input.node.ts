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
import { doubledNames, portName, portTypeField, typeWords } from './fields/field-name.js';

const Field = z.object({
  name: portName.meta({ title: 'Name', description: 'How callers and edges name it.' }),
  type: portTypeField('Text'),
  title: z.string().max(200).optional().meta({ title: 'Title', description: 'What people read above the field.' }),
  help: z.string().max(2000).optional().meta({ title: 'Help', description: 'A hint below the field.' }),
  required: z.boolean().default(true).meta({ title: 'Required' }),
  default: z
    .unknown()
    .optional()
    .meta({ title: 'Default', description: 'Taken where a caller gives nothing.', widget: 'json' }),
  options: z
    .array(z.string())
    .max(1000)
    .optional()
    .meta({ title: 'Choices', description: 'The only texts allowed; empty for any.' }),
  maxLength: z
    .int()
    .min(1)
    .max(10_000_000)
    .default(100_000)
    .meta({ title: 'Max length', description: 'In characters. A longer text is refused.' }),
  label: z.enum(LabelLevel.options).optional().meta({
    title: 'Confidentiality',
    description: 'How far what arrives here may travel; internal where nothing is chosen.',
  }),
});
type Field = z.infer<typeof Field>;

export const input = defineNode({
  type: 'input',
  version: 1,
  category: 'input-output',
  title: 'Input',
  summary: 'What a run is given: the fields of its form, its API and its tool.',
  icon: 'log-in',
  role: 'source',
  effects: [],
  headline: 'fields.0.name',
  help: `
Every field becomes an output of this node, a field of the run form, a parameter of the published API and of the MCP tool.

- A **required** text must hold something besides spaces (\`input_empty\`); a missing field is \`input_missing\`.
- **Max length** guards models and stores: a longer one is \`input_too_large\`.
- **Choices** make a text a selection.
- **Confidentiality** is how far the value may travel. A run's inputs leave this node together, so the strictest of the fields that were given counts for all of them; use two input nodes to keep them apart.
- An optional field that nobody fills leaves its output untaken: nodes that need it are skipped.
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
          message: `The default of '${field.name}' is not ${typeWords[field.type]} that the field allows.`,
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
            `The input '${field.name}' is missing: give it, or make it optional in the input node.`,
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
    ...(field.title === undefined ? {} : { title: field.title }),
    ...(field.help === undefined ? {} : { help: field.help }),
    ...(field.default === undefined ? {} : { default: field.default }),
    schema: schemaOfField(field),
  });
  return field.required && field.default === undefined ? port : port.optional();
}

/** What the port says of itself in forms and API documents. The node checks lengths and choices itself, so that each failure has its own code. */
function schemaOfField({ type, options, maxLength }: Pick<Field, 'type' | 'options' | 'maxLength'>): z.ZodType {
  if (type === 'Text')
    return z.string().meta(options === undefined || options.length === 0 ? { maxLength } : { enum: [...options] });
  return type === 'Text[]' ? z.array(z.string().meta({ maxLength })) : schemaOfType(type);
}

/** Whether the default of a field would be refused as a value. */
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
      `The input '${field.name}' has ${long} characters, ${field.maxLength} are allowed: shorten it, or raise 'Max length' in the input node.`,
      { details: { ...details, length: long, limit: field.maxLength } },
    );
  }
  const schema = schemaOfType(field.type);
  if (issueInLists(schema, value) !== undefined || !schema.safeParse(value).success) {
    throw new HeddleError(
      'input_type',
      `The input '${field.name}' must be ${typeWords[field.type]}, not ${nameOf(value)}.`,
      { details },
    );
  }
  if (field.type === 'Text' && field.required && typeof value === 'string' && value.trim() === '') {
    throw new HeddleError('input_empty', `The input '${field.name}' is empty: write something.`, { details });
  }
  if (
    field.options !== undefined &&
    field.options.length > 0 &&
    typeof value === 'string' &&
    !field.options.includes(value)
  ) {
    throw new HeddleError(
      'input_type',
      `The input '${field.name}' must be one of: ${field.options.slice(0, 20).join(', ')}.`,
      { details: { ...details, options: field.options } },
    );
  }
  return value;
}

/** Length of the longest text in a value, lists and objects included. A loop, not recursion: callers choose the depth. */
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
