import { defineNode, HeddleError, Json, Text } from '@heddle/core';
import { z } from 'zod';
import { listOf } from '../fields/list-of.js';
import { callModel } from '../tools/call-model.js';
import { filterOf, readReply, schemaFor } from './stated-conditions.js';

const Field = z.object({
  name: z.string().min(1).max(200).meta({ title: 'Field', description: 'A field of the metadata.' }),
  type: z
    .enum(['text', 'number', 'date', 'boolean'])
    .default('text')
    .meta({ title: 'Type', labels: { text: 'Text', number: 'Number', date: 'Date', boolean: 'True or false' } }),
  description: z.string().max(500).default('').meta({ title: 'Description', description: 'For the model.' }),
  values: z
    .array(z.string().min(1).max(200))
    .max(200)
    .default([])
    .meta({ title: 'Values', description: 'The possible values. Empty: any.' }),
});

const Config = z.object({
  fields: z
    .array(Field)
    .min(1)
    .max(30)
    .default([{ name: 'year', type: 'number', description: 'The year of the document', values: [] }])
    .meta({ basic: true, title: 'Fields' }),
  model: z
    .string()
    .min(1)
    .max(256)
    .default('smollm2-135m')
    .meta({ basic: true, title: 'Model', widget: 'model', modelKind: 'generate' }),
  maxTokens: z.int().min(16).max(4_096).default(240).meta({ title: 'Max tokens' }),
});
type Config = z.infer<typeof Config>;

export const selfQuery = defineNode({
  type: 'self-query',
  version: 1,
  category: 'retrieval',
  title: 'Self-query',
  summary: 'Takes the conditions on metadata out of a question: "reports of 2025" becomes a filter on the year.',
  icon: 'list-filter',
  keywords: listOf(`
      self querying retriever, question to filter, metadata filter, metadata extraction, query construction,
      natural language filter, structured query, where clause, facets, auto retriever
    `),
  role: 'step',
  effects: ['model'],
  headline: 'model',
  help: `
Connect **query** and **filter** to a **retrieve** node. The model reads the fields and writes the conditions that the question states; what remains of the question is the query.

Each condition is checked before it is used: its field must be one of **Fields**, its value of the type of the field and, where values are listed, one of them. A condition that does not fit is left out, and the log says so. Without a valid condition there is no filter, and the question is unchanged: a bad reply never loses results.
`.trim(),
  config: Config,
  inputs: { question: Text.with({ title: 'Question' }) },
  outputs: { query: Text, filter: Json },
  example: {
    config: { fields: [{ name: 'year', type: 'number', description: 'The year of the report', values: [] }] },
    inputs: { question: 'What did the reports of 2025 say about leave?' },
  },
  references: ({ model }) => [{ kind: 'model', id: model, field: 'model' }],
  check: ({ fields }) =>
    fields.flatMap(({ name }, index) =>
      fields.findIndex((other) => other.name === name) < index
        ? [{ field: `fields.${index}.name`, message: `The field '${name}' is listed twice.`, fix: 'Remove one.' }]
        : [],
    ),
  async run({ config, inputs, context }) {
    const question = inputs.question.trim();
    if (question === '') throw new HeddleError('query_empty', 'The question is empty: connect a question to read.');
    const model = await context.use('languageModel', config.model);
    const request = {
      messages: [{ role: 'user' as const, content: promptFor(question, config) }],
      maxTokens: config.maxTokens,
      temperature: 0,
      schema: model.info.supports.schema ? schemaFor(config.fields) : undefined,
    };
    const { text } = await callModel('conditions', model, request, context);
    const reply = readReply(text);
    if (reply instanceof HeddleError) {
      context.log.warn('The conditions of the model could not be read: the question is used without a filter', {
        reason: reply.message.slice(0, 300),
      });
      return { query: question, filter: null };
    }
    const { filter, refused } = filterOf(reply.conditions, config.fields);
    for (const { condition, reason } of refused)
      context.log.warn(`A condition is left out: ${reason}`, { condition: JSON.stringify(condition).slice(0, 300) });
    if (filter === undefined) return { query: question, filter: null };
    context.log.info('The question has a filter', { filter: JSON.stringify(filter).slice(0, 1_000) });
    return { query: queryOf(reply.query, question), filter };
  },
});

/** The part of the question that the model left over, or the whole question if that part is not a query. */
function queryOf(written: string, question: string): string {
  const query = written.trim();
  return /\p{L}{2}/u.test(query) && query.length <= question.length + 50 ? query : question;
}

function promptFor(question: string, { fields }: Config): string {
  const listed = fields.map(({ name, type, description, values }) => {
    const known = values.length === 0 ? '' : ` One of: ${values.join(', ')}.`;
    return `- ${name} (${type}): ${description}${known}`;
  });
  return `Fields of the documents:\n${listed.join('\n')}\n\nQuestion: ${question}\n\nWrite the conditions on these fields that the question states, and the question without them. No condition where it states none. Answer as JSON: {"query": "…", "conditions": [{"field": "…", "op": "eq", "value": "…"}]}`;
}
